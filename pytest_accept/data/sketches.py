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
    """Σ m² over the different values, where m says how often one occurred: n if none repeats.

    Each value adds +1 or -1, as its hash says, to one of 65,536 cells; the sum of the squares of
    the cells is what is sought, with a standard error of 0.55 % (Charikar et al. 2002; Thorup and
    Zhang 2004).
    """

    def __init__(self) -> None:
        self.n = 0
        self._cells = np.zeros(_CELLS, np.int64)

    def add(self, hashes: Hashes) -> None:
        """Add values, each by its hash."""
        self.n += len(hashes)
        signs = np.where(hashes >> np.uint64(63), 1, -1)
        np.add.at(self._cells, hashes & np.uint64(_CELLS - 1), signs)

    def merge(self, other: SquaredCounts) -> None:
        """Add the values of another sketch."""
        self.n += other.n
        self._cells += other._cells

    def total(self) -> float:
        """Return the estimate, never less than n."""
        cells = self._cells.astype(np.float64)
        return max(float(cells @ cells), float(self.n))

    def at_most(self) -> float:
        """Return what the sum does not exceed, but for two standard errors of the sketch."""
        return self.total() * (1 + 2 * math.sqrt(2 / _CELLS))
