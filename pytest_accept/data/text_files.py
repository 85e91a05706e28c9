"""A plain text file -> documents, for questions that need no labels, such as perplexity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_accept.data.decoding import read_text
from pytest_accept.errors import SettingError, expected

SUFFIXES = (".txt",)
OPTIONS = ("documents",)
UNITS = ("paragraph", "line", "file")


@dataclass(frozen=True, eq=False, kw_only=True)
class Texts:
    """The columns of a file, one row a document, and the lines on which they begin (from 1)."""

    columns: dict[str, list[Any]]
    lines: list[int]


def read_texts(path: Path, documents: object, encoding: str, shown: str) -> Texts:
    """Return the documents of a file: columns "text" and "file".

    `documents` is what one is: a "paragraph" (they are parted by blank lines), a "line" that is not
    blank, or the whole "file". The text is as written, but for the line break at its end.
    """
    if documents not in UNITS:
        raise SettingError(expected("documents", "'paragraph', 'line' or 'file'", documents))
    lines = [line.removesuffix("\r") for line in read_text(path, encoding).split("\n")]
    found = list(_documents(lines, str(documents)))
    return Texts(
        columns={"text": [text for _, text in found], "file": [shown] * len(found)},
        lines=[line for line, _ in found],
    )


def _documents(lines: list[str], unit: str) -> Iterator[tuple[int, str]]:
    if unit == "file":
        text = "\n".join(lines).removesuffix("\n")
        if text.strip():
            yield 1, text
        return
    begun: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            begun.append(line)
        if begun and (unit == "line" or not line.strip()):
            yield number - len(begun) + (unit == "line"), "\n".join(begun)
            begun = []
