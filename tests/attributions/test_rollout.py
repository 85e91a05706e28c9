"""Attention rollout against the product of whole matrices, text by text."""

from typing import Any

import numpy as np
import pytest
import torch
import transformers

import pytest_accept as pa
from pytest_accept.attributions import attention_rollout, attribute
from tests.attributions.classifiers import KINDS, TEXTS, classifier
from tests.linear_models import linear_model


def by_hand(module: Any, ids: np.ndarray, row: Any) -> np.ndarray:
    """Abnar and Zuidema's equations: whole matrices, normalised, multiplied."""
    module.set_attn_implementation("eager")
    with torch.no_grad():
        layers = module(torch.from_numpy(ids)[None], output_attentions=True).attentions
    module.set_attn_implementation("sdpa")
    rollout = torch.eye(len(ids))
    for layer in layers:
        mixed = layer[0].mean(dim=0) + torch.eye(len(ids))
        rollout = mixed / mixed.sum(dim=-1, keepdim=True) @ rollout
    return (rollout.mean(dim=0) if row == "mean" else rollout[row]).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_equals_the_product_of_matrices(kind: str) -> None:
    module, tokenizer = classifier(kind)
    model = pa.load_model(module, tokenizer=tokenizer, name=kind)
    rows = {None: 0 if kind == "bert" else -1, "first": 0, "last": -1, "mean": "mean"}
    for row, own in rows.items():
        method = attention_rollout(row=row)  # type: ignore[arg-type]
        for each in attribute(model, TEXTS, method=method):
            real = np.array([span is not None for span in each.spans])
            expected = by_hand(module, each.ids, own)
            assert expected.sum() == pytest.approx(1, abs=1e-5)
            np.testing.assert_allclose(each.scores, np.where(real, expected, 0), atol=1e-5)
    assert module.config._attn_implementation == "sdpa"


def test_what_padding_attends_to_does_not_count() -> None:
    # A row of padding beyond its window attends to nothing, which is NaN, and the mean is read.
    _, tokenizer = linear_model({"good": 1.0, "film": 0.0, "the": 0.0})
    config = transformers.ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        local_attention=4,
        pad_token_id=0,
        classifier_pooling="mean",
        **dict.fromkeys(("bos_token_id", "cls_token_id", "eos_token_id", "sep_token_id"), 2),
    )
    module = transformers.AutoModelForSequenceClassification.from_config(config).eval()
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="modern")
    texts = ["good film", "the film the good film the film the good film"]
    for each in attribute(model, texts, method=attention_rollout()):
        expected = by_hand(module, each.ids, "mean")
        np.testing.assert_allclose(each.scores[1:-1], expected[1:-1], atol=1e-5)


def test_an_attention_that_cannot_be_changed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    module, tokenizer = classifier()
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    monkeypatch.setattr(type(module), "set_attn_implementation", lambda self, name: None)
    with pytest.raises(pa.ModelError, match="Load it with attn_implementation='eager'"):
        attribute(model, TEXTS, method=attention_rollout())


def test_the_attention_is_restored_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    module, tokenizer = classifier()

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken" if module.config._attn_implementation == "eager" else "early")

    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    model.predict(TEXTS)
    monkeypatch.setattr(type(module), "forward", fail)
    with pytest.raises(RuntimeError, match="broken"):
        attribute(model, TEXTS, method=attention_rollout())
    assert module.config._attn_implementation == module.bert.config._attn_implementation == "sdpa"


def test_a_model_without_attentions_is_an_error() -> None:
    module, tokenizer = linear_model({"good": 1.0})
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="linear")
    with pytest.raises(pa.ModelError, match=r"LinearBagOfWords cannot. Use integrated_gradients"):
        attribute(model, ["good"], method="attention_rollout")
