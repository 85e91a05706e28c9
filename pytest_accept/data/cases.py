"""Cases made up for a test: unlike a sample of the world, all of them can be at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from pytest_accept.data.data import Data
from pytest_accept.data.options import Options
from pytest_accept.data.sources import read_source


def as_cases(data: Data, *, in_all: int, notes: Sequence[str] = ()) -> Data:
    """Return Data of made-up cases: all `in_all` that there are, or an even draw of them."""
    table = data._table
    noted = (*table.notes, *notes)
    return Data(replace(table, cases_in_all=in_all, notes=noted), data.rows.copy())


def columns_of(source: Any, **options: Any) -> tuple[str, ...]:
    """Return the names of a source's columns; `options` are those of `load_data`."""
    if isinstance(source, Data):
        return source.columns
    named = {each.name for each in fields(Options)} - {"extra"}
    known = {name: options[name] for name in ("split", "delimiter", "encoding") if name in options}
    extra = {name: value for name, value in options.items() if name not in named}
    return tuple(read_source(source, Options(**known, extra=extra)).table.column_names)
