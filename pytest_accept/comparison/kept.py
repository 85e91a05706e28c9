"""What a Record keeps of a criterion's examples, read back and checked: files may be damaged."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.assertions.contributions import Contributions, Sums, Values
from pytest_accept.errors import DataError
from pytest_accept.matching import Judged
from pytest_accept.metrics.formulas import formula_of
from pytest_accept.packed_numbers import MOST, unpack
from pytest_accept.records import Contents, PerExample

_HUGE = 1e12
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """Examples (n,) by hashes of text and label, and what each adds to the estimate."""

    texts: NDArray[np.uint64]
    labels: NDArray[np.uint32]
    added: Contributions

    def take(self, positions: NDArray[np.int64]) -> Kept:
        """Return the examples at these positions."""
        added, clusters = self.added, self.added.clusters
        some: dict[str, Any] = {"clusters": None if clusters is None else clusters[positions]}
        if isinstance(added, Values):
            others = added.alternatives
            some["values"] = added.values[positions]
            some["alternatives"] = None if others is None else others[positions]
        else:
            some["rows"] = added.rows[positions]
        return Kept(
            texts=self.texts[positions],
            labels=self.labels[positions],
            added=replace(added, **some),
        )


def kept(judged: Judged) -> Kept | None:
    """Return what the Record keeps of the examples of a criterion, None if nothing.

    Raises DataError for what is damaged: numbers that are none, that do not fit each other, or that
    do not add up to the estimate of the criterion.
    """
    each = judged.criterion.each
    if each is None:
        return None
    try:
        return _checked(judged, each)
    except (DataError, ValueError) as error:
        verdict = judged.criterion.verdict
        raise DataError(
            f"The record's examples of {verdict.estimate.name} in {judged.criterion.test} are "
            f"damaged: {error}"
        ) from error


def _checked(judged: Judged, each: PerExample) -> Kept:
    place = judged.criterion.data
    contents = next((some for some in judged.record.contents if some.data == place), None)
    if contents is None:
        raise DataError("the record does not say which examples its data have.")
    positions = _positions(each, contents)
    added = _contributions(each)
    value, estimate = _value(added), judged.criterion.verdict.estimate.value
    if not (value == estimate or abs(value - estimate) <= _CLOSE * (1 + abs(estimate))):
        raise DataError(f"they add up to {value:.6g}, but the estimate is {estimate:.6g}.")
    return Kept(
        texts=unpack(contents.texts, "<u8", "texts", count=contents.n)[positions],
        labels=unpack(contents.labels, "<u4", "labels", count=contents.n)[positions],
        added=added,
    )


def _positions(each: PerExample, contents: Contents) -> NDArray[np.int64]:
    if not 0 < each.n <= contents.n <= MOST:
        raise DataError(f"there are {each.n:,} of them, in data of {contents.n:,}.")
    if not each.examples:
        if each.n != contents.n:
            raise DataError(f"there are {each.n:,} of them for all {contents.n:,} examples.")
        return np.arange(each.n)
    positions = unpack(each.examples, "<u4", "examples", count=each.n).astype(np.int64)
    if positions[-1] >= contents.n or (np.diff(positions) <= 0).any():
        raise DataError("`examples` are no ascending positions in the data.")
    return positions


def _contributions(each: PerExample) -> Contributions:
    if math.isnan(each.low) or math.isnan(each.high) or not each.low < each.high:
        raise DataError(f"no estimate is between {each.low!r} and {each.high!r}.")
    rows, cells = _rows(each)
    clusters = None
    if each.clusters:
        clusters = unpack(each.clusters, "<u4", "clusters", count=each.n).astype(np.int64)
        # Their number is that of the clusters: what counts them makes room for the largest code.
        clusters = np.unique(clusters, return_inverse=True)[1].ravel()
    if each.formula == "mean":
        return _values(each, rows, clusters)
    formula = formula_of(each.formula, each.arguments, each.width)
    possible = None
    if each.possible:
        listed = unpack(each.possible, "<u4", "possible")
        if len(listed) > len(cells) or listed.max(initial=0) >= len(cells):
            raise DataError("`possible` are no positions of cells.")
        possible = cells[listed]
    if (cells < 0).any():
        raise DataError("a row has a number below 0.")
    return Sums(
        rows=rows,
        formula=formula,
        bounds=(each.low, each.high),
        clusters=clusters,
        possible=possible,
    )


def _rows(each: PerExample) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the row of each example, and the distinct ones."""
    if not 0 < each.width <= MOST or each.n * each.width > MOST:
        raise DataError(f"rows cannot have {each.width:,} numbers.")
    numbers = unpack(each.cells, "<f8", "cells")
    if not len(numbers) or len(numbers) % each.width:
        raise DataError(f"`cells` has {len(numbers):,} numbers, no rows of {each.width:,}.")
    if not (np.abs(numbers) <= _HUGE).all():  # of nan it is false, too
        raise DataError("`cells` has a number that is not finite, or huge.")
    cells = numbers.reshape(-1, each.width)
    codes = unpack(each.codes, "<u4", "codes", count=each.n)
    if codes.max() >= len(cells):
        raise DataError("`codes` are no positions of cells.")
    return cells[codes], cells


def _values(
    each: PerExample, rows: NDArray[np.float64], clusters: NDArray[np.int64] | None
) -> Values:
    if each.width != 1 or each.arguments:
        raise DataError("a mean is of one number for each example.")
    values = rows[:, 0]
    if values.min() < each.low - _CLOSE or values.max() > each.high + _CLOSE:
        raise DataError(f"a value is not between {each.low:g} and {each.high:g}.")
    alternatives = None
    if each.alternatives:
        numbers = unpack(each.alternatives, "<f4", "alternatives").astype(np.float64)
        if len(numbers) % each.n or not (np.abs(numbers) <= _HUGE).all():
            raise DataError("`alternatives` are no numbers for each example.")
        alternatives = numbers.reshape(each.n, -1)
    if each.largest is not None and not abs(each.largest) <= _HUGE:
        raise DataError("`largest` is not finite, or huge.")
    return Values(
        values=values,
        bounds=(each.low, each.high),
        clusters=clusters,
        unseen={} if each.largest is None else {"possible": each.largest},
        alternatives=alternatives,
    )


def _value(added: Contributions) -> float:
    if isinstance(added, Values):
        return float(added.values.mean())
    with np.errstate(all="ignore"):
        return float(np.asarray(added.formula(added.rows.sum(axis=0)[None, :]))[0])
