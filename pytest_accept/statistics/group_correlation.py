"""How alike the estimates of groups err, where clusters of examples reach across groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pytest_accept.statistics.arguments import FloatArray, IntArray
from pytest_accept.statistics.design_effect import carriers


def group_correlation(
    residuals: Sequence[FloatArray | None], codes: Sequence[IntArray]
) -> FloatArray | None:
    """Return the correlations (G, G) of the groups' estimates, None if no cluster is in two groups.

    `residuals` holds each group's influences (m,) on its own value, summing to 0, or None where
    they are unknown; `codes` the clusters (m,) of the same examples, numbered over all groups.

    A correlation is measured by what clusters add to both groups, and averaged with the worst there
    could be, which counts as one more cluster beside those that carry the variance: that groups err
    in opposite directions wherever they share clusters. Unknown, it is the worst.
    """
    total = 1 + max(int(each.max(initial=0)) for each in codes)
    sizes = np.stack([np.bincount(each, minlength=total) for each in codes]).astype(np.float64)
    there = sizes > 0
    if (there.sum(axis=0) < 2).all():
        return None
    sums = np.zeros_like(sizes)
    for group, (each, clusters) in enumerate(zip(residuals, codes, strict=True)):
        if each is not None:
            sums[group] = np.bincount(clusters, weights=each, minlength=total)
    norms = np.sqrt((sums**2).sum(axis=1))
    scale = np.outer(norms, norms)
    measured = np.divide(sums @ sums.T, scale, out=np.zeros_like(scale), where=scale > 0)
    known = np.array([carriers(each) for each in sums])
    known = np.minimum(known[:, None], known[None, :])
    squares = sizes**2
    shared = squares @ there.T.astype(np.float64)
    share = np.sqrt(shared / np.maximum(squares.sum(axis=1), 1)[:, None])
    worst = -share * share.T
    alike: FloatArray = np.where(worst < 0, (known * measured + worst) / (known + 1), 0.0)
    return np.clip(alike, -1, 1)
