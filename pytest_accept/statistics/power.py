"""How many examples would decide, and what these examples could have shown."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy import stats

from pytest_accept.statistics.arguments import IntArray, check_confidence, expected
from pytest_accept.statistics.interval import Interval

_EXACT = "Clopper-Pearson"
_LARGEST = 10**9
FEWEST = 5
"""Clusters, or examples: with fewer, intervals of functions of sums claim nothing."""
_SCANNED_UP_TO = 3000


def needed_examples(interval: Interval, bar: float, *, power: float = 0.8) -> int | None:
    """Return how many examples like these would decide, if the measured value is the true one.

    They decide against the bar on the side where the value lies, with probability `power`. For
    Clopper-Pearson it is exact up to 3,000 (from there on the power never falls below) and, beyond,
    exact to within a tooth of the binomial saw. Otherwise the half-width is taken to shrink as
    1/sqrt(n). None if the value is at the bar, or if the interval has no finite width to learn
    from: then no number of examples is known to decide.
    """
    power = check_confidence(power, "power")
    _check_bar(bar)
    above = interval.value > bar
    if interval.value == bar or _teaches_nothing(interval):
        return None
    if interval.method == _EXACT:
        # Rejecting "above" is accepting "above" for the failures.
        rate, limit = (interval.value, bar) if above else (1 - interval.value, 1 - bar)
        return _needed_exactly(rate, limit, interval.confidence, power)
    width = interval.value - interval.low if above else interval.high - interval.value
    if not math.isfinite(width):
        return None
    other = interval.high - interval.value if above else interval.value - interval.low
    distance = abs(interval.value - bar)
    if other == 0:  # at the end of the range there is no variance: the width shrinks as 1/n
        needed = interval.n * width / distance
    else:
        needed = interval.n * (width * _stretch(interval.confidence, power) / distance) ** 2
    return max(1, math.ceil(needed)) if needed < _LARGEST else None


def smallest_shown(
    interval: Interval,
    bar: float,
    *,
    direction: Literal["above", "below"],
    power: float = 0.8,
    bounds: tuple[float, float] = (0, 1),
) -> float | None:
    """Return the true value at which data of this size show "`direction` bar" with this power.

    A model at or beyond it would have been accepted with probability `power` or more. Exact for
    Clopper-Pearson, else from the width of the interval at hand. None if there is none in `bounds`,
    or the interval teaches nothing.
    """
    power = check_confidence(power, "power")
    _check_bar(bar)
    if direction not in ("above", "below"):
        raise ValueError(expected("direction", "'above' or 'below'", direction))
    above = direction == "above"
    few = interval.clusters is None and interval.n < FEWEST and interval.method != _EXACT
    if few or _teaches_nothing(interval):
        return None
    if interval.method == _EXACT:
        shown = _shown_exactly(interval, bar if above else 1 - bar, power)
        return shown if shown is None or above else 1 - shown
    width = interval.value - interval.low if above else interval.high - interval.value
    if width == 0:
        return None
    reach = width * _stretch(interval.confidence, power)
    shown = bar + reach if above else bar - reach
    return shown if bounds[0] <= shown <= bounds[1] else None


def _teaches_nothing(interval: Interval) -> bool:
    few = interval.clusters is not None and interval.clusters < FEWEST
    return interval.n == 0 or few


def _check_bar(bar: float) -> None:
    if not isinstance(bar, int | float | np.number) or not math.isfinite(bar):
        raise ValueError(expected("bar", "a finite number", bar))


def _stretch(confidence: float, power: float) -> float:
    """Return by how much the distance to show exceeds the half-width of a normal interval."""
    return float((stats.norm.ppf(confidence) + stats.norm.ppf(power)) / stats.norm.ppf(confidence))


def _successes_needed(n: IntArray, bar: float, confidence: float) -> IntArray:
    """Return the fewest successes whose Clopper-Pearson lower bound is at or above the bar."""
    enough = np.asarray(stats.binom.isf(1 - confidence, n, bar)).astype(np.int64) + 1
    return enough


def _powers(n: IntArray, rate: float, bar: float, confidence: float) -> np.ndarray:
    enough = _successes_needed(n, bar, confidence)
    return np.asarray(stats.binom.sf(enough - 1, n, rate))


def _needed_exactly(rate: float, bar: float, confidence: float, power: float) -> int | None:
    """Return the n from which `rate` is shown to be above `bar` with this power."""
    low, high = 0, 1
    while _powers(np.array([high]), rate, bar, confidence)[0] < power:
        low, high = high, high * 2
        if high > _LARGEST:
            return None
    # The power is a saw: a later tooth can dip below what an earlier one had reached.
    high *= 2
    if high > _SCANNED_UP_TO:
        while high - low > 1:
            middle = (low + high) // 2
            enough = _powers(np.array([middle]), rate, bar, confidence)[0] >= power
            low, high = (low, middle) if enough else (middle, high)
        return high
    n = np.arange(1, high + 1)
    short = np.flatnonzero(_powers(n, rate, bar, confidence) < power)
    return int(n[short[-1]]) + 1 if len(short) else 1


def _shown_exactly(interval: Interval, bar: float, power: float) -> float | None:
    enough = int(_successes_needed(np.array([interval.n]), bar, interval.confidence)[0])
    if enough > interval.n or bar < 0:
        return None
    if enough <= 0:
        return 0.0
    return float(stats.beta.ppf(power, enough, interval.n - enough + 1))
