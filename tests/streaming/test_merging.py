"""What a pass gathers merges: any split of the data into parts gives the same, in any order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_accept import load_data, load_model
from pytest_accept.assertions.streamed.board import Board
from pytest_accept.assertions.streamed.gathered import Gathered
from pytest_accept.assertions.streamed.one_pass import question_of
from pytest_accept.data.sketches import ClusteredSums, DistinctValues, SquaredCounts
from pytest_accept.records import Example
from pytest_accept.statistics.calibration_grids import CalibrationGrid
from pytest_accept.statistics.grids import Grid
from tests.streaming.conftest import LABELS, Guessing, rows

CLAIMS = [(15, None), (7, "pos")]


def splits(n: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, n - 1), max_size=4, unique=True).map(sorted)


def merged(parts: list[Any]) -> Any:
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    return whole


def state(value: Any) -> Any:
    """Return all that an object holds, comparable by ==."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: state(each) for key, each in sorted(value.items(), key=repr)}
    if hasattr(value, "__dict__"):
        return {key: state(each) for key, each in vars(value).items()}
    return value


@pytest.fixture(scope="module")
def examples() -> Any:
    return load_data(rows(240))


@pytest.fixture(scope="module")
def guessing_model() -> Any:
    return load_model(Guessing(), labels=LABELS, batch_size=512)


@given(cuts=splits(240), backwards=st.booleans())
@settings(max_examples=15, deadline=None)
def test_any_split_gathers_the_same(
    cuts: list[int], backwards: bool, examples: Any, guessing_model: Any
) -> None:
    def part(start: int, stop: int) -> Gathered:
        found = Gathered(LABELS, False, CLAIMS)
        chunk = examples.take(np.arange(start, stop))
        question = question_of(guessing_model.predict(chunk), chunk)
        found.add(question, "text", before=start)
        return found

    edges = [0, *cuts, 240]
    parts = [part(a, b) for a, b in pairwise(edges)]
    found = merged(parts[::-1] if backwards else parts)
    assert state(found) == state(part(0, 240))


MAKES: dict[str, tuple[Callable[[], Any], Callable[[Any, np.ndarray], None]]] = {
    "dense grid": (lambda: Grid(0, 40, dense=True), lambda made, x: made.add(x)),
    "grid": (lambda: Grid(-1, 40), lambda made, x: made.add(x)),
    "calibration": (
        lambda: CalibrationGrid(10),
        lambda made, x: made.add(x / 40, x > 9, np.minimum(x / 4, 9).astype(int)),
    ),
    "distinct": (DistinctValues, lambda made, x: made.add((x * 1e17).astype(np.uint64))),
    "sums": (ClusteredSums, lambda made, x: made.add((x * 4e17).astype(np.uint64), x)),
    "squares": (SquaredCounts, lambda made, x: made.add((x * 4e17).astype(np.uint64))),
}


@pytest.mark.parametrize("kind", list(MAKES))
@given(cuts=splits(3000), seed=st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_each_statistic_merges(kind: str, cuts: list[int], seed: int) -> None:
    make, add = MAKES[kind]
    values = np.random.default_rng(seed).exponential(2, 3000).clip(0, 39.9)

    def of(some: np.ndarray) -> Any:
        made = make()
        add(made, some)
        return made

    assert state(merged([of(each) for each in np.split(values, cuts)])) == state(of(values))


@given(cuts=splits(200), backwards=st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_board_keeps_the_same_examples(cuts: list[int], backwards: bool) -> None:
    scores = np.random.default_rng(0).integers(0, 30, 200).astype(float)  # with ties
    groups = np.arange(200) % 3

    def board(at: np.ndarray) -> Board:
        made = Board()

        def example(i: int) -> Example:
            return Example(text=str(at[i]), expected="", predicted="", probability=0, origin="")

        made.add(scores[at], groups[at], at, example)
        return made

    parts = [board(each) for each in np.split(np.arange(200), cuts)]
    found = merged(parts[::-1] if backwards else parts)
    order = np.argsort(-scores, kind="stable")
    assert [each.number for each in found.best()] == order[:3].tolist()
    for group in range(3):
        expected = order[groups[order] == group][:3].tolist()
        assert [each.number for each in found.best([group])] == expected


def test_grids_of_other_cells_do_not_merge() -> None:
    with pytest.raises(ValueError, match="Expected `other` to be a grid of"):
        Grid(0, 1).merge(Grid(0, 2))
    with pytest.raises(ValueError, match="Expected `other` to be a grid of 5 bins"):
        CalibrationGrid(5).merge(CalibrationGrid(6))
