"""Human rationales, however a column spells them, as spans of characters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.data import Data

Span = tuple[int, int]

FORMS = "[[start, stop], …], [character, character, …], or either as JSON"


def read_rationales(data: Data, column: str, texts: Sequence[str]) -> list[list[Span]]:
    """Return the spans of each example's rationale in its text, none where there is no rationale.

    DataError for what is no rationale of the text, naming the first few.
    """
    found, problems = [], []
    for i, (value, text) in enumerate(zip(data.column(column), texts, strict=True)):
        try:
            spans = _spans(value)
        except (TypeError, ValueError):
            spans, problem = [], f"{value!r:.60} is none of {FORMS}"
            problems.append((i, problem))
        outside = [span for span in spans if not 0 <= span[0] < span[1] <= len(text)]
        if outside:
            start, stop = outside[0]
            shown = f"{[start, stop]} is outside of a text of {len(text):,} characters"
            if start >= stop:
                shown = f"{[start, stop]} holds no character: it must start before it stops"
            problems.append((i, shown))
        found.append(spans)
    if problems:
        shown = "; ".join(f"{data.origin(i)}: {problem}" for i, problem in problems[:3])
        raise DataError(
            f"{len(problems):,} of {len(data):,} rationales in column {column!r} of "
            f"{data.population!r} do not fit their texts ({shown}). Expected positions of "
            "characters, counted from 0, stop exclusive."
        )
    return found


def _spans(value: Any) -> list[Span]:
    """Return the spans of a cell; TypeError or ValueError for what is no rationale."""
    from pytest_accept.data.labels import is_missing

    if is_missing(value) or value == "":
        return []
    listed = json.loads(value) if isinstance(value, str) else value
    if hasattr(listed, "tolist"):
        listed = listed.tolist()
    if not isinstance(listed, list | tuple):
        raise TypeError
    if all(isinstance(each, list | tuple) for each in listed):
        return [(_whole(start), _whole(stop)) for start, stop in listed]
    return [(_whole(each), _whole(each) + 1) for each in listed]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value
