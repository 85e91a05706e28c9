"""What a Model says is what transformers says of each text alone."""

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from pytest_accept.loading import load_model
from tests.models import KINDS, PAIRS, TEXTS, make


def one_by_one(folder, inputs) -> np.ndarray:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    from pytest_accept.loading.quiet import quiet

    with quiet():
        module = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    most = 64 if tokenizer.model_max_length > 10**6 else tokenizer.model_max_length
    if module.config.model_type == "gpt2":
        most = 256
    rows = []
    with torch.no_grad():
        for each in inputs:
            texts = [[each[0]], [each[1]]] if isinstance(each, tuple) else [[each]]
            given = tokenizer(*texts, truncation=True, max_length=most, return_tensors="pt")
            rows.append(module(**given).logits[0].numpy())
    return np.stack(rows)


def inputs_for(kind: str) -> list:
    if kind == "nli":
        return list(PAIRS)
    return [text for text in TEXTS if text or kind != "gpt2"]


@pytest.mark.parametrize("kind", KINDS)
def test_logits_and_probabilities(checkpoints, kind: str) -> None:
    inputs = inputs_for(kind)
    reference = one_by_one(checkpoints[kind], inputs)
    model = load_model(checkpoints[kind])
    found = model.predict(inputs)
    # These weights are so large that the reference itself is 1e-5 from what float64 says.
    np.testing.assert_allclose(found.logits, reference, atol=2e-5)
    logits = torch.tensor(reference).double()
    wanted = logits.sigmoid() if kind in ("multi_label", "sigmoid") else logits.softmax(1)
    np.testing.assert_allclose(found.probabilities, wanted.numpy(), atol=1e-5)
    assert found.multi_label == (kind in ("multi_label", "sigmoid"))
    assert found.probabilities.dtype == np.float64
    assert found.labels == model.labels


@pytest.mark.parametrize("kind", ["bert", "roberta", "nli"])
def test_neighbours_in_the_batch_change_nothing(checkpoints, kind: str) -> None:
    inputs = inputs_for(kind)
    together = load_model(checkpoints[kind]).predict(inputs)
    backwards = load_model(checkpoints[kind]).predict(inputs[::-1] + inputs)
    alone = load_model(checkpoints[kind])
    rows = np.concatenate([alone.predict([each]).probabilities for each in inputs])
    np.testing.assert_allclose(together.probabilities, rows, atol=1e-5)
    np.testing.assert_allclose(backwards.probabilities[len(inputs) :], rows, atol=1e-5)
    np.testing.assert_array_equal(
        backwards.probabilities[: len(inputs)], backwards.probabilities[: len(inputs) - 1 : -1]
    )


@pytest.mark.parametrize(
    ("kind", "limit", "cut"), [("bert", 48, 1), ("roberta", 64, 2), ("gpt2", 256, 1)]
)
def test_long_texts_are_cut_and_counted(checkpoints, kind: str, limit: int, cut: int) -> None:
    model = load_model(checkpoints[kind])
    assert model.max_length == limit
    found = model.predict(inputs_for(kind))
    assert found.truncated.sum() == cut
    assert load_model(checkpoints[kind], max_length=10).max_length == 10
    assert load_model(checkpoints[kind], max_length=1000).max_length == limit


def test_a_model_without_padding_gets_one_text_at_a_time(checkpoints) -> None:
    model = load_model(checkpoints["gpt2"])
    inputs = inputs_for("gpt2")
    model.predict(inputs + inputs)
    assert model._engine.forwards == len(inputs)


def test_a_head_on_the_last_position_never_sees_padding() -> None:
    _, tokenizer = make("bert")
    torch.manual_seed(0)
    config = transformers.XLNetConfig(
        vocab_size=len(tokenizer), d_model=16, n_layer=1, n_head=2, d_inner=32
    )
    module = transformers.XLNetForSequenceClassification(config).eval()
    model = load_model(module, tokenizer=tokenizer, max_length=20, name="xlnet")
    texts = ["a wonderful film", "a long and boring film it was"]
    alone = np.concatenate([model.predict([text]).logits for text in texts])
    fresh = load_model(module, tokenizer=tokenizer, max_length=20, name="xlnet")
    np.testing.assert_allclose(fresh.predict(texts).logits, alone, atol=1e-5)


def test_a_causal_model_with_padding_gets_batches() -> None:
    module, tokenizer = make("gpt2")
    inputs = inputs_for("gpt2")
    alone = load_model(module, tokenizer=tokenizer).predict(inputs)
    module.config.pad_token_id = 0
    model = load_model(module, tokenizer=tokenizer)
    np.testing.assert_allclose(model.predict(inputs).logits, alone.logits, atol=1e-5)
    assert model._engine.forwards < len(inputs)


def test_batches_are_used_where_they_can_be(tiny_model_folder) -> None:
    model = load_model(tiny_model_folder)
    model.predict(TEXTS)
    assert model._engine.forwards == 1


@pytest.mark.parametrize("name", ["bfloat16", torch.float64, "auto"])
def test_dtype_is_as_asked_and_recorded(tiny_model_folder, name) -> None:
    model = load_model(tiny_model_folder, dtype=name)
    wanted = "float32" if name == "auto" else str(name).removeprefix("torch.")
    assert model.dtype == wanted
    reference = one_by_one(tiny_model_folder, TEXTS)
    tolerance = 0.5 if name == "bfloat16" else 1e-5
    np.testing.assert_allclose(model.predict(TEXTS).logits, reference, atol=tolerance)


@pytest.mark.slow
def test_a_real_model(monkeypatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")  # as for a script
    from benchmarks.throughput import bench_texts, find_minilm

    texts = [*bench_texts(10), ""]
    model = load_model(find_minilm(), allow_untrained=True)
    rows = model.predict(texts).logits
    single = load_model(find_minilm(), allow_untrained=True)
    alone = np.concatenate([single.predict([text]).logits for text in texts])
    np.testing.assert_allclose(rows, alone, atol=1e-5)
