"""Bins of predicted confidence, for calibration errors and reliability tables."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Binning = Literal["equal_width", "equal_mass"]


def confidence_bins(
    confidences: NDArray[np.float64], *, bins: int, binning: Binning
) -> NDArray[np.int64]:
    """Return the bin of each confidence, integers in 0..bins - 1.

    "equal_width": bin i holds confidences in (i / bins, (i + 1) / bins], as in Guo et al. (2017)
    and torchmetrics. "equal_mass": bins of equally many examples, equal confidences never split
    (Nguyen and O'Connor 2015); fewer bins remain when many confidences are equal.
    """
    if binning == "equal_width":
        edges = np.linspace(0, 1, bins + 1)[1:-1]
        return np.searchsorted(edges, confidences, side="left").astype(np.int64)
    edges = np.quantile(confidences, np.linspace(0, 1, bins + 1)[1:-1])
    return np.searchsorted(np.unique(edges), confidences, side="left").astype(np.int64)


def reliability(
    confidences: NDArray[np.float64], correct: NDArray[np.float64], bins: NDArray[np.int64]
) -> list[tuple[int, float, float]]:
    """Return (examples, mean confidence, share correct) of every bin that is not empty."""
    counts = np.bincount(bins)
    sums = np.bincount(bins, weights=confidences)
    hits = np.bincount(bins, weights=correct)
    return [
        (int(counts[b]), float(sums[b] / counts[b]), float(hits[b] / counts[b]))
        for b in np.flatnonzero(counts)
    ]
