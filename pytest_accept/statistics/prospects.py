"""What data will show of a true value: before anything is measured, or from an earlier interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pytest_accept.statistics.arguments import cluster_codes, expected
from pytest_accept.statistics.design_effect import few_clusters_price, independent_clusters
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.power import _EXACT, _powers
from pytest_accept.statistics.proportions import clopper_pearson

_ROUNDING = 1e-6
_MOST_TOLD = 1000.0  # times as much as by zeros and ones


def unmeasured_share(n: int, *, confidence: float) -> Interval:
    """Return what is known of a share of n independent examples before any is seen."""
    return Interval(
        value=0.5, low=0.0, high=1.0, confidence=confidence, n=n, clusters=None, method=_EXACT
    )


def chance_to_show(
    interval: Interval, bar: float, *, direction: Literal["above", "below"], true: float
) -> float | None:
    """Return how probable it is that data of this size show "`direction` bar" of a true value.

    Of a share of independent examples (Clopper-Pearson) it is the exact binomial probability. Else
    the bound is taken for normal, as far from the value as it is at hand (within 0.03 of how often
    it happened in our simulations of means and tables); None if it has no end.
    """
    above = direction == "above"
    if interval.method == _EXACT:
        rate, limit = (true, bar) if above else (1 - true, 1 - bar)
        return float(_powers(np.array([interval.n]), rate, limit, interval.confidence)[0])
    width = interval.value - interval.low if above else interval.high - interval.value
    beyond = true - bar if above else bar - true
    if not math.isfinite(width):
        return None
    if width == 0:
        return float(beyond >= 0)
    quantile = float(stats.norm.ppf(interval.confidence))
    return float(stats.norm.cdf(quantile * (beyond / width - 1)))


def resized(interval: Interval, n: int, *, clusters: int | None, confidence: float) -> Interval:
    """Return what an interval would be with so many examples (and clusters) like those it is of.

    Half-widths shrink with the root of the number of clusters, else of examples; at the end of the
    range, where nothing varied, with the number itself.
    """
    counts = interval.clusters, clusters
    before, now = counts if all(counts) else (interval.n, n)
    ratio = float(before or 1) / float(now or 1)
    quantiles = stats.norm.ppf(confidence) / stats.norm.ppf(interval.confidence)
    below, above = interval.value - interval.low, interval.high - interval.value
    power = 1.0 if min(below, above) <= 0 else 0.5
    factor = float(quantiles) * ratio**power
    return replace(
        interval,
        low=interval.value - below * factor,
        high=interval.value + above * factor,
        confidence=confidence,
        n=n,
        clusters=clusters,
    )


def moved(interval: Interval, value: float) -> Interval:
    """Return an interval of the same half-widths around another value."""
    return replace(
        interval,
        value=value,
        low=value - (interval.value - interval.low),
        high=value + (interval.high - interval.value),
    )


def independent_examples(interval: Interval) -> float:
    """Return of how many independent examples Clopper and Pearson's would be this interval.

    That is what Korn and Graubard's made of examples in clusters. Of another interval of values in
    0..1 it is what makes the wider of its sides: more than there are, where values vary less than
    zeros and ones. Raises ValueError for an interval with no side that ends within 0..1.
    """
    rate, confidence = interval.value, interval.confidence
    sides = [
        side
        for side, (bound, end) in enumerate(((interval.low, 0.0), (interval.high, 1.0)))
        if 0 < bound < 1 and bound != rate != end
    ]
    if not sides:
        raise ValueError(expected("interval", "one that ends within 0..1", interval))
    return min(_count_of(interval, side, rate, confidence) for side in sides)


def _count_of(interval: Interval, side: int, rate: float, confidence: float) -> float:
    """Return the count at which Clopper and Pearson's lower (0) or upper (1) bound is this one."""
    target = (interval.low, interval.high)[side]
    least, most = 1e-3, _MOST_TOLD * interval.n
    while most - least > _ROUNDING * most:
        middle = math.sqrt(least * most)
        distance = abs(clopper_pearson(rate * middle, middle, confidence)[side] - rate)
        least, most = (middle, most) if distance > abs(target - rate) else (least, middle)
    return math.sqrt(least * most)


def independent_at_worst(
    clusters: Sequence[Any] | NDArray[Any], *, confidence: float
) -> tuple[float, float]:
    """Return how many independent examples clusters (n,) tell as much as, if each is of one kind.

    The second is what is left of them where that is estimated from data that vary: the estimate
    divides by one cluster less, and few clusters have their price (see `design_effect`).
    """
    codes, groups = cluster_codes(clusters, len(clusters))
    found = independent_clusters(codes)
    price = few_clusters_price(len(codes), found, confidence) * (groups - 1) / max(groups, 1)
    return found, found * price


def best_bound(
    n: float, *, confidence: float, direction: Literal["above", "below"], span: tuple[float, float]
) -> float:
    """Return the bound of the mean of n values in `span` that are all the best there can be.

    No interval that holds for shares of independent examples, too, has a better one.
    """
    low, high = span
    reach = (high - low) * math.pow(1 - confidence, 1 / n)
    return low + reach if direction == "above" else high - reach
