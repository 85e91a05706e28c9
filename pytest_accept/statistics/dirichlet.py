"""Dirichlet-weighted means: the tail of a Bayesian bootstrap, without drawing it.

The weighted mean sum D_i x_i with D ~ Dirichlet(w_1, ..., w_n) exceeds m exactly if the sum of
E_i (x_i - m) is positive for independent E_i ~ Gamma(w_i). That chance has a closed approximation
(Lugannani and Rice 1980, Advances in Applied Probability 12), good to a few per cent of itself.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from pytest_accept.statistics.arguments import FloatArray

_ITERATIONS = 100


def dirichlet_quantile(points: FloatArray, weights: FloatArray, tail: float) -> float:
    """Return what the Dirichlet-weighted mean of points (n,) exceeds with chance `tail` < 1/2."""
    smallest, largest = float(points.min()), float(points.max())
    if smallest == largest:
        return largest
    unit = (points - smallest) / (largest - smallest)
    total = float(weights.sum())
    center = _weighted(weights, unit) / total

    goal = float(stats.norm.isf(tail))

    def excess(mean: float) -> float:
        # On the normal scale the curve is nearly straight, so the search takes few steps.
        return float(stats.norm.isf(chance_positive(unit - mean, weights))) - goal

    top = 1 - 1e-12
    if center >= top or excess(top) < 0:
        return largest
    step = float(np.sqrt(_weighted(weights, (unit - center) ** 2) / total / (total + 1)))
    high = min(top, center + goal * step)
    while excess(high) < 0:
        high = min(top, high + 2 * (high - center))
    found = float(optimize.brentq(excess, center, high, xtol=1e-12, rtol=1e-9))
    return smallest + (largest - smallest) * found


def chance_positive(steps: FloatArray, weights: FloatArray) -> float:
    """Return P(sum E_i steps_i > 0) for E_i ~ Gamma(w_i), or 1/2 where it is more.

    At least one of the steps must be positive.
    """
    tilt = _saddlepoint(steps, weights)
    factors = 1 - tilt * steps
    cumulant = -_weighted(weights, np.log(factors))
    curvature = _weighted(weights, (steps / factors) ** 2)
    signed = float(np.sqrt(max(-2 * cumulant, 0.0)))
    if signed < 1e-3:
        return 0.5
    correction = 1 / (tilt * float(np.sqrt(curvature))) - 1 / signed
    chance = float(stats.norm.sf(signed) + stats.norm.pdf(signed) * correction)
    # Far out the two terms underflow and may leave a negative remainder.
    return min(max(chance, 1e-300), 1.0)


def _saddlepoint(steps: FloatArray, weights: FloatArray) -> float:
    """Return the tilt >= 0 at which the tilted sum has mean 0."""
    low, high = 0.0, 1 / float(steps.max())
    tilt = 0.0
    for _ in range(_ITERATIONS):
        ratios = steps / (1 - tilt * steps)
        slope = _weighted(weights, ratios)
        if slope >= 0 and tilt == 0:
            return 0.0
        low, high = (tilt, high) if slope < 0 else (low, tilt)
        moved = tilt - slope / _weighted(weights, ratios**2)
        # Newton's step, or half the bracket where it would leave it.
        moved = moved if low < moved < high else (low + high) / 2
        if abs(moved - tilt) <= 1e-13 * high:
            break
        tilt = moved
    return tilt


def _weighted(weights: FloatArray, terms: FloatArray) -> float:
    # Not `@`: threads of BLAS that wait for a busy core made this up to 25 times slower.
    return float(np.einsum("i,i->", weights, terms))
