"""`where`: which rows a condition keeps, and what the slice is called."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import canonical, is_missing
from pytest_accept.data.table import Table
from pytest_accept.errors import DataError, SettingError, expected

Condition = Callable[[dict[str, Any]], object]
Rows = NDArray[np.int64]

_COLLECTIONS = (list, tuple, set, frozenset, range)


def keep_equal(table: Table, rows: Rows, column: str, wanted: object, called: str) -> Rows:
    """Return the rows whose column holds the value, or one of a collection of values.

    Numbers compare by value, also with strings that hold one. A cell that is a list matches if it
    contains a value.
    """
    kept = equal_rows(table, rows, column, wanted)
    if len(kept):
        return kept
    cells = table.values(column)
    here = [cells[row] for row in rows.tolist()]
    raise DataError(_nothing(column, wanted, here, called))


def equal_rows(table: Table, rows: Rows, column: str, wanted: object) -> Rows:
    """Return what `keep_equal` does, which may be none."""
    cells = table.values(column)
    accepted = {_key(each) for each in _values(wanted)}
    kept = [row for row in rows.tolist() if not accepted.isdisjoint(_keys(cells[row]))]
    return np.array(kept, dtype=np.int64)


def keep_true(table: Table, rows: Rows, condition: Condition, label: str, called: str) -> Rows:
    """Return the rows for which the condition is true of the row as a dict."""
    kept = true_rows(table, rows, condition, label)
    return keep_held(rows, np.isin(rows, kept), label, called)


def true_rows(table: Table, rows: Rows, condition: Condition, label: str) -> Rows:
    """Return what `keep_true` does, which may be none."""
    columns = {name: table.values(name) for name in table.columns}
    kept = []
    for row in rows.tolist():
        try:
            if condition({name: cells[row] for name, cells in columns.items()}):
                kept.append(row)
        except Exception as error:
            message = f"The condition {label} failed on {table.origins.origin(row)}: {error!r}."
            known = ", ".join(map(repr, table.columns))
            raise DataError(
                f"{message} It gets the row as a dict with the keys {known}."
            ) from error
    return np.array(kept, dtype=np.int64)


def keep_held(rows: Rows, held: NDArray[np.bool_], label: str, called: str) -> Rows:
    """Return the rows (n,) of which a condition `held` (n,); DataError if there are none."""
    if held.any():
        return rows[held]
    raise DataError(
        f"No example of {called!r} fulfils the condition {label} ({len(rows):,} were asked)."
    )


def equal_label(column: str, wanted: object) -> str:
    """Return "source=tweets", or "source=amazon|tweets" for several values."""
    return f"{column}={'|'.join(str(each) for each in _values(wanted))}"


def condition_label(condition: Condition, name: str | None) -> str:
    """Return what a condition is called: `name`, else the function's own name."""
    own = getattr(condition, "__name__", "<lambda>")
    return name or ("<condition>" if own == "<lambda>" else own)


def split_condition(
    condition: Condition | Mapping[str, object] | None, name: str | None, equals: dict[str, Any]
) -> tuple[Condition | None, dict[str, Any]]:
    """Return the callable, if one was given, and all `column=value` together."""
    if isinstance(condition, Mapping):
        both = condition.keys() & equals.keys()
        if both:
            message = f"Column {min(both)!r} is asked for twice, in the dict and as a keyword."
            raise SettingError(f"{message} Give a list of values for any of them.")
        equals, condition = {**condition, **equals}, None
    if condition is not None and not callable(condition):
        what = "a function of a row, a dict of column and value, or keywords such as source='x'"
        raise SettingError(expected("condition", what, condition))
    if name is not None and condition is None:
        raise SettingError(
            "`name` says what a condition (a function) is called, but none was given. To compare "
            f"a column 'name', pass a dict: where({{'name': {name!r}}})."
        )
    if condition is None and not equals:
        raise SettingError("where() needs a condition, such as where(source='tweets').")
    return condition, equals


def _values(wanted: Any) -> list[Any]:
    if hasattr(wanted, "tolist"):  # numpy
        wanted = wanted.tolist()
    if isinstance(wanted, set | frozenset):
        return sorted(wanted, key=str)
    return list(wanted) if isinstance(wanted, _COLLECTIONS) else [wanted]


def _keys(cell: object) -> set[str | None]:
    return {_key(each) for each in cell} if isinstance(cell, list) else {_key(cell)}


def _key(value: object) -> str | None:
    # A missing value is not the text "None".
    return None if is_missing(value) else canonical(value)


def _nothing(column: str, wanted: object, cells: list[Any], called: str) -> str:
    counts = Counter(key for cell in cells for key in _keys(cell))
    asked = " or ".join(repr(each) for each in _values(wanted)) or "one of no values"
    names = [key for key in counts if key is not None]
    near = [
        match
        for each in _values(wanted)
        for match in difflib.get_close_matches(str(each), names, n=1, cutoff=0.5)
    ]
    hint = f" Did you mean {near[0]!r}?" if near else ""
    common = ", ".join(
        f"{'nothing' if key is None else repr(key)} ({count:,})"
        for key, count in counts.most_common(10)
    )
    more = f" and {len(counts) - 10:,} more" if len(counts) > 10 else ""
    return (
        f"No example of {called!r} has {asked} in column {column!r}.{hint} "
        f"Its values there: {common}{more}."
    )
