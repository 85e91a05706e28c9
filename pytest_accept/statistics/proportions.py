"""Intervals of a proportion: independent examples, and examples in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pytest_accept.statistics.arguments import (
    check_confidence,
    check_count,
    cluster_codes,
    expected,
    finite_array,
)
from pytest_accept.statistics.design_effect import effective_examples
from pytest_accept.statistics.interval import Interval

_FINITE = 1_000_000  # among more, a draw is as good as one from infinitely many


def proportion_interval(successes: int, n: int, *, confidence: float) -> Interval:
    """Return the Clopper-Pearson interval of `successes` out of `n` independent examples.

    Each bound inverts the exact binomial test, so its error rate is at most 1 - confidence at every
    n and every true rate. Raises ValueError if `successes` is not in 0..n or n < 1.
    Source: Clopper and Pearson (1934), Biometrika 26.
    """
    confidence = check_confidence(confidence)
    n = check_count("n", n, at_least=1)
    successes = check_count("successes", successes, at_least=0)
    if successes > n:
        raise ValueError(expected("successes", f"at most n, {n:,}", successes))
    low, high = clopper_pearson(float(successes), float(n), confidence)
    return Interval(
        value=successes / n,
        low=low,
        high=high,
        confidence=confidence,
        n=n,
        clusters=None,
        method="Clopper-Pearson",
    )


def finite_proportion_interval(
    successes: int, n: int, total: int, *, confidence: float
) -> Interval:
    """Return an interval of the share of ones among `total` cases, of which n were drawn evenly.

    Each bound inverts the exact hypergeometric test, so its error rate is at most 1 - confidence.
    If all cases were drawn there is nothing to be unsure of: both bounds are the value, and the
    method is "all cases". Among more than a million it is Clopper-Pearson's, which is no narrower.
    Raises ValueError if not 0 <= successes <= n <= total, or n < 1.
    Source: Wright (1991), Exact Confidence Bounds When Sampling From Small Finite Universes.
    """
    confidence = check_confidence(confidence)
    n = check_count("n", n, at_least=1)
    total = check_count("total", total, at_least=1)
    successes = check_count("successes", successes, at_least=0)
    if successes > n:
        raise ValueError(expected("successes", f"at most n, {n:,}", successes))
    if n > total:
        raise ValueError(expected("n", f"at most total, {total:,}", n))
    if n < total > _FINITE:
        return proportion_interval(successes, n, confidence=confidence)
    fewest = _fewest_ones(successes, n, total, confidence)
    most = total - _fewest_ones(n - successes, n, total, confidence)
    return Interval(
        value=successes / n,
        low=fewest / total,
        high=most / total,
        confidence=confidence,
        n=n,
        clusters=None,
        method="all cases" if n == total else "hypergeometric",
    )


def _fewest_ones(successes: int, n: int, total: int, confidence: float) -> int:
    """Return the fewest ones among `total` of which so many among n drawn are no surprise."""
    low, high = successes, total - (n - successes)
    while low < high:
        middle = (low + high) // 2
        if stats.hypergeom.sf(successes - 1, total, middle, n) > 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def clopper_pearson(successes: float, n: float, confidence: float) -> tuple[float, float]:
    """Return both one-sided bounds; `successes` and `n` may be effective, fractional counts."""
    failures = n - successes
    low = float(stats.beta.ppf(1 - confidence, successes, failures + 1)) if successes > 0 else 0.0
    high = float(stats.beta.ppf(confidence, successes + 1, failures)) if failures > 0 else 1.0
    return low, high


def clustered_proportion_interval(
    outcomes: ArrayLike, clusters: Sequence[Any] | NDArray[Any], *, confidence: float
) -> Interval:
    """Return an interval of the share of ones among outcomes (n,) that come in clusters (n,).

    Korn and Graubard's: Clopper-Pearson at an effective number of examples, which is n over the
    design effect, with a t correction for few clusters; it is the number of clusters when all
    outcomes are equal. Raises ValueError for outcomes other than 0 and 1 or misaligned clusters.
    Source: Korn and Graubard (1998), Survey Methodology 24.
    """
    confidence = check_confidence(confidence)
    values = finite_array("outcomes", outcomes)
    if not np.isin(values, (0.0, 1.0)).all():
        odd = float(values[~np.isin(values, (0.0, 1.0))][0])
        raise ValueError(expected("outcomes", "zeros and ones", odd))
    codes, groups = cluster_codes(clusters, len(values))
    rate = float(values.mean())
    effective = effective_examples(values - rate, codes, confidence)
    low, high = clopper_pearson(rate * effective, effective, confidence)
    return Interval(
        value=rate,
        low=low,
        high=high,
        confidence=confidence,
        n=len(values),
        clusters=groups,
        method="Korn-Graubard",
    )
