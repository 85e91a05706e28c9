"""Checks of arguments: one sentence that says what was expected, what came and its type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def expected(name: str, what: str, got: object) -> str:
    """Return the sentence for a bad argument.

    >>> expected("confidence", "a number between 0.5 and 1", 95)
    'Expected `confidence` to be a number between 0.5 and 1, but got 95 (int).'
    """
    return f"Expected `{name}` to be {what}, but got {got!r} ({type(got).__name__})."


def check_confidence(confidence: float, name: str = "confidence") -> float:
    """Return the confidence of a one-sided bound as a float; ValueError outside (0.5, 1)."""
    number = isinstance(confidence, int | float | np.floating) and not isinstance(confidence, bool)
    if not number or not 0.5 < confidence < 1:
        raise ValueError(expected(name, "a number between 0.5 and 1", confidence))
    return float(confidence)


def check_count(name: str, count: int, *, at_least: int) -> int:
    """Return a count as an int; ValueError if it is not a whole number or too small."""
    whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
    if not whole or count < at_least:
        raise ValueError(expected(name, f"an integer of {at_least} or more", count))
    return int(count)


def finite_array(name: str, values: ArrayLike, *, dimensions: int = 1) -> FloatArray:
    """Return finite values as a float array with `dimensions` axes and at least one row."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions:
        raise ValueError(expected(name, f"an array with {dimensions} axes", array.shape))
    if array.shape[0] == 0:
        raise ValueError(expected(name, "an array of at least one value", array.shape))
    if not np.isfinite(array).all():
        bad = float(array[~np.isfinite(array)].flat[0])
        raise ValueError(expected(name, "finite numbers", bad))
    return array


def cluster_codes(clusters: Sequence[Any] | NDArray[Any], n: int) -> tuple[IntArray, int]:
    """Return the clusters (n,) of any hashable values as codes 0..G-1, and G."""
    if len(clusters) != n:
        what = f"as long as the data, {n:,}"
        raise ValueError(expected("clusters", what, len(clusters)))
    if isinstance(clusters, np.ndarray) and clusters.ndim == 1 and clusters.dtype != object:
        names, inverse = np.unique(clusters, return_inverse=True)
        return inverse.astype(np.int64), len(names)
    codes: dict[Any, int] = {}
    found = [codes.setdefault(each, len(codes)) for each in clusters]
    return np.asarray(found, dtype=np.int64), len(codes)


def check_bounds(
    values: FloatArray, bounds: tuple[float | None, float | None] | None
) -> tuple[float, float]:
    """Return bounds with infinities where none are known; ValueError if a value is outside."""
    low, high = bounds if bounds is not None else (None, None)
    lower = -math.inf if low is None else float(low)
    upper = math.inf if high is None else float(high)
    if not lower < upper:
        raise ValueError(expected("bounds", "a smaller and a larger number", bounds))
    smallest, largest = float(values.min()), float(values.max())
    if smallest < lower or largest > upper:
        outside = smallest if smallest < lower else largest
        raise ValueError(expected("values", f"between {lower:g} and {upper:g}", outside))
    return lower, upper
