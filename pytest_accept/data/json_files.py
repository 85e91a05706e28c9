"""A json or jsonl file -> rows.

Python's own parser: pyarrow's turns strings that look like dates into timestamps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pytest_accept.data.decoding import read_text
from pytest_accept.errors import DataError


def read_json_lines(path: Path, encoding: str) -> list[Any]:
    """Return one row per line; blank lines are none."""
    return _lines(path, read_text(path, encoding))


def read_json(path: Path, encoding: str) -> list[Any]:
    """Return the rows of a list of objects, of an object of equally long lists, or of JSON lines
    (which many files called .json are).
    """
    content = read_text(path, encoding)
    try:
        value = json.loads(content)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _lines(path, content)
        if not content.strip():
            return []
        raise DataError(f"{_invalid(path, error, error.lineno)}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(_unreadable(path, error)) from error
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        got = type(value).__name__
        message = f"Expected {str(path)!r} to hold a list of objects, but got one {got}."
        raise DataError(f"{message} Give it the form [{{'text': …, 'label': …}}, …].")
    return _columns(value)


def _columns(value: dict[str, Any]) -> list[Any]:
    lists = [each for each in value.values() if isinstance(each, list)]
    if not value or len(lists) < len(value) or len({len(each) for each in lists}) > 1:
        return [value]
    return [dict(zip(value, cells, strict=True)) for cells in zip(*lists, strict=True)]


def _lines(path: Path, content: str) -> list[Any]:
    # Not splitlines(): JSON strings may hold U+2028 and its like as they are.
    return list(stream_json_lines(path, content.split("\n")))


def stream_json_lines(path: Path, lines: Iterable[str]) -> Iterator[Any]:
    """Yield one row per line, such as of an open file; blank lines are none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(_invalid(path, error, number)) from error
        except (ValueError, RecursionError) as error:
            raise DataError(_unreadable(path, error, f" line {number:,}")) from error


def _unreadable(path: Path, error: Exception, where: str = "") -> str:
    """Say what is JSON by its grammar, and still not to be read: deep nesting, endless digits."""
    what = "is nested too deep"
    if not isinstance(error, RecursionError):
        what = f"holds a number that is too long ({str(error).split(';')[0]})"
    return f"{str(path)!r}{where} {what}. Expected one object per row, with a text and a label."


def _invalid(path: Path, error: json.JSONDecodeError, line: int) -> str:
    message = f"{str(path)!r} is not valid JSON: line {line:,}, column {error.colno:,}: {error.msg}"
    return f'{message}. Expected one object per row, such as {{"text": "…", "label": "…"}}.'
