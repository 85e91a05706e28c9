"""The slices that columns make, and which columns make none that say anything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import canonical, is_missing
from pytest_accept.errors import DataError
from pytest_accept.slices.candidate import Candidate, quarters
from pytest_accept.slices.columns import between

if TYPE_CHECKING:
    from pytest_accept.data import Data

_FEW_VALUES = 10  # more different numbers are cut into quarters
_NAMED_VALUES = 20  # values of a column with more than that are not listed where they are too few
_FINE = 20  # parts of a column of numbers that may say the label


def telling_columns(data: Data) -> tuple[list[str], list[str]]:
    """Return the columns to make slices of if none are named, and a note on what they leave out."""
    others = {*data.text_columns, *data.label_columns, data.cluster}
    names = [each for each in data.columns if each not in others]
    if not data.labelled or data.tagged:
        return names, []
    labels = _codes([data.label_text(i) for i in range(len(data))])
    says = [each for each in names if _says_label(data.column(each), labels)]
    listed = ", ".join(map(repr, says))
    note = f"columns that say the label, so not used: {listed} (columns= would name them)"
    return [each for each in names if each not in says], [note] * bool(says)


def of_column(
    data: Data, name: str, least: int, small: list[str], *, asked: bool
) -> list[Candidate]:
    """Return a slice for each value of a column, or for each quarter of its numbers.

    Of few values, those of fewer than `least` examples, too; `small` names them.
    """
    cells = data.column(name)
    keys = [_keys(cell) for cell in cells]
    if any(each is None for each in keys):
        if asked:
            raise DataError(
                f"Column {name!r} of {data.population} holds neither values nor lists of them "
                f"({data.origin([each is None for each in keys].index(True))}), so it makes no "
                "slices. Name others: columns=[...]."
            )
        return []
    counts = Counter(key for some in keys for key in some or {})
    if len(counts) < 2:
        if asked:
            raise DataError(
                f"Column {name!r} of {data.population} is {next(iter(counts), None)!r} everywhere, "
                "so it makes no slices. Name others: columns=[...]."
            )
        return []
    kind = f"column {name}"
    numbers = [cell for cell in cells if cell is not None]
    if len(counts) > _FEW_VALUES and all(_is_number(each) for each in numbers):
        return quarters(data, kind, numbers, lambda low, high: between(name, low, high))
    values = {key: value for some in keys for key, value in (some or {}).items()}
    if len(counts) <= _NAMED_VALUES:
        few = sorted((key for key in counts if counts[key] < least), key=lambda key: counts[key])
        small += [f"{_named(name, values[key])} ({counts[key]:,})" for key in few]
    return [
        Candidate(
            name=_named(name, values[key]),
            where={name: values[key]},
            members=np.array([key in (some or {}) for some in keys], dtype=np.bool_),
            kind=kind,
        )
        for key, count in counts.items()
        if least <= count or len(counts) <= _NAMED_VALUES
    ]


def _keys(cell: Any) -> dict[str | None, Any] | None:
    """Return the values in a cell by what `where` compares, None if they are no plain values."""
    inside = cell if isinstance(cell, list | tuple) else [cell]
    if not all(each is None or isinstance(each, str | int | float) for each in inside):
        return None
    return {
        None if is_missing(each) else canonical(each): None if is_missing(each) else each
        for each in inside
    }


def _says_label(cells: list[Any], labels: NDArray[np.int64]) -> bool:
    """Say whether who knows a cell guesses the label with a tenth of the mistakes of who does not.

    Shares of raters and the like do: their slices are slices of the label.
    """
    if all(_is_number(each) and not is_missing(each) for each in cells):
        numbers = np.array(cells, dtype=np.float64)
        edges = np.quantile(numbers, np.linspace(0, 1, _FINE + 1)[1:-1])
        codes = np.searchsorted(np.unique(edges), numbers)
    else:
        codes = _codes([repr(each) for each in cells])
    if codes.max() > len(codes) / _FINE:
        return False  # an identifier, which makes no slices
    table = np.zeros((int(codes.max()) + 1, int(labels.max()) + 1), dtype=np.int64)
    np.add.at(table, (codes, labels), 1)
    blind = len(labels) - int(table.sum(axis=0).max())
    return blind > 0 and len(labels) - int(table.max(axis=1).sum()) < 0.1 * blind


def _codes(values: list[str]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _named(name: str, value: Any) -> str:
    return f"{name}={'(missing)' if value is None else value}"
