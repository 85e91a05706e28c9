"""Interval of the area under the ROC curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_accept.statistics.arguments import (
    FloatArray,
    IntArray,
    check_confidence,
    cluster_codes,
    expected,
    finite_array,
)
from pytest_accept.statistics.design_effect import (
    carriers,
    few_clusters_price,
    independent_clusters,
)
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.proportions import clopper_pearson

_PRIOR = 0.5


def auc_interval(
    scores: ArrayLike,
    positives: ArrayLike,
    *,
    confidence: float,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
) -> Interval:
    """Return an interval of the mean over columns of the area under the ROC curve, in 0..1.

    `scores` and `positives` are (n, k), `clusters` (n,): each area is the probability that a
    positive scores above a negative, ties counting one half. Bounds are Clopper-Pearson's at the
    number of coin tosses with the same variance, which comes from the placement values (DeLong et
    al. 1988; summed by cluster, Obuchowski 1997). That variance is drawn towards its largest
    possible value, that of as many tosses as the rarer kind has examples (Bamber 1975), the more so
    the fewer examples carry it; without any variance (area 1) it is that value.
    Raises ValueError if a column lacks positives or negatives, or for input that is not finite.
    """
    confidence = check_confidence(confidence)
    matrix = finite_array("scores", scores, dimensions=2)
    flags = np.asarray(positives, dtype=np.bool_)
    if flags.shape != matrix.shape:
        raise ValueError(expected("positives", f"of shape {matrix.shape}", flags.shape))
    share = flags.mean(axis=0)
    if ((share == 0) | (share == 1)).any():
        raise ValueError(expected("positives", "both kinds in every column", share.tolist()))
    n, k = matrix.shape
    codes = np.arange(n)
    groups = None
    if clusters is not None:
        codes, groups = cluster_codes(clusters, n)
    columns = [_placements(matrix[:, column], flags[:, column]) for column in range(k)]
    value = float(np.mean([area for area, _ in columns]))
    influence = np.mean([parts for _, parts in columns], axis=0)
    fewest = float(np.mean([1 / _smaller_kind(codes, flags[:, c]) for c in range(k)])) ** -1
    sums = np.bincount(codes, weights=influence).astype(np.float64)
    effective = _effective_tosses(value, sums, n, fewest, confidence)
    low, high = clopper_pearson(value * effective, effective, confidence)
    return Interval(
        value=value,
        low=low,
        high=high,
        confidence=confidence,
        n=n,
        clusters=groups,
        method="placement values",
    )


def _smaller_kind(codes: IntArray, positive: NDArray[np.bool_]) -> float:
    """Return the number of independent clusters with positives or with negatives, the smaller."""
    return min(independent_clusters(codes[positive]), independent_clusters(codes[~positive]))


def _effective_tosses(
    value: float, sums: FloatArray, n: int, fewest: float, confidence: float
) -> float:
    """Return the number of coin tosses that would measure the area as well as these examples do."""
    spread = value * (1 - value)
    groups = len(sums)
    if spread <= 0 or groups < 2:
        return fewest
    measured = groups / (groups - 1) * float(sums @ sums)
    known = carriers(sums)
    variance = (known * measured + _PRIOR * spread / fewest) / (known + _PRIOR)
    return min(float(n), spread / variance) * few_clusters_price(n, fewest, confidence)


def _placements(scores: FloatArray, positive: NDArray[np.bool_]) -> tuple[float, FloatArray]:
    """Return the area and each example's influence on it (they sum to 0)."""
    hits, misses = np.sort(scores[positive]), np.sort(scores[~positive])
    below = np.searchsorted(misses, scores[positive], "left")
    at_most = np.searchsorted(misses, scores[positive], "right")
    of_hits = (below + at_most) / 2 / len(misses)
    below = np.searchsorted(hits, scores[~positive], "left")
    at_most = np.searchsorted(hits, scores[~positive], "right")
    of_misses = 1 - (below + at_most) / 2 / len(hits)
    area = float(of_hits.mean())
    influence = np.empty(len(scores))
    influence[positive] = (of_hits - area) / len(hits)
    influence[~positive] = (of_misses - area) / len(misses)
    return area, influence
