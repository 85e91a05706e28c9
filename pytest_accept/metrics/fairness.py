"""Group fairness from rates by group. Definitions are fairlearn's, between groups.

A rate is hits over cases: predicted positives over examples (selection rate), over labelled
positives (true positive rate) or over labelled negatives (false positive rate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A rate among some of the examples: both bool (n,), `hits` only where it is `among`.

    `among_what` says which ones those are, with braces for the label.
    """

    name: str
    among_what: str
    hits: NDArray[np.bool_]
    among: NDArray[np.bool_]

    def of(self, positions: NDArray[np.int64]) -> float:
        """Return the rate of the examples at these positions; 0 if none of them is a case."""
        cases = int(self.among[positions].sum())
        return int(self.hits[positions].sum()) / cases if cases else 0.0


def selection_rate(predicted: NDArray[np.bool_]) -> Rate:
    """Return the share of examples that are predicted positive."""
    return Rate(
        name="selection rate", among_what="examples", hits=predicted, among=np.ones_like(predicted)
    )


def true_positive_rate(true: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> Rate:
    """Return the share of labelled positives that are predicted so."""
    return Rate(
        name="true positive rate",
        among_what="examples labelled {}",
        hits=predicted & true,
        among=true,
    )


def false_positive_rate(true: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> Rate:
    """Return the share of labelled negatives that are predicted positive."""
    return Rate(
        name="false positive rate",
        among_what="examples not labelled {}",
        hits=predicted & ~true,
        among=~true,
    )


def gap_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest minus the smallest of values (..., G), shape (...)."""
    return np.asarray(values.max(axis=-1) - values.min(axis=-1), dtype=np.float64)


def ratio_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest over the largest of values (..., G) of 0 or more; 1 where all are 0."""
    largest = values.max(axis=-1)
    safe = np.where(largest > 0, largest, 1.0)
    return np.asarray(np.where(largest > 0, values.min(axis=-1) / safe, 1.0), dtype=np.float64)
