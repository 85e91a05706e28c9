"""Losses per example of predicted probabilities: cross-entropy and Brier score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_SMALLEST = float(np.finfo(np.float64).eps)
LARGEST_CROSS_ENTROPY = float(-np.log(_SMALLEST))


def cross_entropy(
    probabilities: FloatArray, targets: FloatArray, *, multi_label: bool = False
) -> FloatArray:
    """Cross-entropy of each example in nats: H(q, p) = -Σ q log p, shape (n,).

    `probabilities` p and `targets` q are (n, k); q is one-hot, a distribution, or (multi-label)
    multi-hot, where the mean over the k binary cross-entropies is taken. Probabilities are clipped
    to [2.2e-16, 1 - 2.2e-16] as in scikit-learn's `log_loss`, so no loss exceeds 36.04.
    """
    clipped = np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)
    if not multi_label:
        return _float(-(targets * np.log(clipped)).sum(axis=1))
    binary = -(targets * np.log(clipped) + (1 - targets) * np.log1p(-clipped))
    return _float(binary.mean(axis=1))


def largest_possible(probabilities: FloatArray, *, multi_label: bool = False) -> float:
    """Return the largest cross-entropy that these predictions would cost if they were wrong.

    Wrong means that the runner-up is the truth, or of multi-label predictions that all labels are.
    """
    clipped = np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)
    if multi_label:
        return float((-np.log(np.minimum(clipped, 1 - clipped))).mean(axis=1).max())
    return float(-np.log(np.sort(clipped, axis=1)[:, -2].min()))


def brier_score(
    probabilities: FloatArray, targets: FloatArray, *, multi_label: bool = False
) -> FloatArray:
    """Brier score of each example, shape (n,): squared distance of probabilities and targets.

    Two classes: (p - q)², in 0..1. More classes: Σ (p - q)², in 0..2 (Brier 1950). Multi-label: the
    mean over labels of (p - q)², in 0..1. This is scikit-learn's `brier_score_loss`.
    """
    squared: FloatArray = (probabilities - targets) ** 2
    if multi_label:
        return _float(squared.mean(axis=1))
    if probabilities.shape[1] == 2:
        return _float(squared.sum(axis=1) / 2)
    # Probabilities that miss a sum of 1 by their rounding may be farther apart than that.
    return _float(np.minimum(squared.sum(axis=1), 2.0))


def under_each_label(loss: Callable[..., FloatArray], probabilities: FloatArray) -> FloatArray:
    """Return what each example would cost if its label were each of the k, shape (n, k)."""
    truths = np.eye(probabilities.shape[1])[:, None, :]
    each = [loss(probabilities, np.broadcast_to(truth, probabilities.shape)) for truth in truths]
    return np.stack(each, axis=1)


def _float(values: object) -> FloatArray:
    return np.asarray(values, dtype=np.float64)
