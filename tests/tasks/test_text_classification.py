"""Texts to encodings, logits to probabilities."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pytest_accept.errors import ModelError, PredictionError
from pytest_accept.prediction.probabilities import sigmoid, softmax
from pytest_accept.tasks import TextClassification, find, text_classification
from tests.models import PAIRS, TEXTS, gpt2_tokenizer, roberta_tokenizer, wordpiece_tokenizer

TASK = TextClassification(("neg", "pos"))


def config(labels: int = 2, problem: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(id2label={i: f"l{i}" for i in range(labels)}, problem_type=problem)


@pytest.mark.parametrize("inputs", [TEXTS, PAIRS], ids=["texts", "pairs"])
@pytest.mark.parametrize("tokenizer", [wordpiece_tokenizer(), roberta_tokenizer()])
@pytest.mark.parametrize("limit", [None, 12, 40])
def test_encodings_are_the_tokenizers_own(inputs, tokenizer, limit, monkeypatch) -> None:
    monkeypatch.setattr(text_classification, "CHUNK", 3)
    found = TASK.encode(tokenizer, inputs, limit)
    assert found.columns.keys() == set(tokenizer.model_input_names) - {"attention_mask"}
    for i, each in enumerate(inputs):
        # In lists, because an empty second text given alone counts as none.
        texts = [[each[0]], [each[1]]] if isinstance(each, tuple) else [[each]]
        whole = tokenizer(*texts, truncation=False, verbose=False)
        cut = tokenizer(*texts, truncation=limit is not None, max_length=limit)
        span = slice(found.offsets[i], found.offsets[i + 1])
        for name, column in found.columns.items():
            assert column[span].tolist() == cut[name][0]
        assert found.truncated[i] == (len(whole["input_ids"][0]) != len(cut["input_ids"][0]))


def test_padding_is_the_tokenizers_own() -> None:
    tokenizer = wordpiece_tokenizer()
    found = TASK.encode(tokenizer, PAIRS, 40).padded([3, 1, 0], pad_id=0)
    chosen = [PAIRS[i] for i in (3, 1, 0)]
    theirs = tokenizer(
        *map(list, zip(*chosen, strict=True)), padding=True, truncation=True, max_length=40
    )
    assert {name: each.tolist() for name, each in found.items()} == dict(theirs)


@pytest.mark.parametrize("text", ["half a \ud83d smile", ("fine", "\udcff")])
def test_half_a_character_is_an_error_that_shows_it(text) -> None:
    others = ["good", "bad"] if isinstance(text, str) else [("good", "bad")]
    with pytest.raises(PredictionError, match=r"\\ud.*is not valid Unicode: it holds a lone surr"):
        TASK.encode(wordpiece_tokenizer(), [*others, text], None)


def test_other_errors_of_a_tokenizer_pass() -> None:
    def broken(*texts, **options):
        raise TypeError("broken")

    with pytest.raises(TypeError, match="broken"):
        TASK.encode(broken, ["good"], None)


def test_no_tokens_no_prediction() -> None:
    tokenizer = gpt2_tokenizer()
    with pytest.raises(PredictionError, match="makes no tokens of ''"):
        TASK.encode(tokenizer, ["good", ""], None)


def test_null_bytes_are_text() -> None:
    assert len(TASK.encode(wordpiece_tokenizer(), ["a\x00b"], None).lengths) == 1


def test_probabilities_are_torch_own() -> None:
    logits = np.random.default_rng(0).normal(0, 30, (50, 4))
    logits[0] = [1000, -1000, 0, 999]
    given = torch.tensor(logits)
    np.testing.assert_allclose(softmax(logits), given.softmax(1).numpy(), atol=1e-12)
    np.testing.assert_allclose(sigmoid(logits), given.sigmoid().numpy(), atol=1e-12)
    assert softmax(np.empty((0, 4))).shape == (0, 4)


def test_what_a_config_says() -> None:
    assert TextClassification.of_config(config(3)) == TextClassification(("l0", "l1", "l2"))
    several = TextClassification.of_config(config(1, "multi_label_classification"))
    assert several == TextClassification(("l0",), multi_label=True)


@pytest.mark.parametrize(("labels", "problem"), [(1, None), (1, "regression"), (3, "regression")])
def test_regression_is_an_error(labels: int, problem: str | None) -> None:
    with pytest.raises(ModelError, match="regression model"):
        TextClassification.of_config(config(labels, problem))


def test_a_single_label_by_softmax_is_an_error() -> None:
    with pytest.raises(ModelError, match="would always be 1"):
        TextClassification.of_config(config(1, "single_label_classification"))


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["a"], r"the model's 2 labels \['l0', 'l1'\].*got 1: \['a'\]"), (["a", "a"], "differ")],
)
def test_labels_rename_and_are_counted(labels: list[str], message: str) -> None:
    assert TextClassification.of_config(config(), ["no", "yes"]).labels == ("no", "yes")
    with pytest.raises(ModelError, match=message):
        TextClassification.of_config(config(), labels)


def test_an_unknown_task_names_the_known() -> None:
    with pytest.raises(ModelError, match=r"'summarization'.*'text-classification'"):
        find("summarization")
