"""Predictions are aligned with their data, or say why not."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_accept.errors import PredictionError
from pytest_accept.prediction import Predictions
from pytest_accept.records import ModelDescription

MODEL = ModelDescription(name="m", source="here", task="text-classification", labels=("neg", "pos"))


@dataclass
class Examples:
    inputs: list[str]
    total: int
    rows: np.ndarray = field(default_factory=lambda: np.arange(0))
    population: str = "reviews"

    def __len__(self) -> int:
        return len(self.inputs)

    def origin(self, index: int) -> str:
        return f"reviews.csv row {self.rows[index] + 1}"


TEXTS = [f"text {i}" for i in range(10)]
WHOLE = Examples(TEXTS, 10, np.arange(10))
SLICE = Examples([TEXTS[7], TEXTS[2], TEXTS[4]], 10, np.array([7, 2, 4]))


def predictions(count: int, inputs: list[str] | None = None) -> Predictions:
    positive = np.linspace(0, 1, count)
    values = np.stack((1 - positive, positive), axis=1)
    return Predictions(
        probabilities=values,
        logits=np.log(values + 0.1),
        labels=("neg", "pos"),
        multi_label=False,
        truncated=np.arange(count) % 2 == 0,
        model=MODEL,
        inputs=inputs,
    )


def test_of_equal_probabilities_the_first_label_wins() -> None:
    assert predictions(3).label_ids.tolist() == [0, 0, 1]


def test_take_takes_from_everything() -> None:
    taken = predictions(10, TEXTS).take([7, 2])
    np.testing.assert_allclose(taken.probabilities[:, 1], [7 / 9, 2 / 9])
    assert taken.logits is not None
    assert taken.logits.shape == (2, 2)
    assert taken.truncated.tolist() == [False, True]
    assert taken.inputs == ["text 7", "text 2"]
    assert len(predictions(10).take(np.arange(10) > 6)) == 3


def test_of_the_whole_source_the_rows_are_taken() -> None:
    aligned = predictions(10).for_data(SLICE)
    np.testing.assert_allclose(aligned.probabilities[:, 1], [7 / 9, 2 / 9, 4 / 9])


def test_of_exactly_the_examples_nothing_is_taken() -> None:
    given = predictions(3)
    assert given.for_data(SLICE) is given
    given = predictions(10)
    assert given.for_data(WHOLE) is given


def test_shuffled_data_is_told_by_its_texts() -> None:
    shuffled = Examples(TEXTS[::-1], 10, np.arange(10)[::-1])
    of_data = predictions(10, TEXTS[::-1])
    assert of_data.for_data(shuffled) is of_data
    of_source = predictions(10, TEXTS).for_data(shuffled)
    np.testing.assert_array_equal(of_source.probabilities, predictions(10).probabilities[::-1])


def test_a_wrong_number_says_both() -> None:
    with pytest.raises(
        PredictionError, match="for 4 examples, but the data has 3, and its source 10"
    ):
        predictions(4).for_data(SLICE)


@pytest.mark.parametrize("count", [3, 10])
def test_other_texts_are_an_error_that_names_the_first(count: int) -> None:
    inputs = [f"other {i}" for i in range(count)]
    at = 0 if count == 3 else 7
    with pytest.raises(PredictionError, match=rf"row 8 is 'text 7', but .* of 'other {at}'"):
        predictions(count, inputs).for_data(SLICE)


def test_columns_and_labels_must_agree() -> None:
    with pytest.raises(PredictionError, match=r"shape \(n, 3\).*got shape \(2, 2\)"):
        Predictions(
            probabilities=np.ones((2, 2)),
            logits=None,
            labels=("a", "b", "c"),
            multi_label=False,
            truncated=np.zeros(2, bool),
            model=MODEL,
        )
