"""Models that break: out of memory, NaN, too few rows, no padding token: no verdict is made."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from pytest_accept import PredictionError, accuracy, load_data, load_model, using
from tests.models import make

TEXTS = ["a good film", "dull", "the plot was awful and the ending was not good", "we loved it"] * 4


@pytest.fixture(autouse=True)
def not_kept() -> Any:
    with using(cache="off"):
        yield


class Broken(torch.nn.Module):
    """A model that answers with what `change` makes of the logits, and knows how many texts."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.inner, self.tokenizer = make()
        self.config = self.inner.config
        self.change = change
        self.batches: list[int] = []

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
        self.batches.append(len(input_ids))
        logits = self.inner(input_ids=input_ids, attention_mask=attention_mask).logits
        return SimpleNamespace(logits=self.change(logits))


def model_of(change: Any) -> tuple[Any, Broken]:
    module = Broken(change)
    return load_model(module, tokenizer=module.tokenizer, name="broken"), module


def out_of_memory_above(most: int) -> Any:
    def change(logits: Any) -> Any:
        if len(logits) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return logits

    return change


def test_memory_that_is_too_small_for_a_batch_changes_no_answer() -> None:
    sound, _ = model_of(lambda logits: logits)
    short, module = model_of(out_of_memory_above(2))
    texts = [f"{text} {at}" for at, text in enumerate(TEXTS)]
    found, expected = short.predict(texts), sound.predict(texts)
    assert np.abs(found.probabilities - expected.probabilities).max() < 1e-5
    assert max(module.batches) > 2 >= module.batches[-1]


def test_memory_that_is_too_small_for_a_single_text() -> None:
    model, module = model_of(out_of_memory_above(0))
    with pytest.raises(PredictionError, match="runs out of memory on a single text of"):
        model.predict(TEXTS)
    assert module.batches[-1] == 1
    assert len(module.batches) < 12  # halved, not one by one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda logits: logits[:-1] if len(logits) > 1 else logits[:0], "one row for each text"),
        (lambda logits: torch.cat([logits, logits]), "one row for each text"),
        (lambda logits: logits[:, :1], "one column for each label"),
        (lambda logits: logits[..., None], "shape"),
        (lambda logits: logits * torch.nan, "NaN or infinite logits"),
        (lambda logits: logits + torch.inf, "NaN or infinite logits"),
        (lambda logits: None, "to return a tensor of logits"),
    ],
    ids=["fewer rows", "more rows", "fewer columns", "another shape", "nan", "infinite", "none"],
)
def test_answers_that_are_none(change: Any, said: str) -> None:
    model, _ = model_of(change)
    data = load_data([{"text": each, "label": "pos"} for each in TEXTS])
    with pytest.raises(PredictionError, match=said) as raised:
        accuracy(model, data)
    assert not isinstance(raised.value, AssertionError)  # it never looks like a bad model


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_a_tokenizer_without_a_padding_token(kind: str) -> None:
    module, tokenizer = make(kind)
    texts = [f"{text} {at}" for at, text in enumerate(TEXTS)]
    expected = [load_model(module, tokenizer=tokenizer).predict([each]).logits for each in texts]
    tokenizer.pad_token = None
    found = load_model(module, tokenizer=tokenizer).predict(texts).logits
    assert np.abs(found - np.concatenate(expected)).max() < 1e-4
