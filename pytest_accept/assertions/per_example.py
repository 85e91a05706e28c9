"""What each example adds to an estimate in the form that a Record keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from pytest_accept.assertions.contributions import Contributions, Values
from pytest_accept.baseline.contents import content_hash, labels_of
from pytest_accept.metrics.formulas import name_of
from pytest_accept.packed_numbers import MOST, pack
from pytest_accept.records import Contents, PerExample

if TYPE_CHECKING:
    from pytest_accept.data import Data

_contents: dict[str, Contents] = {}
_REMEMBERED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a Record keeps of the examples of a criterion; `contents.data` is still open."""

    each: PerExample
    contents: Contents


def kept(
    contributions: Contributions, data: Data, positions: NDArray[np.int64] | None = None
) -> Kept | None:
    """Return what each example of `data`, or of those at `positions`, adds to an estimate.

    None if the formula has no name, a number is not finite, there are too many to keep, or they are
    not what some examples add, each once, in the order of the data.
    """
    form = _form(contributions)
    if form is None:
        return None
    empty, rows, possible = form
    examples = data.rows if positions is None else data.rows[positions]
    if len(examples) != len(rows) or (np.diff(examples) <= 0).any():
        return None
    everything = np.vstack([rows, possible]) if possible is not None else rows
    if everything.size > MOST or not np.isfinite(everything).all():
        return None
    cells, inverse = np.unique(everything, axis=0, return_inverse=True)
    codes = inverse.ravel()
    whole = len(examples) == data.total and bool((examples == np.arange(data.total)).all())
    clusters = contributions.clusters
    each = replace(
        empty,
        n=len(rows),
        width=rows.shape[1],
        cells=pack(cells, "<f8"),
        codes=pack(codes[: len(rows)], "<u4"),
        possible="" if possible is None else pack(np.unique(codes[len(rows) :]), "<u4"),
        examples="" if whole else pack(examples, "<u4"),
        clusters="" if clusters is None else pack(_numbered(clusters), "<u4"),
    )
    return Kept(each=each, contents=contents_of(data))


def contents_of(data: Data) -> Contents:
    """Return which examples the whole table has that `data` is of, once computed."""
    fingerprint = data.describe().fingerprint
    if fingerprint not in _contents:
        whole = data.whole
        texts = [int(content_hash(each), 16) for each in whole.inputs]
        labels = [
            xxhash.xxh32_intdigest(each.encode("utf-8", "surrogatepass"))
            for each in labels_of(whole)
        ]
        if len(_contents) >= _REMEMBERED:
            del _contents[next(iter(_contents))]
        _contents[fingerprint] = Contents(
            data=-1,
            n=len(whole),
            texts=pack(np.array(texts, np.uint64), "<u8"),
            labels=pack(np.array(labels, np.uint32), "<u4"),
        )
    return _contents[fingerprint]


def _form(
    added: Contributions,
) -> tuple[PerExample, NDArray[np.float64], NDArray[np.float64] | None] | None:
    """Return formula and bounds, the rows (n, d), and the rows that could occur."""
    common: dict[str, Any] = {"n": 0, "width": 0, "cells": "", "codes": ""}
    low, high = map(float, added.bounds)
    if isinstance(added, Values):
        largest = added.unseen.get("possible")
        others = added.alternatives
        each = PerExample(
            formula="mean",
            arguments={},
            low=low,
            high=high,
            largest=None if largest is None else float(largest),
            alternatives="" if others is None else pack(others, "<f4"),
            **common,
        )
        return each, np.asarray(added.values, np.float64)[:, None], None
    named = name_of(added.formula)
    if named is None:
        return None
    formula, arguments = named
    each = PerExample(formula=formula, arguments=arguments, low=low, high=high, **common)
    return each, added.rows, added.possible


def _numbered(clusters: NDArray[Any]) -> NDArray[Any]:
    numbers: NDArray[Any] = np.unique(clusters, return_inverse=True)[1]
    return numbers.ravel()
