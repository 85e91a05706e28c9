"""What sketches of hashes say of repeats."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_accept.data.contents import hashes
from pytest_accept.data.sketches import DistinctValues, SquaredCounts


def some(counts: list[int]) -> np.ndarray:
    """Return hashes of which the i-th occurs `counts[i]` times, shuffled."""
    values = hashes([f"text {i}" for i in range(len(counts))])
    found: np.ndarray = np.random.default_rng(0).permutation(np.repeat(values, counts))
    return found


def distinct(values: np.ndarray) -> DistinctValues:
    made = DistinctValues()
    for part in np.array_split(values, 20):
        made.add(part)
    return made


def test_few_values_are_counted_exactly() -> None:
    made = distinct(some([1] * 5000 + [3] * 100))
    assert (made.count(), made.repeats(), made.n) == (5100, 200, 5300)


def test_many_values_are_counted_within_three_errors() -> None:
    made = distinct(some([2] * 60_000))
    assert made.count() == pytest.approx(60_000, rel=3 / np.sqrt(16_384))
    assert made.repeats() == 120_000 - made.count()


def test_no_repeats_are_claimed_that_cannot_be_told() -> None:
    made = distinct(some([1] * 100_000 + [2] * 100))
    assert made.repeats() == 0
    assert made.count() <= made.n


@pytest.mark.parametrize(
    "counts", [[1] * 50_000, [2] * 30_000, [1] * 50_000 + [2000], [500] * 40, [40_000]]
)
def test_squared_counts(counts: list[int]) -> None:
    made = SquaredCounts()
    for part in np.array_split(some(counts), 20):
        made.add(part)
    exact = float(np.sum(np.square(counts)))
    assert made.totals()[0] == pytest.approx(exact, rel=3 * np.sqrt(2 / 65_536))
    assert made.at_most()[0] >= exact


def test_squared_counts_of_groups() -> None:
    made = SquaredCounts(3, cells=8192)
    made.add(some([1] * 900), np.zeros(900, np.int64))
    made.add(some([10] * 50), np.full(500, 2))
    assert made.sizes.tolist() == [900, 0, 500]
    assert made.totals() == pytest.approx([900, 0, 5000], rel=3 * np.sqrt(2 / 8192))


def test_hashes_are_of_contents() -> None:
    assert len(set(hashes(["a", "b", "", "ab"]).tolist())) == 4
    pairs = hashes([("a", "b"), ("ab", ""), ("a", "b")])
    assert pairs[0] == pairs[2] != pairs[1]
    assert hashes(["a"]) == hashes(["a"])
    assert hashes([1, None, "1"])[0] != hashes([1, None, "1"])[1]
