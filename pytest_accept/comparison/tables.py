"""The drop of a function of a confusion table between two runs, from the rows that they keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_accept.assertions.contributions import Sums
from pytest_accept.errors import DataError
from pytest_accept.matching import Judged
from pytest_accept.metrics.pairs import pair_cells, pair_patterns, pair_rows
from pytest_accept.statistics import Interval, paired_interval

TABLES = ("balanced_accuracy", "f1", "matthews_corrcoef", "precision", "recall")
"""Metrics of classifiers whose rows are those of `metrics.confusion.example_rows`."""

Indicators = NDArray[np.bool_]


def table_drop(
    old: Judged, new: Judged, before: Sums, now: Sums, *, confidence: float, seed: int
) -> Interval:
    """Return the interval of the drop, old less new.

    Raises DataError if the runs' models do not say the same labels, or their rows are no rows of a
    confusion table.
    """
    models = [each.described for each in (old, new)]
    labels = [each.labels for each in models]
    if sorted(labels[0]) != sorted(labels[1]) or models[0].multi_label != models[1].multi_label:
        raise DataError("the models of the two runs do not say the same labels.")
    k = len(labels[1])
    order = [labels[0].index(each) for each in labels[1]]
    true, said = _indicators(now, k)
    true_before, said_before = (each[:, order] for each in _indicators(before, k))
    if (true != true_before).any():
        raise DataError("the two runs read the labels of the same examples differently.")
    if models[1].multi_label:
        cells, counts = pair_patterns(true, said_before, said)
    else:
        cells, counts = pair_cells(_class(true), _class(said_before), _class(said), k)
    low, high = now.bounds
    return paired_interval(
        cells,
        counts,
        now.formula,
        confidence=confidence,
        clusters=(
            None if now.clusters is None else (pair_rows(true, said_before, said), now.clusters)
        ),
        bounds=(low - high, high - low),
        seed=seed,
    )


def _indicators(sums: Sums, k: int) -> tuple[Indicators, Indicators]:
    """Return the true and the predicted labels (n, k)."""
    rows = sums.rows
    if rows.shape[1] != 3 * k + 1 or not np.isin(rows, (0, 1)).all():
        raise DataError(f"there are no rows of a confusion table of {k:,} labels.")
    true, said = rows[:, k : 2 * k] == 1, rows[:, 2 * k : 3 * k] == 1
    return true, said


def _class(indicators: Indicators) -> NDArray[np.int64]:
    if (indicators.sum(axis=1) != 1).any():
        raise DataError("an example has not exactly one label.")
    return np.asarray(indicators.argmax(axis=1), np.int64)
