"""Two models on the same examples: joint cells for tables, and what a loss could have changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pytest_accept.metrics.confusion import example_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Loss = Callable[..., FloatArray]

_ALL_CELLS_UP_TO = 12  # classes; beyond, k * k * k possible cells cost more than they tell


def pair_rows(
    true: NDArray[np.bool_], old: NDArray[np.bool_], new: NDArray[np.bool_]
) -> FloatArray:
    """Return (n, 2 (3 k + 1)): the rows of `confusion.example_rows`, the old model's first."""
    return np.hstack([example_rows(true, old), example_rows(true, new)])


def pair_cells(true: IntArray, old: IntArray, new: IntArray, k: int) -> tuple[FloatArray, IntArray]:
    """Return the joint cells (true, old, new) as rows, with how many examples fall into each.

    Cells that no example fell into are listed too: all of them for up to 12 classes, beyond that
    those in which both are right, or just one is wrong.
    """
    joint = (true * k + old) * k + new
    if k <= _ALL_CELLS_UP_TO:
        listed = np.arange(k**3)
    else:
        right = np.arange(k)
        wrong = (right + 1) % k
        pairs = ((right, right), (right, wrong), (wrong, right))
        neighbours = [(right * k + one) * k + other for one, other in pairs]
        listed = np.unique(np.concatenate([joint, *neighbours]))
    counts = np.bincount(np.searchsorted(listed, joint), minlength=len(listed)).astype(np.int64)
    identity = np.eye(k, dtype=np.bool_)
    of_true, of_old, of_new = listed // k**2, listed // k % k, listed % k
    return pair_rows(identity[of_true], identity[of_old], identity[of_new]), counts


def pair_patterns(
    true: NDArray[np.bool_], old: NDArray[np.bool_], new: NDArray[np.bool_]
) -> tuple[FloatArray, IntArray]:
    """Return the distinct multi-label patterns as rows, with their counts.

    Of each occurring true set "one model right, the other all wrong" is listed even if it never
    happened.
    """
    k = true.shape[1]
    joint = np.hstack([true, old, new])
    sets = np.unique(true, axis=0)
    unseen = [np.hstack([sets, sets, ~sets]), np.hstack([sets, ~sets, sets])]
    listed, inverse = np.unique(np.vstack([joint, *unseen]), axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel()[: len(joint)], minlength=len(listed)).astype(np.int64)
    return pair_rows(listed[:, :k], listed[:, k : 2 * k], listed[:, 2 * k :]), counts


def possible_changes(
    loss: Loss, old: FloatArray, new: FloatArray, *, multi_label: bool
) -> tuple[float, float]:
    """Return the smallest and the largest change of a loss of any example, had its label been any.

    `loss` is one of `metrics.losses`; `old` and `new` are probabilities (n, k).
    """
    n, k = new.shape
    if multi_label:
        least, most = np.zeros(n), np.zeros(n)
        for column in range(k):
            changes = [
                loss(new[:, [column]], truth, multi_label=True)
                - loss(old[:, [column]], truth, multi_label=True)
                for truth in (np.zeros((n, 1)), np.ones((n, 1)))
            ]
            least += np.minimum(*changes) / k
            most += np.maximum(*changes) / k
        return float(least.min()), float(most.max())
    changes = []
    for column in range(k):
        truth = np.zeros((n, k))
        truth[:, column] = 1.0
        changes.append(loss(new, truth) - loss(old, truth))
    return float(np.min(changes)), float(np.max(changes))
