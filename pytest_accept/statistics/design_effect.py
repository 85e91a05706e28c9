"""How much less examples in clusters tell than independent ones."""

from __future__ import annotations

import numpy as np
from scipy import stats

from pytest_accept.statistics.arguments import FloatArray, IntArray

_PRIOR_CLUSTERS = 1.0


def independent_clusters(codes: IntArray) -> float:
    """Return the number of clusters, corrected for unequal sizes (Kish 1965): (sum m)² / sum m²."""
    sizes = np.bincount(codes).astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes @ sizes))


def carriers(influence: FloatArray) -> float:
    """Return how many entries carry the sum of squares: n if they are equal in size, 1 if one does.

    A variance estimated from few carriers (two clusters with errors among fifty without) is not to
    be trusted, however many entries there are.
    """
    squares = influence**2
    total = float(squares.sum())
    return total**2 / float(squares @ squares) if total > 0 else 0.0


def few_clusters_price(n: float, clusters: float, confidence: float) -> float:
    """Return the factor on the effective number of examples for a variance from few clusters."""
    ratio = stats.t.ppf(confidence, max(n - 1, 1)) / stats.t.ppf(confidence, max(clusters - 1, 1))
    return min(1.0, float(ratio) ** 2)


def effective_examples(residuals: FloatArray, codes: IntArray, confidence: float) -> float:
    """Return how many independent examples would tell as much of a mean as these clusters do.

    `residuals` (n,) are the examples' deviations from the mean (or their influences on a metric),
    summing to 0. The number of examples is divided by the design effect (cluster-robust variance
    over independent variance) and by the price of estimating it from few clusters, a ratio of t
    quantiles (Korn and Graubard 1998, Survey Methodology 24).

    That alone is not honest at rates near 0 or 1 (10 to 15 % instead of 5 % in our simulations),
    because a sample with few errors also shows too little of their clustering. So the design effect
    is averaged with the largest that the sizes allow (all examples of a cluster alike), which
    counts as one more cluster beside those that carry the variance.
    """
    n = len(residuals)
    clusters = independent_clusters(codes)
    largest = n / clusters
    independent = float(residuals @ residuals)
    if independent <= 0:
        return clusters
    sums = np.bincount(codes, weights=residuals)
    groups = len(sums)
    measured = groups / max(groups - 1, 1) * float(sums @ sums) / independent
    known = carriers(sums.astype(np.float64))
    effect = (known * measured + _PRIOR_CLUSTERS * largest) / (known + _PRIOR_CLUSTERS)
    return n / max(effect, 1.0) * few_clusters_price(n, clusters, confidence)
