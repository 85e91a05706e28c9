"""Every function of the confusion table against scikit-learn, on tables of every shape."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pytest_accept.metrics import confusion

AVERAGES = ("macro", "micro", "weighted")
zero = {"zero_division": 0}


@st.composite
def labelled(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    k = draw(st.integers(2, 5))
    pairs = draw(st.lists(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), min_size=2))
    true, predicted = np.array(pairs).T
    return true, predicted, k


def table(true: np.ndarray, predicted: np.ndarray, k: int) -> np.ndarray:
    cells, counts = confusion.table_cells(true, predicted, k)
    assert counts.sum() == len(true)
    return counts @ cells


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@given(example=labelled())
def test_averages_equal_scikit_learn(
    name: str, average: str, example: tuple[np.ndarray, np.ndarray, int]
) -> None:
    true, predicted, k = example
    ours = getattr(confusion, name)(table(true, predicted, k), average=average)
    theirs = getattr(reference, f"{name}_score")(true, predicted, average=average, **zero)
    assert ours == pytest.approx(theirs, abs=1e-9)


@given(example=labelled())
def test_of_one_class_equal_scikit_learn(example: tuple[np.ndarray, np.ndarray, int]) -> None:
    true, predicted, k = example
    sums = table(true, predicted, k)
    for index in range(k):
        one = {"labels": [index], "average": None, **zero}
        ours = confusion.f1_of_class(sums, index=index)
        theirs = reference.f1_score(true, predicted, **one)[0]
        assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.filterwarnings("ignore:A single label was found")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (confusion.balanced_accuracy, reference.balanced_accuracy_score),
        (confusion.matthews_corrcoef, reference.matthews_corrcoef),
    ],
)
@given(example=labelled())
def test_balanced_accuracy_and_mcc_equal_scikit_learn(
    ours: Callable[..., float],
    theirs: Callable[..., float],
    example: tuple[np.ndarray, np.ndarray, int],
) -> None:
    true, predicted, k = example
    assert ours(table(true, predicted, k)) == pytest.approx(theirs(true, predicted), abs=1e-9)


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@settings(max_examples=50)
@given(seed=st.integers(0, 2**32 - 1))
def test_multi_label_equals_scikit_learn(name: str, average: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    true, predicted = random.random((2, 20, 4)) < 0.4
    # scikit-learn averages over labels that never occur and are never said; ours leaves them out.
    true[0], predicted[0] = True, True
    cells, counts = confusion.pattern_cells(true, predicted)
    assert counts.sum() == 20
    ours = getattr(confusion, name)(counts @ cells, average=average)
    theirs = getattr(reference, f"{name}_score")(true, predicted, average=average, **zero)
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_many_tables_at_once_equal_one_at_a_time() -> None:
    random = np.random.default_rng(0)
    tables = np.stack([table(*random.integers(0, 3, (2, 40)), 3) for _ in range(5)])
    for formula in (
        confusion.balanced_accuracy,
        confusion.matthews_corrcoef,
        partial(confusion.f1, average="macro"),
    ):
        assert formula(tables) == pytest.approx([float(formula(one)) for one in tables])


def test_cells_that_never_happened_are_listed() -> None:
    cells, counts = confusion.table_cells(np.array([0, 1]), np.array([0, 1]), 2)
    assert len(cells) == 4
    assert sorted(counts) == [0, 0, 1, 1]


def test_many_classes_list_what_happened_and_one_mistake_a_class() -> None:
    true = np.arange(100)
    cells, counts = confusion.table_cells(true, (true + 5) % 100, 100)
    assert counts.sum() == 100
    assert len(cells) == 300
