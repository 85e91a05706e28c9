"""Conditions for `where=`: who is in them, what they are called, what they refuse."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.slices import (
    Condition,
    between,
    column,
    confidence_between,
    has_word,
    length_between,
    longer_than,
    shorter_than,
)

ROWS = [
    {"text": "Not good, don’t buy", "label": "neg", "source": "shop", "stars": 1.0},
    {"text": "good", "label": "pos", "source": "shop", "stars": 5.0},
    {"text": "a nothing of a film", "label": "neg", "source": "film", "stars": 2.0},
    {"text": "NOT bad at all", "label": "pos", "source": "film", "stars": None},
]
SURE = [[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.0, 1.0]]
PREDICTIONS = pa.load_predictions(SURE, labels=["neg", "pos"])
DATA = pa.load_data(ROWS, name="reviews")


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (has_word("not"), [0, 3]),
        (has_word("don't"), [0]),
        (longer_than(4), [2]),
        (shorter_than(4), [1]),
        (length_between(4, 5), [0, 2, 3]),
        (between("stars", 2), [1, 2]),
        (between("stars", None, 2), [0]),
        (between("stars", 1, 5), [0, 2]),
        (column("source", ["film", "none"]), [2, 3]),
        (confidence_between(PREDICTIONS, 0.5, 0.6), [2]),
        (confidence_between(PREDICTIONS, 0.6), [0, 1, 3]),
        ({"source": "film"} & has_word("not"), [3]),
        (has_word("not") & {"source": "film", "label": "pos"}, [3]),
        (~(has_word("not") & longer_than(3)), [1, 2]),
    ],
)
def test_a_condition_keeps_what_it_says_and_its_words_make_it_again(
    condition: Condition, kept: list[int]
) -> None:
    assert DATA.where(condition).rows.tolist() == kept
    assert DATA.where(condition).population == f"reviews[{condition.name}]"
    again = eval(condition.expression, globals(), {"model": PREDICTIONS})
    assert again == condition
    assert DATA.where(again).rows.tolist() == kept


def test_every_metric_takes_them_and_slices_of_slices_too() -> None:
    estimate = pa.accuracy(PREDICTIONS, DATA, where=has_word("not"))
    assert (estimate.value, estimate.n) == (1.0, 2)
    films = DATA.where(source="film")
    assert pa.accuracy(PREDICTIONS, films, where=confidence_between(PREDICTIONS, 0.9)).n == 1


def test_a_model_is_asked_of_all_texts_at_once() -> None:
    asked = []

    def says(texts: list[str]) -> np.ndarray:
        asked.append(len(texts))
        return np.array([[0.2, 0.8]] * len(texts))

    model = pa.load_model(says, task="text-classification", labels=["neg", "pos"])
    assert len(DATA.where(confidence_between(model, 0.7))) == 4
    assert sum(asked) == 4
    assert len(asked) <= 2
    with pytest.raises(pa.SettingError, match="Expected `model` to be a Model, or Predictions"):
        confidence_between("model", 0.7)


def test_words_that_are_given_as_words_and_pairs_of_texts() -> None:
    words = pa.load_data(
        [{"text": ["Not", "here"], "label": ["O", "O"]}, {"text": ["x"], "label": ["O"]}]
    )
    assert words.where(has_word("not")).rows.tolist() == [0]
    assert words.where(longer_than(1)).rows.tolist() == [0]
    pairs = pa.load_data([{"a": "one two", "b": "three", "label": 1}], text=("a", "b"))
    assert len(pairs.where(length_between(3, 3) & has_word("three"))) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: has_word("two words"), "Expected `word` to be one word, such as 'not'"),
        (lambda: longer_than(-1), "Expected `words` to be a number of words, 0 or more"),
        (lambda: length_between(5, 3), "Expected `least` to be at most `most`, but got 5 and 3"),
        (lambda: between("stars"), "Expected `low` to be less than `high`, and one of them a"),
        (lambda: confidence_between(PREDICTIONS, 50), "`low` to be a probability between 0 and 1"),
        (lambda: confidence_between(PREDICTIONS, 0.5, 0.5), "`low` to be less than `high`"),
        (lambda: has_word("not") & 3, "Expected `condition` to be a condition of pytest_accept"),
        (lambda: has_word("not")({"text": "not"}), "is asked of all examples at once, not of a"),
        (lambda: DATA.where(between("source", 1)), "Expected `column source` to be numbers, but"),
        (lambda: DATA.where(longer_than(9)), "'reviews' fulfils the condition longer than 9 words"),
        (lambda: DATA.where(column("source", "fil")), "has 'fil' in column 'source'. Did you mean"),
    ],
)
def test_what_is_no_condition_is_one_clear_error(wrong: object, sentence: str) -> None:
    with pytest.raises(pa.AcceptanceError, match=sentence):
        wrong()  # type: ignore[operator]
