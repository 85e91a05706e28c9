"""What can be said of repeats in more values than memory holds: sketches of their hashes.

Both are sums or minima of what each value adds, so parts merge in any order to the same result, and
neither grows with the number of values. Hashes are 64 bits, as `contents.hashes` makes them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_KEPT = 16_384
_CELLS = 65_536
_SURE = 3  # standard errors
_AMOUNT = 2.0**-20


class DistinctValues:
    """How many different values there were: exact up to 16,384 of them, else within 0.8 %.

    The smallest hashes are kept; how close they lie says how many there are (Bar-Yossef et al.
    2002, algorithm 1), with a standard error of 1 / sqrt(16,384).
    """

    def __init__(self) -> None:
        self.n = 0
        self._smallest: Hashes = np.empty(0, np.uint64)

    def add(self, hashes: Hashes) -> None:
        """Add values, each by its hash."""
        self.n += len(hashes)
        self._keep(hashes)

    def merge(self, other: DistinctValues) -> None:
        """Add the values of another sketch."""
        self.n += other.n
        self._keep(other._smallest)

    @property
    def exact(self) -> bool:
        """Whether there were so few that their number is known."""
        return len(self._smallest) < _KEPT

    def count(self) -> int:
        """Return how many different values there were, as well as can be told; at most `n`."""
        kept = self._smallest
        if self.exact:
            return len(kept)
        return min(self.n, round((_KEPT - 1) / (float(kept[-1]) / 2.0**64)))

    def repeats(self) -> int:
        """Return how many values repeat an earlier one, 0 if they are too few to be told."""
        repeated = self.n - self.count()
        return repeated if self.exact or repeated > _SURE * self.n / math.sqrt(_KEPT) else 0

    def _keep(self, hashes: Hashes) -> None:
        if len(self._smallest) == _KEPT:
            hashes = hashes[hashes < self._smallest[-1]]
        if len(hashes):
            self._smallest = np.union1d(self._smallest, hashes)[:_KEPT]


class SquaredCounts:
    """Σ m² over the different values of each group, where m says how often one occurred there.

    It is the number of values of the group if none repeats. Each value adds +1 or -1, as its hash
    says, to one of `cells` cells; the sum of the squares of the cells is what is sought, with a
    standard error of sqrt(2 / cells), 0.55 % of it (Charikar et al. 2002; Thorup and Zhang 2004).
    """

    def __init__(self, groups: int = 1, *, cells: int = _CELLS) -> None:
        """`cells` is a power of two."""
        self.sizes = np.zeros(groups, np.int64)
        self._cells = np.zeros((groups, cells), np.int64)

    def add(self, hashes: Hashes, groups: NDArray[np.int64] | None = None) -> None:
        """Add values, each by its hash, with the group of each (n,), or all to the first."""
        of = np.zeros(len(hashes), np.int64) if groups is None else groups
        np.add.at(self.sizes, of, 1)
        signs = np.where(hashes >> np.uint64(63), 1, -1)
        mask = np.uint64(self._cells.shape[1] - 1)
        np.add.at(self._cells, (of, (hashes & mask).astype(np.int64)), signs)

    def merge(self, other: SquaredCounts) -> None:
        """Add the values of another sketch."""
        self.sizes += other.sizes
        self._cells += other._cells

    def totals(self) -> NDArray[np.float64]:
        """Return the estimate of each group, never less than its number of values."""
        squares = np.einsum("gc,gc->g", self._cells, self._cells, dtype=np.float64)
        return np.asarray(np.maximum(squares, self.sizes), np.float64)

    def at_most(self) -> NDArray[np.float64]:
        """Return what the sums do not exceed, but for two standard errors of the sketch."""
        cells: int = self._cells.shape[1]
        return self.totals() * (1 + 2 * math.sqrt(2 / cells))

    def at_most_of(self, amounts: NDArray[np.float64]) -> float:
        """Return Σ over the different values of the square of what their members add up to.

        A member of a group adds the amount of it (groups,). As `at_most`, for that sum.
        """
        cells = np.einsum("g,gc->c", amounts, self._cells)
        return float(np.einsum("c,c->", cells, cells)) * (1 + 2 * math.sqrt(2 / len(cells)))

    @property
    def cells(self) -> NDArray[np.int64]:
        """(groups, cells) the sums of signs."""
        return self._cells


class ClusteredSums:
    """Σ over clusters of the square of the sum of what their members deviate from a mean.

    As `SquaredCounts`, with an amount of each member in the place of one; the same error.
    """

    def __init__(self) -> None:
        self._cells = np.zeros(_CELLS, np.int64)

    def add(self, hashes: Hashes, amounts: NDArray[np.float64]) -> None:
        """Add members, each by the hash of its cluster, with amounts (n,) below 1,000."""
        signs = np.where(hashes >> np.uint64(63), 1, -1)
        exact = np.rint(amounts / _AMOUNT).astype(np.int64)
        np.add.at(self._cells, (hashes & np.uint64(_CELLS - 1)).astype(np.int64), signs * exact)

    def merge(self, other: ClusteredSums) -> None:
        """Add the members of another sketch."""
        self._cells += other._cells

    def about(self, mean: float, counts: SquaredCounts) -> float:
        """Return the estimate for deviations from `mean`; `counts` is of the same members."""
        deviations = self._cells * _AMOUNT - mean * counts.cells[0]
        return float(np.einsum("c,c->", deviations, deviations))
