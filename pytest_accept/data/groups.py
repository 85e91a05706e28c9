"""Groups of examples: by the values of a column or of several, or by a function of the row."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.data import Data
from pytest_accept.data.labels import canonical, is_missing, number_of
from pytest_accept.data.options import group_columns
from pytest_accept.data.slices import equal_label
from pytest_accept.errors import DataError, SettingError, expected

GroupBy = str | Sequence[str] | Callable[[dict[str, Any]], object]
"""A column, several columns (their values together make a group), or a function of the row."""

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Examples of one group: `positions` (m,) are theirs in the Data that was divided.

    `name` is the value ("tweets"), of several columns "gender=f & age=old"; `where` is what takes
    these examples again, as in "{'source': 'tweets'}", "" for groups of a function.
    """

    name: str
    where: str
    positions: NDArray[np.int64]
    data: Data


def groups_of(
    data: Data, group: GroupBy | None = None, groups: Iterable[Any] | None = None
) -> tuple[Group, ...]:
    """Return the groups of the examples, every example in exactly one, in order of their names.

    `group` None takes the columns given to `load_data(group=)`. `groups` declares groups that must
    be there: values, or tuples of values for several columns; further ones are groups all the same.
    Raises SettingError where no group is named; DataError for a missing value, a declared group
    that is not there, fewer than two groups, or almost as many as examples.
    """
    chosen = _chosen(data, group)
    values = _of_function(data, chosen) if callable(chosen) else _of_columns(data, chosen)
    by = _called(chosen)
    positions: dict[tuple[str, ...], list[int]] = {}
    for position, value in enumerate(values):
        positions.setdefault(tuple(map(canonical, value)), []).append(position)
    positions = {key: positions[key] for key in sorted(positions, key=_order)}
    if groups is not None:
        _check_declared(data, chosen, groups, positions)
    if len(positions) < 2:
        only = _name(chosen, next(iter(positions)))
        raise DataError(
            f"Groups are compared, but all {len(data):,} examples of {data.population!r} are of "
            f"one group, {only!r} ({by}). Name another column, or load the other groups, too."
        )
    if len(positions) > max(2, len(data) / 2):
        raise DataError(
            f"The {by} of {data.population!r} has {len(positions):,} different values in "
            f"{len(data):,} examples, which makes no groups. Name a column whose values repeat, or "
            "a function of the row that says the group: group=lambda row: …."
        )
    return tuple(_group(data, chosen, key, found, values) for key, found in positions.items())


def _order(key: tuple[str, ...]) -> list[tuple[int, str]]:
    return [(number_of(each) or 0, each) for each in key]


def _chosen(data: Data, group: Any) -> Any:
    """Return a function, or a tuple of columns that are there."""
    if callable(group):
        return group
    columns = data.group if group is None else group_columns(group)
    if len(set(columns)) < len(columns):
        raise SettingError(expected("group", "columns that differ", list(columns)))
    if columns:
        return columns
    raise SettingError(
        f"Groups are compared, but no group of {data.name!r} is named. Pass group='column', "
        "several columns or a function of the row, or load_data(..., group='column'). "
        f"Columns: {', '.join(map(repr, data.columns))}."
    )


def _called(chosen: Any) -> str:
    """Return what decides the group, in words."""
    if callable(chosen):
        return f"function {_function_name(chosen)}"
    noun = "column" if len(chosen) == 1 else "columns"
    return f"{noun} {', '.join(map(repr, chosen))}"


def _function_name(function: Any) -> str:
    own: str = getattr(function, "__name__", "<lambda>")
    return "<function>" if own == "<lambda>" else own


def group_label(data: Data, group: GroupBy | None) -> str:
    """Return what the groups are by, in short: "source", "gender & age", or a function's name."""
    chosen = _chosen(data, group)
    return _function_name(chosen) if callable(chosen) else " & ".join(chosen)


def _of_columns(data: Data, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    cells = []
    for column in columns:
        values = data.column(column)
        _refuse_missing(data, values, f"column {column!r}")
        several = next((each for each in values if isinstance(each, list | dict)), None)
        if several is not None:
            raise DataError(
                f"Expected column {column!r} of {data.name!r} to hold one group an example, but it "
                f"holds values such as {several!r}. Pass a function of the row that says the group."
            )
        cells.append(values)
    return list(zip(*cells, strict=True))


def _of_function(data: Data, function: Callable[[dict[str, Any]], object]) -> list[tuple[Any]]:
    columns = {name: data.column(name) for name in data.columns}
    values = []
    for position in range(len(data)):
        row = {name: cells[position] for name, cells in columns.items()}
        try:
            values.append(function(row))
        except Exception as error:
            known = ", ".join(map(repr, columns))
            raise DataError(
                f"The function {_function_name(function)} that says the group failed on "
                f"{data.origin(position)}: {error!r}. It gets the row as a dict with the keys "
                f"{known}."
            ) from error
    _refuse_missing(data, values, f"function {_function_name(function)}")
    return [(value,) for value in values]


def _refuse_missing(data: Data, values: list[Any], source: str) -> None:
    missing = [i for i, value in enumerate(values) if _is_nothing(value)]
    if missing:
        raise DataError(
            f"{len(missing):,} of {len(values):,} examples of {data.population!r} have no group by "
            f"{source} (first: {data.origin(missing[0])}). Fill them in before loading, or leave "
            "those examples out with where=."
        )


def _is_nothing(value: object) -> bool:
    return is_missing(value) or (isinstance(value, str) and not value.strip())


def _name(chosen: Any, key: tuple[str, ...]) -> str:
    if callable(chosen) or len(chosen) == 1:
        return key[0]
    return " & ".join(f"{column}={value}" for column, value in zip(chosen, key, strict=True))


def _group(
    data: Data,
    chosen: Any,
    key: tuple[str, ...],
    positions: list[int],
    values: Sequence[tuple[Any, ...]],
) -> Group:
    rows = np.array(positions, dtype=np.int64)
    if callable(chosen):
        conditions, where = [f"{_function_name(chosen)}={key[0]}"], ""
    else:
        wanted: Mapping[str, Any] = dict(zip(chosen, values[positions[0]], strict=True))
        conditions = [equal_label(column, value) for column, value in wanted.items()]
        where = repr(wanted)
    return Group(
        name=_name(chosen, key),
        where=where,
        positions=rows,
        data=data.take(rows, *conditions),
    )


def _check_declared(
    data: Data, chosen: Any, groups: Any, there: Mapping[tuple[str, ...], list[int]]
) -> None:
    """Raise DataError if a declared group has no example."""
    width = 1 if callable(chosen) else len(chosen)
    fits = isinstance(groups, Iterable) and not isinstance(groups, str | Mapping)
    declared_groups = list(groups) if fits else []
    if not declared_groups:
        raise SettingError(expected("groups", "a list of the groups that must be there", groups))
    for each in declared_groups:
        key = each if isinstance(each, tuple | list) else (each,)
        if len(key) != width:
            what = f"a list of tuples, a value of each of {', '.join(map(repr, chosen))}"
            raise SettingError(expected("groups", what if width > 1 else "a list of values", each))
        declared = tuple(map(canonical, key))
        if declared in there:
            continue
        names = {_name(chosen, key): len(found) for key, found in there.items()}
        name = _name(chosen, declared)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(f"{known!r} ({n:,})" for known, n in list(names.items())[:_SHOWN])
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        raise DataError(
            f"Group {name!r} is declared by groups=, but no example of {data.population!r} is of "
            f"it ({_called(chosen)}).{hint} Groups there: {listed}{more}."
        )
