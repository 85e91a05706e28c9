"""Is this an array of probabilities? One answer for functions and for files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError

SUM_TOLERANCE = 1e-3
# Rows of float16 and bfloat16 cannot sum to 1 any better.
HALF_TOLERANCE = 2e-2


def as_probabilities(
    values: Any,
    columns: int,
    what: str,
    *,
    multi_label: bool = False,
    size: int | None = None,
    shown: Callable[[int], str] = "row {}".format,
) -> npt.NDArray[np.float64]:
    """Return values as a float64 array of shape (n, columns), or raise a PredictionError.

    They must be finite and in 0..1, and rows must sum to 1 within 1e-3 unless `multi_label`. With
    two columns, one dimension is taken as the probability of the second label. `what` says whose
    values they are, `shown` what to call a row. `size`: how many rows are expected.
    """
    array = _as_array(values, what)
    if array.ndim == 1 and columns == 2 and not multi_label and size in (None, len(array)):
        array = np.stack((1.0 - array, array), axis=1)
    elif array.ndim == 1 and columns == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != columns:
        rows = "n" if size is None else size
        raise PredictionError(
            f"Expected {what} to be of shape ({rows}, {columns}), one column for each of the "
            f"{columns} labels, but got shape {array.shape}."
        )
    _check_range(array, what, shown)
    if not multi_label and len(array):
        half = getattr(getattr(values, "dtype", None), "itemsize", 8) == 2
        _check_sums(array, what, shown, HALF_TOLERANCE if half else SUM_TOLERANCE)
    return array


def _as_array(values: Any, what: str) -> npt.NDArray[np.float64]:
    if hasattr(values, "detach"):
        values = values.detach().cpu().double().numpy()
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise PredictionError(
            f"Expected {what} to be numbers, one row for each text and one column for each label, "
            f"but got {type(values).__name__}: {error}."
        ) from error


def _check_range(array: npt.NDArray[np.float64], what: str, shown: Callable[[int], str]) -> None:
    finite = np.isfinite(array).all(axis=1)
    if not finite.all():
        at = int(np.argmin(finite))
        raise PredictionError(
            f"Expected {what} to be finite, but {np.count_nonzero(~finite):,} of {len(array):,} "
            f"rows are not; {shown(at)} is {_row(array[at])}."
        )
    # Rounding may carry a probability a hair beyond 1.
    inside = ((array >= -1e-6) & (array <= 1 + 1e-6)).all(axis=1)
    if not inside.all():
        at = int(np.argmin(inside))
        raise PredictionError(
            f"Expected {what} to be probabilities between 0 and 1, but {shown(at)} is "
            f"{_row(array[at])}. These look like logits: pass softmax'ed values (sigmoid for "
            "several labels at once)."
        )
    np.clip(array, 0.0, 1.0, out=array)


def _check_sums(
    array: npt.NDArray[np.float64], what: str, shown: Callable[[int], str], tolerance: float
) -> None:
    sums = array.sum(axis=1)
    good = np.abs(sums - 1.0) <= tolerance
    if good.all():
        return
    at = int(np.argmin(good))
    raise PredictionError(
        f"Expected the rows of {what} to sum to 1, but {shown(at)} is {_row(array[at])}, which "
        f"sums to {sums[at]:.4g}. If an example may have several labels at once, say "
        "multi_label=True."
    )


def _row(values: npt.NDArray[np.float64]) -> str:
    numbers = ", ".join(f"{value:.4g}" for value in values[:6])
    return f"[{numbers}{', …' if len(values) > 6 else ''}]"


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the softmax of each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def sigmoid(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sigmoid of each number."""
    # exp of a positive number may overflow, of a negative one it cannot.
    small = np.exp(-np.abs(logits))
    positive: npt.NDArray[np.float64] = np.where(logits >= 0, 1.0, small) / (1.0 + small)
    return positive
