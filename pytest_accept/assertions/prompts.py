"""Texts as a language model is to go on with them, and which examples are unfit for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.data import Data


def prompts(metric: str, data: Data) -> list[str]:
    """Return the texts; DataError if they are pairs."""
    texts: list[Any] = data.inputs
    if all(isinstance(each, str) for each in texts):
        return texts
    raise DataError(
        f"{metric} goes on with one text, but the examples of {data.population} are pairs of "
        "texts. Name the column with the text: load_data(..., text='column')."
    )


def joined(prefix: str, delimiter: str) -> str:
    """Return what stands between a prefix and how it goes on: nothing after a space or nothing."""
    return "" if not prefix or prefix[-1].isspace() else delimiter


def refuse(data: Data, rows: Sequence[int], problem: str, remedy: str) -> None:
    """Raise a DataError if there are rows with a problem, such as "an empty text"."""
    if not rows:
        return
    has = "example has" if len(rows) == 1 else "examples have"
    places = ", ".join(data.origin(i) for i in rows[:3]) + (", …" if len(rows) > 3 else "")
    raise DataError(
        f"{len(rows):,} of {len(data):,} {has} {problem} ({places} of {data.population}). {remedy}"
    )
