"""Bytes of a text file -> its characters, or an error that says where and what to try."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from pytest_accept.errors import DataError

T = TypeVar("T")

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path, encoding: str) -> str:
    """Return the characters of a file, a byte order mark dropped, line ends as they are."""
    content = path.read_bytes()
    codec = codecs.lookup(encoding).name
    if codec == "utf-8":
        codec = "utf-8-sig"
    try:
        return content.decode(codec)
    except UnicodeError as error:
        raise DataError(_undecodable(path, content, encoding, error)) from error


@contextmanager
def open_text(path: Path, encoding: str, *, newline: str = "") -> Iterator[TextIO]:
    """Open a file for reading in parts, with what `read_text` returns."""
    codec = codecs.lookup(encoding).name
    with path.open(encoding="utf-8-sig" if codec == "utf-8" else codec, newline=newline) as file:
        try:
            yield file
        except UnicodeError as error:
            message = f"Expected {str(path)!r} to be text in {encoding!r}, but it is not: {error}."
            raise DataError(f"{message} Pass the encoding it was written in.") from error


class CountedLines:
    """The lines of a file, read once, for who reads only so many characters at a time."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._characters += len(line)
        return line

    def some(self, rows: Iterator[T], most: int, characters: int) -> list[T]:
        """Return the next `rows` that are made of these lines: not many, or not much text."""
        self._characters = 0
        found: list[T] = []
        for row in rows:
            found.append(row)
            if len(found) == most or self._characters >= characters:
                break
        return found


def _undecodable(path: Path, content: bytes, encoding: str, error: UnicodeError) -> str:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    hint = f"It begins with the byte order mark of {marked}: pass encoding={marked!r}."
    if marked is None:
        hint = (
            'Pass the encoding it was written in, for example encoding="latin-1" or "cp1252" '
            '(Western European), "utf-16" (some exports from Excel).'
        )
    where = ""
    if isinstance(error, UnicodeDecodeError):
        # utf-8-sig counts from after the mark that it drops.
        start = error.start + len(content) - len(error.object)
        line = content.count(b"\n", 0, start) + 1
        where = f": byte {start:,} (0x{content[start]:02x}, line {line:,}) is not valid there"
    return f"Expected {str(path)!r} to be text in {encoding!r}, but it is not{where}. {hint}"
