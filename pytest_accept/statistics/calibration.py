"""Interval of the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_accept.statistics.arguments import (
    FloatArray,
    IntArray,
    check_confidence,
    check_count,
    cluster_codes,
    expected,
    finite_array,
)
from pytest_accept.statistics.design_effect import effective_examples
from pytest_accept.statistics.dirichlet import dirichlet_quantile
from pytest_accept.statistics.interval import Interval


def calibration_error_interval(
    confidences: ArrayLike,
    correct: ArrayLike,
    bins: ArrayLike,
    *,
    confidence: float,
    seed: int = 0,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    resamples: int = 2000,
) -> tuple[Interval, float]:
    """Return the expected calibration error with bounds, and what a calibrated model would measure.

    The error is sum_b (n_b / n) |accuracy_b - mean confidence_b| over the bins b that occur, in
    0..1 (Naeini et al. 2015; Guo et al. 2017). `confidences` (n,) and `correct` (n,) are in 0..1,
    `bins` (n,) are integer names of bins; `clusters` (n,) names what belongs together.

    The value is the plug-in, which noise alone makes positive; the second result is its mean, over
    `resamples` simulated sets of labels, if the model were calibrated. `low` is the smaller of the
    value less the calibrated noise (which governs near 0) and a bound of the mean signed gap (which
    governs away from 0). `high` bounds the mean signed gap from above; as the plug-in is biased up,
    it is too high rather than too low, and much too high where bins hold few examples. A phantom
    example with the largest possible gap stands for what a small sample did not show. Raises
    ValueError for misaligned, non-finite or out-of-range input.
    """
    confidence = check_confidence(confidence)
    resamples = check_count("resamples", resamples, at_least=100)
    claimed = finite_array("confidences", confidences)
    right = finite_array("correct", correct)
    _, binned = np.unique(np.asarray(bins), return_inverse=True)
    n = len(claimed)
    if len(right) != n or len(binned) != n:
        lengths = (len(right), len(binned))
        raise ValueError(expected("correct and bins", f"of {n:,} values", lengths))
    if claimed.min() < 0 or claimed.max() > 1 or right.min() < 0 or right.max() > 1:
        raise ValueError(expected("confidences and correct", "between 0 and 1", claimed.max()))
    gaps = right - claimed
    k = int(binned.max()) + 1
    sums = np.bincount(binned, weights=gaps, minlength=k)
    value = float(np.abs(sums).sum()) / n
    generator = np.random.default_rng(seed)
    noise = _calibrated_errors(claimed, binned, k, resamples, generator)
    effective, groups = float(n), None
    if clusters is not None:
        codes, groups = cluster_codes(clusters, n)
        effective = effective_examples(gaps - gaps.mean(), codes, confidence)
    inflation = float(np.sqrt(n / effective))
    signed = gaps * np.where(sums >= 0, 1.0, -1.0)[binned]
    points = np.append(signed, 1.0)
    weights = np.append(np.full(n, effective / n), 1.0)
    high = min(1.0, max(value, dirichlet_quantile(points, weights, 1 - confidence)))
    # Calibrated noise is what counts near 0; away from it the sampling error of the value does.
    near = value - inflation * float(np.quantile(noise, confidence))
    points[-1] = -1.0
    away = -dirichlet_quantile(-points, weights, 1 - confidence)
    low = max(0.0, min(near, away))
    interval = Interval(
        value=value,
        low=low,
        high=high,
        confidence=confidence,
        n=n,
        clusters=groups,
        method="calibrated noise below, Dirichlet above",
    )
    return interval, float(noise.mean())


def _calibrated_errors(
    claimed: FloatArray, binned: IntArray, k: int, resamples: int, generator: np.random.Generator
) -> FloatArray:
    """Return the errors (resamples,) that a calibrated model with these confidences measures."""
    n = len(claimed)
    order = np.argsort(binned, kind="stable")
    starts = np.searchsorted(binned[order], np.arange(k))
    sorted_claims = claimed[order]
    errors = np.empty(resamples)
    step = max(1, 2_000_000 // n)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.random((size, n)) < sorted_claims
        sums = np.add.reduceat(drawn - sorted_claims, starts, axis=1)
        errors[start : start + size] = np.abs(sums).sum(axis=1) / n
    return errors
