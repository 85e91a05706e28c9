"""Intervals of functions of sums when examples come in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_accept.statistics.arguments import (
    check_confidence,
    cluster_codes,
    expected,
    finite_array,
)
from pytest_accept.statistics.design_effect import effective_examples
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.tables import Formula, example_influence, tilted_bounds

_FEWEST_CLUSTERS = 5


def clustered_interval(
    contributions: ArrayLike,
    clusters: Sequence[Any] | NDArray[Any],
    formula: Formula,
    *,
    confidence: float,
    bounds: tuple[float, float] = (0, 1),
    seed: int = 0,
    resamples: int = 2000,
    possible: ArrayLike | None = None,
) -> Interval:
    """Return an interval of `formula` (sums (R, d) -> (R,)) on examples (n, d) in clusters (n,)."""
    confidence = check_confidence(confidence)
    rows = finite_array("contributions", contributions, dimensions=2)
    codes, groups = cluster_codes(clusters, len(rows))
    value = float(np.asarray(formula(rows.sum(axis=0)[None, :]), dtype=np.float64)[0])
    if not np.isfinite(value):
        raise ValueError(expected("formula", "finite on the observed sums", value))
    cells, inverse = np.unique(rows, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    counts = np.bincount(inverse, minlength=len(cells)).astype(np.float64)
    influence = example_influence(cells, counts, formula)[inverse]
    effective = effective_examples(influence - influence.mean(), codes, confidence)
    if possible is not None:
        listed = finite_array("possible", possible, dimensions=2)
        cells, first = np.unique(np.vstack([cells, listed]), axis=0, return_inverse=True)
        counts = np.bincount(first.ravel()[: len(counts)], weights=counts, minlength=len(cells))
    low, high = bounds
    if groups >= _FEWEST_CLUSTERS:
        low, high = tilted_bounds(
            cells,
            counts,
            formula,
            value,
            effective=effective,
            confidence=confidence,
            seed=seed,
            resamples=resamples,
            bounds=bounds,
        )
    return Interval(
        value=value,
        low=low,
        high=high,
        confidence=confidence,
        n=len(rows),
        clusters=groups,
        method="tilted bootstrap, clustered",
    )
