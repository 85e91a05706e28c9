"""Conditions on what a column holds."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

from pytest_accept.errors import DataError, SettingError, expected
from pytest_accept.slices.condition import Condition


def column(name: str, value: object) -> Condition:
    """Examples whose column holds the value, or one of a list of values; as `where={name: value}`.

    It is for combining with others: `column("source", "tweets") & longer_than(40)`.
    """
    return columns({name: value})


def columns(wanted: Mapping[str, Any]) -> Condition:
    """Return the condition that every column holds its value."""

    def holds(data: Any) -> Any:
        import numpy as np

        return np.isin(data.rows, data.where(wanted).rows)

    names = " & ".join(f"{name}={_shown(value)}" for name, value in wanted.items())
    parts = (f"column({name!r}, {value!r})" for name, value in wanted.items())
    return Condition(names, " & ".join(parts), holds)


def between(name: str, low: float | None = None, high: float | None = None) -> Condition:
    """Examples whose column holds a number with low <= number < high; None: no end on that side.

    A missing value is in no such slice. Raises SettingError if there is no number in between,
    DataError for a column with something else than numbers.
    """
    bottom = _number("low", low, -math.inf)
    top = _number("high", high, math.inf)
    if not bottom < top or (low is None and high is None):
        raise SettingError(
            f"Expected `low` to be less than `high`, and one of them a number, but got {low!r} and "
            f"{high!r}."
        )

    def holds(data: Any) -> Any:
        import numpy as np

        cells = data.column(name)
        found = np.array([math.nan if each is None else _value(name, each) for each in cells])
        return (found >= bottom) & (found < top)

    if low is None:
        called, given = f"{name} < {high:g}", f"None, {high!r}"
    elif high is None:
        called, given = f"{name} >= {low:g}", f"{low!r}"
    else:
        called, given = f"{low:g} <= {name} < {high:g}", f"{low!r}, {high!r}"
    return Condition(called, f"between({name!r}, {given})", holds)


def _value(name: str, cell: object) -> float:
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{expected('column ' + name, 'numbers', cell)} between() is for numbers; for other "
            f"values write where={{{name!r}: ...}}."
        ) from error


def _number(name: str, value: object, default: float) -> float:
    if value is None:
        return default
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return float(value)
    raise SettingError(expected(name, "a number or None", value))


def _shown(value: object) -> str:
    listed = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return "|".join("(missing)" if each is None else str(each) for each in listed)
