"""A csv or tsv file -> columns, nothing lost and nothing guessed away.

Python's own csv reader: pandas turns texts such as "NA" into missing values, pyarrow's parser wants
quoted newlines declared and reports neither row nor line of what is wrong.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pytest_accept.data.decoding import CountedLines, read_text
from pytest_accept.errors import DataError

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DELIMITERS = {",": "','", ";": "';'", "\t": "'\\t'", "|": "'|'"}

_BEGINNING = 65_536  # characters, to see by which delimiter a header parts

Columns = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a delimited file is written: the delimiter, the quote (None: no field is quoted)."""

    delimiter: str
    quotechar: str | None
    encoding: str

    def reader(self, content: str | Iterable[str]) -> Any:
        """Return a csv reader of characters, or of lines, that refuses misplaced quotes."""
        lines = io.StringIO(content, newline="") if isinstance(content, str) else content
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quotechar,
            quoting=csv.QUOTE_NONE if self.quotechar is None else csv.QUOTE_MINIMAL,
            strict=True,
        )


def read_delimited(path: Path, dialect: Dialect, wanted: Sequence[str]) -> Columns:
    """Return the cells of a file as strings, by column. `wanted` sharpens the error for a wrong
    delimiter: these columns are expected in the header.
    """
    content = read_text(path, dialect.encoding)
    reader = dialect.reader(content)
    with _long_fields():
        try:
            names = _header(reader, path)
            _check_delimiter(names, content, dialect, path, wanted)
            return _by_column(names, list(_rows(reader, names, path)))
        except csv.Error as error:
            raise DataError(_misquoted(path, reader.line_num, dialect, error)) from error


def stream_delimited(
    path: Path, file: TextIO, dialect: Dialect, wanted: Sequence[str], most: tuple[int, int]
) -> Iterator[Columns]:
    """Yield the cells of an open file, at most so many rows and about so many characters at a time;
    otherwise as `read_delimited`.
    """
    beginning = file.read(_BEGINNING)
    file.seek(0)
    lines = CountedLines(file)
    reader = dialect.reader(lines)
    try:
        with _long_fields():
            names = _header(reader, path)
            _check_delimiter(names, beginning, dialect, path, wanted)
        cells = _rows(reader, names, path)
        while True:
            # The limit is put back while others work.
            with _long_fields():
                found = lines.some(cells, *most)
            if not found:
                return
            yield _by_column(names, found)
    except csv.Error as error:
        raise DataError(_misquoted(path, reader.line_num, dialect, error)) from error


def _header(reader: Any, path: Path) -> list[str]:
    header = next((cells for cells in reader if cells), None)
    if header is None:
        message = f"{str(path)!r} is empty: expected a header with the column names"
        raise DataError(f"{message} and at least one row.")
    return _column_names(header, path)


def _by_column(names: list[str], rows: list[list[str]]) -> Columns:
    cells = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}


def typed(parts: Sequence[Columns], texts: Sequence[str]) -> list[dict[str, list[Any]]]:
    """Return the columns as numbers where every cell in all the files is one, else as strings.

    An empty cell is None, but in the columns of `texts`, which stay as they are. Cells with leading
    zeros are names, not numbers: such a column stays strings.
    """
    names = dict.fromkeys(name for columns in parts for name in columns)
    kinds = {name: _kind(columns.get(name, ()) for columns in parts) for name in names}
    return [
        {
            name: cells
            if name in texts
            else [kinds[name](cell) if cell else None for cell in cells]
            for name, cells in columns.items()
        }
        for columns in parts
    ]


def _kind(cells: Iterable[Iterable[str]]) -> type[int] | type[float] | type[str]:
    distinct = set().union(*cells) - {""}
    if distinct and all(map(_INTEGER.fullmatch, distinct)):
        return int
    if distinct and all(map(_NUMBER.fullmatch, distinct)):
        return float
    return str


@contextmanager
def _long_fields() -> Iterator[None]:
    # Python's limit of 131,072 characters a cell is one for the whole process: put it back.
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _column_names(header: list[str], path: Path) -> list[str]:
    # pandas writes its index under an empty name and reads it back as this.
    names = [name or f"Unnamed: {index}" for index, name in enumerate(header)]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        message = f"The header of {str(path)!r} has column {repeated!r} more than once."
        raise DataError(f"{message} Rename all but one.")
    return names


def _check_delimiter(
    names: list[str], content: str, dialect: Dialect, path: Path, wanted: Sequence[str]
) -> None:
    missing = [name for name in wanted if name not in names]
    if not missing:
        return
    for other, written in _DELIMITERS.items():
        if other == dialect.delimiter:
            continue
        reader = Dialect(delimiter=other, quotechar=dialect.quotechar, encoding="").reader(content)
        try:
            header = next(cells for cells in reader if cells)
        except csv.Error:
            continue
        if len(header) <= len(names) or (len(names) > 1 and missing[0] not in header):
            continue
        columns = ", ".join(map(repr, header))
        raise DataError(
            f"Read with delimiter={dialect.delimiter!r}, {str(path)!r} has no column "
            f"{missing[0]!r}: its header is {','.join(names)!r}. "
            f"The delimiter seems to be {other!r}, which gives the columns {columns}. "
            f"Pass delimiter={written}."
        )


def _rows(reader: Any, names: list[str], path: Path) -> Iterator[list[str]]:
    width, row = len(names), 0
    for cells in reader:
        if len(cells) == width:
            row += 1
            yield cells
        elif cells:
            raise DataError(
                f"{str(path)!r} row {row + 1:,} (ends in line {reader.line_num:,}) has "
                f"{len(cells)} fields, but the header has {width} ({', '.join(names)}). "
                "A field that contains the delimiter or a line break must stand in quotes."
            )


def _misquoted(path: Path, line: int, dialect: Dialect, error: csv.Error) -> str:
    return (
        f"{str(path)!r} has a misplaced quote {dialect.quotechar!r} in the row that reaches line "
        f"{line:,} ({error}). Quotes inside a quoted field must be doubled. If the file does not "
        "quote its fields at all (many .tsv files), pass quotechar=None."
    )
