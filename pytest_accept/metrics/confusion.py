"""Metrics that are functions of a confusion table: precision, recall, F1, MCC, balanced accuracy.

All of them need only three counts per class (true positives, support, predicted), so an example is
a row of `3 k + 1` numbers and a data set is the sum of its rows. Every function here takes such
sums with shape (..., 3 k + 1) and returns shape (...): one data set or thousands of resampled ones
alike. Definitions are scikit-learn's; a class that neither occurs nor is predicted is left out of
averages, and a ratio without denominator is 0, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Average = Literal["macro", "micro", "weighted"]

_STEP = 1e-3  # of an example
_ALL_CELLS_UP_TO = 40  # classes; beyond, k * k possible cells cost more than they tell


def example_rows(true: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> FloatArray:
    """Return (n, 3 k + 1) rows of (true positive, true, predicted) per class and a one.

    `true` and `predicted` are (n, k) indicators: one-hot for single-label, multi-hot for
    multi-label.
    """
    ones = np.ones((len(true), 1))
    return np.hstack([true & predicted, true, predicted, ones]).astype(np.float64)


def table_cells(true: IntArray, predicted: IntArray, k: int) -> tuple[FloatArray, IntArray]:
    """Return the joint cells (true, predicted) as rows, with how many examples fall into each.

    Cells that no example fell into are listed too (all of them for up to 40 classes): they are what
    a sample without errors has not shown to be empty.
    """
    return counted_cells(np.bincount(true * k + predicted, minlength=k * k).reshape(k, k))


def counted_cells(table: IntArray) -> tuple[FloatArray, IntArray]:
    """Return what `table_cells` does of examples counted by true and predicted label (k, k)."""
    k = len(table)
    counts = table.ravel().astype(np.int64)
    listed = np.arange(k * k)
    if k > _ALL_CELLS_UP_TO:
        classes = np.arange(k)
        neighbours = np.concatenate([classes * k + classes, classes * k + (classes + 1) % k])
        listed = np.union1d(np.flatnonzero(counts), neighbours)
    identity = np.eye(k, dtype=np.bool_)
    return example_rows(identity[listed // k], identity[listed % k]), counts[listed]


def influences(table: IntArray, formula: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return by how much an example of each cell of a table (k, k) moves a formula (k²,), times n.

    That is the formula's derivative (Hampel 1974); of cells without examples, 0. For few labels.
    """
    listed = np.arange(table.size)
    identity = np.eye(len(table), dtype=np.bool_)
    cells = example_rows(identity[listed // len(table)], identity[listed % len(table)])
    counts = table.ravel()
    sums = counts @ cells
    held = counts > 0
    moved = formula(sums + _STEP * cells[held]) - formula(sums - _STEP * cells[held])
    found = np.zeros(table.size)
    found[held] = moved * (counts.sum() / (2 * _STEP))
    return found


def pattern_cells(
    true: NDArray[np.bool_], predicted: NDArray[np.bool_]
) -> tuple[FloatArray, IntArray]:
    """Return the distinct multi-label patterns as rows, with their counts.

    The pattern "everything wrong" of each occurring true set is listed even if it never happened.
    """
    k = true.shape[1]
    joint = np.hstack([true, predicted])
    sets = np.unique(true, axis=0)
    listed, inverse = np.unique(
        np.vstack([joint, np.hstack([sets, ~sets])]), axis=0, return_inverse=True
    )
    counts = np.bincount(inverse.ravel()[: len(joint)], minlength=len(listed)).astype(np.int64)
    return example_rows(listed[:, :k], listed[:, k:]), counts


def _counts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    k = (sums.shape[-1] - 1) // 3
    return sums[..., :k], sums[..., k : 2 * k], sums[..., 2 * k : 3 * k], sums[..., -1]


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return the quotient, 0 where the denominator is 0."""
    safe = np.where(denominator == 0, 1.0, denominator)
    result: FloatArray = np.where(denominator == 0, 0.0, numerator / safe)
    return result


def share(sums: FloatArray) -> FloatArray:
    """Return hits over cases of sums (..., 2), 0 where there are no cases."""
    return _ratio(sums[..., 0], sums[..., 1])


def _averaged(
    numerator: FloatArray, denominator: FloatArray, sums: FloatArray, average: Average
) -> FloatArray:
    if average == "micro":
        return _ratio(numerator.sum(-1), denominator.sum(-1))
    _, support, predicted, _ = _counts(sums)
    weights = support if average == "weighted" else (support + predicted > 0).astype(np.float64)
    return _ratio((_ratio(numerator, denominator) * weights).sum(-1), weights.sum(-1))


def precision(sums: FloatArray, *, average: Average) -> FloatArray:
    """Precision: true positives over predicted positives, averaged over classes."""
    hits, _, predicted, _ = _counts(sums)
    return _averaged(hits, predicted, sums, average)


def recall(sums: FloatArray, *, average: Average) -> FloatArray:
    """Recall: true positives over actual positives, averaged over classes."""
    hits, support, _, _ = _counts(sums)
    return _averaged(hits, support, sums, average)


def f1(sums: FloatArray, *, average: Average) -> FloatArray:
    """F1: 2 TP / (actual + predicted positives), averaged over classes."""
    hits, support, predicted, _ = _counts(sums)
    return _averaged(2 * hits, support + predicted, sums, average)


def f1_of_class(sums: FloatArray, *, index: int) -> FloatArray:
    """F1 of one class: 2 TP / (actual + predicted positives)."""
    hits, support, predicted, _ = _counts(sums)
    return _ratio(2 * hits[..., index], support[..., index] + predicted[..., index])


def precision_of_class(sums: FloatArray, *, index: int) -> FloatArray:
    """Precision of one class: true positives over predicted positives."""
    hits, _, predicted, _ = _counts(sums)
    return _ratio(hits[..., index], predicted[..., index])


def recall_of_class(sums: FloatArray, *, index: int) -> FloatArray:
    """Recall of one class: true positives over actual positives."""
    hits, support, _, _ = _counts(sums)
    return _ratio(hits[..., index], support[..., index])


def balanced_accuracy(sums: FloatArray) -> FloatArray:
    """Mean recall over the classes that occur."""
    hits, support, _, _ = _counts(sums)
    return _ratio(_ratio(hits, support).sum(-1), (support > 0).sum(-1).astype(np.float64))


def matthews_corrcoef(sums: FloatArray) -> FloatArray:
    """Matthews' correlation coefficient for k classes (Gorodkin 2004), in -1..1."""
    hits, support, predicted, n = _counts(sums)
    covariance = hits.sum(-1) * n - (support * predicted).sum(-1)
    spread = (n**2 - (support**2).sum(-1)) * (n**2 - (predicted**2).sum(-1))
    return _ratio(covariance, np.sqrt(np.maximum(spread, 0.0)))
