"""Bytes of a text file -> its characters, or an error that says where and what to try."""

from __future__ import annotations

import codecs
from pathlib import Path

from pytest_accept.errors import DataError

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
