"""Means of more values than memory holds: their exact sum, and how many lie in which cell.

Parts merge in any order to the same result, to the last bit: counts and sums are integers.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_accept.statistics.arguments import FloatArray, check_confidence, expected, finite_array
from pytest_accept.statistics.betting import betting_interval
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.means import weighted_upper

CELLS = 131_072
UNIT = 2.0**-32
"""Values are summed as multiples of it, so that a mean is exact to 1.2e-10."""

_FEW = 30


def units(values: ArrayLike) -> NDArray[np.int64]:
    """Return values (n,) as multiples of UNIT, whose sums have no rounding."""
    return np.rint(np.asarray(values, np.float64) / UNIT).astype(np.int64)


class Grid:
    """Values within low..high, counted in cells of equal width, or with `dense` ever narrower ones
    towards `low`, where most losses are: cell i ends at ((i + 1) / 131,072)² of the range.
    """

    def __init__(self, low: float, high: float, *, dense: bool = False) -> None:
        if not low < high:
            raise ValueError(expected("low and high", "a smaller and a larger number", (low, high)))
        self.low, self.high, self.dense = float(low), float(high), dense
        self.n = 0
        self.smallest, self.largest = np.inf, -np.inf
        self._sum = 0
        self._counts = np.zeros(CELLS, np.int64)

    def add(self, values: ArrayLike) -> None:
        """Add values (n,); ValueError for some outside of the range."""
        array = finite_array("values", values)
        smallest, largest = float(array.min()), float(array.max())
        if smallest < self.low or largest > self.high:
            outside = smallest if smallest < self.low else largest
            raise ValueError(expected("values", f"in {self.low:g}..{self.high:g}", outside))
        unit = (array - self.low) / (self.high - self.low)
        cells = (np.sqrt(unit) if self.dense else unit) * CELLS
        np.add.at(self._counts, np.minimum(cells.astype(np.int64), CELLS - 1), 1)
        self._sum += int(units(array).sum())
        self.n += len(array)
        self.smallest = min(self.smallest, smallest)
        self.largest = max(self.largest, largest)

    def merge(self, other: Grid) -> None:
        """Add the values of another grid; ValueError if it is of other cells."""
        ours = self.low, self.high, self.dense
        if ours != (other.low, other.high, other.dense):
            raise ValueError(expected("other", f"a grid of {ours}", other))
        self._counts += other._counts
        self._sum += other._sum
        self.n += other.n
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)

    def mean(self) -> float:
        """Return the mean of the values, exact to 1.2e-10."""
        return self._sum * UNIT / self.n

    def variance(self) -> float:
        """Return the variance of the values, each taken for the middle of its cell."""
        lower, upper, counts = self.points()
        squares = ((lower + upper) / 2 - self.mean()) ** 2
        return float(np.einsum("i,i->", counts, squares)) / self.n

    def points(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the lower and upper ends of the cells that hold values, and how many.

        No end lies beyond the smallest or the largest value, so none farther than a cell's width
        from the values for which it stands.
        """
        held = np.flatnonzero(self._counts)
        ends = []
        for edge in (held, held + 1):
            unit = edge / CELLS
            values = self.low + (self.high - self.low) * (unit**2 if self.dense else unit)
            ends.append(np.clip(values, self.smallest, self.largest))
        return ends[0], ends[1], self._counts[held].astype(np.float64)


def grid_mean_interval(
    grid: Grid,
    *,
    confidence: float,
    bounds: tuple[float, float] | None = None,
    effective: float | None = None,
    tail: float | None = None,
    possible: float | None = None,
    seed: int = 0,
) -> Interval:
    """Return an interval of the mean of the independent values in a grid.

    It is the one of `mean_interval`, with every value rounded up to the end of its cell for the
    upper bound, and down for the lower one: so never narrower, and wider by a cell's width at most.
    (Of fewer than 30, which are bet on, in another random order.)
    `bounds` are those of what was not seen, by default the ends of the grid. `effective`: the
    values count as so many independent ones. Raises ValueError for a grid without values.
    """
    confidence = check_confidence(confidence)
    if not grid.n:
        raise ValueError(expected("grid", "one with at least one value", grid.n))
    low, high = bounds or (grid.low, grid.high)
    lower, upper, counts = grid.points()
    mean, method = grid.mean(), "Dirichlet"
    if grid.n < _FEW and effective is None:
        few = counts.astype(np.int64)
        bet = partial(betting_interval, bounds=(low, high), confidence=confidence, seed=seed)
        below, above = bet(np.repeat(lower, few)).low, bet(np.repeat(upper, few)).high
        method = "betting"
    else:
        weights = counts * ((effective or grid.n) / grid.n)
        below = -weighted_upper(-lower, weights, -low, None, confidence)
        above = weighted_upper(upper, weights, high, tail, confidence, possible=possible)
    return Interval(
        value=mean,
        low=min(below, mean),
        high=max(above, mean),
        confidence=confidence,
        n=grid.n,
        clusters=None,
        method=method,
    )
