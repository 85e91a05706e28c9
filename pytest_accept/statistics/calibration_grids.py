"""The expected calibration error of more examples than memory holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pytest_accept.statistics.arguments import FloatArray, check_confidence, check_count, expected
from pytest_accept.statistics.dirichlet import dirichlet_quantile
from pytest_accept.statistics.grids import UNIT, units
from pytest_accept.statistics.interval import Interval

_CELLS = 65_536
_NOISE_CELLS = 64  # of each bin


class CalibrationGrid:
    """What is known of claims in 0..1 and whether they were right, in bins of equal width.

    Of each bin, the ones of `metrics.calibration.confidence_bins`: how many claims, their exact
    sum, how many were right; and the claims counted in cells of about 1/65,536. All are integers,
    so parts merge in any order to the same result.
    """

    def __init__(self, bins: int) -> None:
        self.bins = check_count("bins", bins, at_least=1)
        self._cells = max(1, _CELLS // bins)
        self._counts = np.zeros((2, bins * self._cells), np.int64)
        self._claimed = np.zeros(bins, np.int64)

    def add(self, claimed: ArrayLike, right: ArrayLike, binned: ArrayLike) -> None:
        """Add claims (n,), whether they were right (n,), 0 or 1, and the bin of each (n,)."""
        claims = np.asarray(claimed, np.float64)
        bins = np.asarray(binned, np.int64)
        within = ((claims * self.bins - bins) * self._cells).astype(np.int64)
        cells = bins * self._cells + np.clip(within, 0, self._cells - 1)
        np.add.at(self._counts, (np.asarray(right).astype(np.int64), cells), 1)
        np.add.at(self._claimed, bins, units(claims))

    def merge(self, other: CalibrationGrid) -> None:
        """Add the claims of another grid; ValueError if it has other bins."""
        if other.bins != self.bins:
            raise ValueError(expected("other", f"a grid of {self.bins} bins", other.bins))
        self._counts += other._counts
        self._claimed += other._claimed

    @property
    def n(self) -> int:
        """The number of claims."""
        return int(self._counts.sum())

    def table(self) -> list[tuple[int, float, float]]:
        """Return (examples, mean claim, share right) of every bin that is not empty."""
        by_bin = self._counts.reshape(2, self.bins, self._cells).sum(axis=2)
        sizes, right = by_bin.sum(axis=0).tolist(), by_bin[1].tolist()
        claimed = (self._claimed * UNIT).tolist()
        bins = zip(sizes, claimed, right, strict=True)
        return [(size, sums / size, hits / size) for size, sums, hits in bins if size]

    def gaps(self) -> FloatArray:
        """Return the sum over each bin (bins,) of right less claimed."""
        right = self._counts[1].reshape(self.bins, self._cells).sum(axis=1)
        return np.asarray(right - self._claimed * UNIT, np.float64)

    def signed(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the gaps, towards the sign of their bin's sum, of what is in each cell that holds
        something: rounded down, rounded up, and how many.
        """
        answers, cells = np.nonzero(self._counts)
        counts = self._counts[answers, cells].astype(np.float64)
        bins = cells // self._cells
        low = (bins + (cells % self._cells) / self._cells) / self.bins
        high = (bins + (cells % self._cells + 1) / self._cells) / self.bins
        over = self.gaps()[bins] >= 0
        least = np.where(over, answers - high, low - answers)
        most = np.where(over, answers - low, high - answers)
        return least, most, counts

    def calibrated_errors(self, resamples: int, generator: np.random.Generator) -> FloatArray:
        """Return the errors (resamples,) that a calibrated model with these claims would measure.

        Claims of a 64th of a bin are taken for equal, by which they vary a little too much.
        """
        fine = self._counts.sum(axis=0)
        step = -(-self._cells // _NOISE_CELLS)  # rounded up, so that no cell is in the next bin
        cells = np.arange(len(fine))
        bins = cells // self._cells
        middle = (bins + (cells % self._cells + 0.5) / self._cells) / self.bins
        coarse = bins * _NOISE_CELLS + (cells % self._cells) // step
        size = self.bins * _NOISE_CELLS
        sizes = np.bincount(coarse, fine, size)
        held = np.flatnonzero(sizes)
        shares = np.bincount(coarse, fine * middle, size)[held] / sizes[held]
        of = held // _NOISE_CELLS
        counts = sizes[held].astype(np.int64)
        sums = np.zeros((resamples, self.bins))
        for cell, (count, share) in enumerate(zip(counts.tolist(), shares.tolist(), strict=True)):
            drawn = generator.binomial(count, share, size=resamples)
            sums[:, of[cell]] += drawn - count * share
        return np.asarray(np.abs(sums).sum(axis=1) / counts.sum())


def grid_calibration_error_interval(
    grid: CalibrationGrid,
    *,
    confidence: float,
    seed: int = 0,
    effective: float | None = None,
    resamples: int = 2000,
) -> tuple[Interval, float]:
    """Return what `calibration_error_interval` does, of claims in a grid.

    The value is that of the claims themselves to 1e-9. For the bounds every gap is rounded away
    from the value to the end of its cell, 1/65,536 at most. `effective`: the examples count as so
    many independent ones. Raises ValueError for a grid without claims.
    """
    confidence = check_confidence(confidence)
    n = grid.n
    if not n:
        raise ValueError(expected("grid", "one with at least one claim", n))
    counted = effective or float(n)
    value = float(np.abs(grid.gaps()).sum()) / n
    noise = grid.calibrated_errors(resamples, np.random.default_rng(seed))
    least, most, counts = grid.signed()
    weights = np.append(counts * (counted / n), 1.0)
    above = dirichlet_quantile(np.append(most, 1.0), weights, 1 - confidence)
    away = -dirichlet_quantile(np.append(-least, 1.0), weights, 1 - confidence)
    near = value - float(np.sqrt(n / counted)) * float(np.quantile(noise, confidence))
    interval = Interval(
        value=value,
        low=max(0.0, min(near, away)),
        high=min(1.0, max(value, above)),
        confidence=confidence,
        n=n,
        clusters=None,
        method="calibrated noise below, Dirichlet above",
    )
    return interval, float(noise.mean())
