"""Bounds at other confidences than the one they were drawn at, where drawing again cannot reach."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from pytest_accept.statistics.arguments import FloatArray
from pytest_accept.statistics.interval import Interval

COMPUTED = {
    "Clopper-Pearson",
    "Korn-Graubard",
    "hypergeometric",
    "all cases",
    "betting",
    "Dirichlet",
    "Dirichlet, by cluster",
    "Dirichlet, ratio",
    "paired Dirichlet",
    "placement values",
}
"""Intervals that are computed, not drawn: they hold at any confidence."""

_NEAR = 1e-12


def extended_bounds(
    interval: Interval, levels: FloatArray, *, bounds: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds (K,) at confidences given as standard normal quantiles (K,).

    Two thousand resamples hold no 0.9999 quantile. So the margin at the interval's own confidence
    grows as a t quantile (of its clusters, or else examples), once as it is and once on the scale
    on which `bounds` are infinitely far (logit, or log for one end), and the wider one counts; from
    a value at an end of the range, it grows as the logarithm of the error (a Poisson law of rare
    events). Beyond the interval's own confidence that is no narrower than Clopper-Pearson's where
    both can be had.
    """
    chances = stats.norm.cdf(levels)
    degrees = max(2, (interval.clusters or interval.n) - 1)
    growth = stats.t.ppf(chances, degrees) / stats.t.ppf(interval.confidence, degrees)
    rare = np.log1p(-chances) / math.log1p(-interval.confidence)
    low = _moved(interval.value, interval.low, growth, rare, bounds)
    high = _moved(interval.value, interval.high, growth, rare, bounds)
    return np.clip(low, *bounds), np.clip(high, *bounds)


def _moved(
    value: float, bound: float, growth: FloatArray, rare: FloatArray, bounds: tuple[float, float]
) -> FloatArray:
    margin = bound - value
    at_the_end = not math.isfinite(bound) or min(abs(bound - each) for each in bounds) < _NEAR
    if margin == 0 or at_the_end:
        return np.full(len(growth), bound)
    plain = value + margin * growth
    if min(abs(value - each) for each in bounds) < _NEAR:
        return value + margin * np.maximum(growth, rare)
    start, stop = _stretched(np.array([value, bound]), bounds)
    curved = _back(start + (stop - start) * growth, bounds)
    wider: FloatArray = np.minimum(plain, curved) if margin < 0 else np.maximum(plain, curved)
    return wider


def _stretched(values: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    low, high = bounds
    if math.isfinite(low) and math.isfinite(high):
        return np.asarray(np.log((values - low) / (high - values)))
    if math.isfinite(low):
        return np.asarray(np.log(values - low))
    return values


def _back(values: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    low, high = bounds
    if math.isfinite(low) and math.isfinite(high):
        return np.asarray(low + (high - low) / (1 + np.exp(-np.clip(values, -500, 500))))
    if math.isfinite(low):
        return np.asarray(low + np.exp(np.clip(values, -500, 500)))
    return values
