"""A user's function as a method."""

from typing import Any

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.attributions import attribute, tokens_of
from pytest_accept.attributions.methods import method_of
from tests.attributions.classifiers import TEXTS, classifier, loaded


def test_a_function_is_asked_once_for_each_text_and_label() -> None:
    module, tokenizer = classifier()
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    asked: list[tuple[str, str]] = []

    def lengths(texts: list[str], labels: list[str]) -> list[Any]:
        asked.extend(zip(texts, labels, strict=True))
        # With and without special tokens, as lists, arrays and tensors.
        sizes = [len(each.ids) for each in tokens_of(model, texts)]
        kinds = (lambda n: [1.0] * n, lambda n: np.ones(n - 2), lambda n: torch.ones(n - 2))
        return [kinds[i % 3](size) for i, size in enumerate(sizes)]

    found = attribute(model, TEXTS, method=lengths)
    for each in found:
        assert each.scores.tolist() == [0.0] + [1.0] * (len(each) - 2) + [0.0]
    attribute(model, TEXTS + TEXTS, method=lengths)
    assert asked == list(zip(TEXTS, [each.label for each in found], strict=True))
    attribute(model, TEXTS[:1], method=lengths, label=["neg", "pos"][found[0].label == "neg"])
    assert len(asked) == len(TEXTS) + 1
    with torch.no_grad():
        module.classifier.bias.add_(1)
    attribute(model, TEXTS[:1], method=lengths)
    assert len(asked) == len(TEXTS) + 2
    assert method_of(lengths).name == "lengths"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda texts: [[1.0, 2.0]] * len(texts), r"which has 4 \(6 with special.*shape \(2,\)"),
        (lambda texts: [[1.0] * 4] * (len(texts) + 1), "each of 1 texts, but got 2"),
        (lambda texts: None, "each of 1 texts, but got None"),
        (lambda texts: [], "each of 1 texts, but got 0 of them"),
        (lambda texts: [[1.0, float("nan"), 0.0, 0.0]], "that of token 1 of 'a good film.' is nan"),
        (lambda texts: [[1.0, float("inf"), 0.0, 0.0]], "that of token 1 of 'a good film.' is inf"),
        (lambda texts: [["a", "b", "c", "d"]], "return numbers for 'a good film.', but got list"),
        (lambda texts: [np.ones((4, 3))], r"shape \(4, 3\)"),
    ],
)
def test_what_is_no_score_for_each_token_is_one_clear_error(answer: Any, says: str) -> None:
    with pytest.raises(pa.PredictionError, match=says):
        attribute(loaded(), ["a good film."], method=lambda texts, labels: answer(texts))
