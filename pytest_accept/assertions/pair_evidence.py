"""What two models said of the same examples, where a person would want to look."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from pytest_accept.assertions.evidence import SHOWN
from pytest_accept.records import PAIR, Answer, Evidence, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.pairs import Pair
    from pytest_accept.assertions.tag_pairs import TagPair

_MOST_VALUES = 20
_CHANCE = 0.05
_SLICES = 3


def most_confident(
    pair: Pair | TagPair, chosen: NDArray[np.bool_], title: str
) -> tuple[Evidence, ...]:
    """Return the chosen examples of which the newer model is surest."""
    rows = np.flatnonzero(chosen)
    sure = [pair.seen(int(row)).sure for row in rows]
    order = rows[np.argsort(-np.array(sure), kind="stable")]
    return shown(pair, order, title)


def shown(pair: Pair | TagPair, rows: NDArray[np.int64], title: str) -> tuple[Evidence, ...]:
    """Return the first of these examples, as both models see them."""
    if not len(rows):
        return ()
    examples = tuple(_example(pair, int(row)) for row in rows[:SHOWN])
    return (Evidence(title=title, examples=examples),)


def by_slice(pair: Pair | TagPair, chosen: NDArray[np.bool_], what: str) -> tuple[Evidence, ...]:
    """Return the slices that hold more of the chosen examples than chance would put there.

    A slice is a value of a label or of any column of few values. The chance of that many is
    hypergeometric, and Bonferroni's correction is for all slices that were looked at.
    """
    n, total = len(chosen), int(chosen.sum())
    slices = [
        (column, value, size, held)
        for column, values in _columns(pair).items()
        for value, size, held in _held(values, chosen)
    ]
    ranked = sorted(
        (float(stats.hypergeom.sf(held - 1, n, size, total)), column, value, size, held)
        for column, value, size, held in slices
    )
    lines = tuple(
        f"{column}={value}: {held:,} of {total:,} {what}, in {100 * size / n:.0f} % of the "
        f"examples (n = {size:,})"
        for chance, column, value, size, held in ranked[:_SLICES]
        if chance * len(slices) < _CHANCE
    )
    if not lines:
        return ()
    title = f"where there are more {what} than by chance, of {len(slices):,} slices looked at"
    return (Evidence(title=title, lines=lines),)


def _columns(pair: Pair | TagPair) -> dict[str, list[str]]:
    """Return the columns that may be slices, the labels among them, as strings."""
    data = pair.question.data
    columns: dict[str, list[str]] = {}
    if data.labelled and not data.tagged:
        columns["label"] = [data.label_text(i) for i in range(len(data))]
    for name in data.columns:
        values = data.column(name)
        if all(isinstance(each, str | int | bool | None) for each in values):
            as_text = [str(each) for each in values]
            if as_text != columns.get("label"):
                columns[name] = as_text
    return columns


def _held(values: list[str], chosen: NDArray[np.bool_]) -> list[tuple[str, int, int]]:
    """Return each value with how many examples have it, and how many of the chosen."""
    sizes = Counter(values)
    if not 2 <= len(sizes) <= _MOST_VALUES:
        return []
    held = Counter(values[row] for row in np.flatnonzero(chosen))
    return [(value, size, held[value]) for value, size in sizes.items()]


def _example(pair: Pair | TagPair, row: int) -> Example:
    data, seen = pair.question.data, pair.seen(row)
    text = data.inputs[row]
    if not isinstance(text, str):
        text = (" " if data.of_words else PAIR).join(text)
    return Example(
        text=text,
        expected=seen.expected,
        predicted=seen.predicted,
        probability=seen.sure,
        origin=data.origin(row),
        before=Answer(
            model=pair.old.model.name, predicted=seen.before, probability=seen.sure_before
        ),
    )
