"""Betting intervals: a bounded mean with a guarantee at every number of examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pytest_accept.statistics.arguments import (
    FloatArray,
    check_bounds,
    check_confidence,
    expected,
    finite_array,
)
from pytest_accept.statistics.interval import Interval

_STEPS = 40


def betting_interval(
    values: ArrayLike, *, bounds: tuple[float, float], confidence: float, seed: int = 0
) -> Interval:
    """Return an interval of the mean of values (n,) within `bounds`, guaranteed for every n >= 1.

    Whoever bets against a true mean m cannot expect to win: the chance that a fair game's capital
    ever reaches 1 / (1 - confidence) is at most 1 - confidence (Ville). Each bound is the mean at
    which a gambler, who sees the values in an order shuffled by `seed`, would have got there.
    Raises ValueError for values outside the bounds or bounds that are not finite.
    Source: Waudby-Smith and Ramdas (2024), JRSS B 86, section 4 (predictable plug-in bets).
    """
    confidence = check_confidence(confidence)
    array = finite_array("values", values)
    low, high = check_bounds(array, bounds)
    if not np.isfinite([low, high]).all():
        raise ValueError(expected("bounds", "two finite numbers", bounds))
    order = np.random.default_rng(seed).permutation(len(array))
    unit = (array[order] - low) / (high - low)
    span = high - low
    return Interval(
        value=float(array.mean()),
        low=low + span * betting_lower(unit, confidence),
        high=high - span * betting_lower(1 - unit, confidence),
        confidence=confidence,
        n=len(array),
        clusters=None,
        method="betting",
    )


def betting_lower(unit: FloatArray, confidence: float) -> float:
    """Return the lower bound of the mean of values in 0..1, in the order given."""
    bets = _bets(unit, confidence)
    goal = -np.log(1 - confidence)
    refuted, open_ = 0.0, float(unit.max())
    # The capital falls as the mean rises: the bets are capped and do not look ahead.
    for _ in range(_STEPS):
        mean = (refuted + open_) / 2
        if _best_log_capital(unit, bets, mean) >= goal:
            refuted = mean
        else:
            open_ = mean
    return refuted


def _bets(unit: FloatArray, confidence: float) -> FloatArray:
    """Return the stake on each value from the values before it."""
    index = np.arange(1, len(unit) + 1)
    means = (0.5 + np.cumsum(unit)) / (index + 1)
    variances = (0.25 + np.cumsum((unit - means) ** 2)) / (index + 1)
    before = np.concatenate([[0.25], variances[:-1]])
    # One side spends all of the error and n is fixed in advance: log(1 / error), not 2 / error.
    stakes: FloatArray = np.sqrt(2 * -np.log(1 - confidence) / (len(unit) * before))
    return stakes


def _best_log_capital(unit: FloatArray, bets: FloatArray, mean: float) -> float:
    if mean <= 0:
        return float("inf") if unit.max() > 0 else 0.0
    stakes = np.minimum(bets, 0.75 / mean)
    return float(np.max(np.cumsum(np.log1p(stakes * (unit - mean)))))
