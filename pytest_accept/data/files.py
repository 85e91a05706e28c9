"""Files and folders -> one Table, remembering which rows came from which file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_accept.data import arrow_tables
from pytest_accept.data.delimited import Columns, Dialect, read_delimited, typed
from pytest_accept.data.json_files import read_json, read_json_lines
from pytest_accept.data.options import Options
from pytest_accept.data.paths import SUFFIXES, missing_path
from pytest_accept.errors import DataError, SettingError, expected, unknown


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """What was read: the Table, its name, where it came from, and its files with their rows."""

    table: Any
    name: str
    origin: str
    files: tuple[tuple[str, int], ...]


def read_files(paths: Sequence[Path], options: Options, *, origin: str) -> Source:
    """Return the rows of these files, one after another."""
    for path in paths:
        _check_file(path)
    _check_options(paths, options)
    parts = [_read_file(path, options) for path in paths]
    tables = _tables(parts, options.text, origin)
    shown = [path.name for path in paths]
    if len(set(shown)) < len(shown):
        shown = [str(path) for path in paths]
    files = tuple(zip(shown, (table.num_rows for table in tables), strict=True))
    return Source(table=_concatenated(tables, shown), name=_name(paths), origin=origin, files=files)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise DataError(missing_path(path))
    if path.is_dir():
        message = f"{str(path)!r} is a folder, and a list of sources may hold only files."
        raise DataError(f"{message} Pass the folder alone, or list its files.")
    if path.suffix.lower() not in SUFFIXES:
        message = f"The suffix {path.suffix!r} of {str(path)!r} is none that can be read."
        raise DataError(f"{message} Supported: {', '.join(SUFFIXES)}.")


def _check_options(paths: Sequence[Path], options: Options) -> None:
    suffixes = {path.suffix.lower() for path in paths}
    if options.delimiter is not None and not suffixes & {".csv", ".tsv"}:
        what = "None for files that are neither .csv nor .tsv"
        raise SettingError(expected("delimiter", what, options.delimiter))
    if options.encoding != "utf-8" and not suffixes & {".csv", ".tsv", ".json", ".jsonl"}:
        what = "the default for files that are not text"
        raise SettingError(expected("encoding", what, options.encoding))
    known = ["quotechar"] if suffixes & {".csv", ".tsv"} else []
    for name in options.extra:
        if name not in known:
            raise SettingError(f"{unknown('option', name, known)} (For files of this kind.)")


def _read_file(path: Path, options: Options) -> Any:
    """Return a Table, or the untyped columns of a delimited file."""
    suffix = path.suffix.lower()
    called = repr(str(path))
    try:
        if suffix in (".csv", ".tsv"):
            return read_delimited(path, _dialect(suffix, options), options.wanted)
        if suffix == ".jsonl":
            return arrow_tables.from_rows(read_json_lines(path, options.encoding), called)
        if suffix == ".json":
            return arrow_tables.from_rows(read_json(path, options.encoding), called)
        return arrow_tables.from_arrow_file(path)
    except OSError as error:
        raise DataError(f"{called} cannot be read: {error}.") from error


def _dialect(suffix: str, options: Options) -> Dialect:
    quotechar = options.extra.get("quotechar", '"')
    if quotechar is not None and not (isinstance(quotechar, str) and len(quotechar) == 1):
        raise SettingError(expected("quotechar", "one character, or None", quotechar))
    usual = "\t" if suffix == ".tsv" else ","
    return Dialect(
        delimiter=options.delimiter or usual, quotechar=quotechar, encoding=options.encoding
    )


def _tables(parts: list[Any], texts: Sequence[str], called: str) -> list[Any]:
    delimited: list[Columns] = [part for part in parts if isinstance(part, dict)]
    columns = iter(typed(delimited, texts))
    return [
        arrow_tables.from_columns(next(columns), called) if isinstance(part, dict) else part
        for part in parts
    ]


def _concatenated(tables: list[Any], files: Sequence[str]) -> Any:
    """Return one Table, refusing what could lose columns or swap classes without a word."""
    import pyarrow as pa

    first = tables[0]
    for table, file in zip(tables[1:], files[1:], strict=True):
        odd = sorted(set(first.column_names) ^ set(table.column_names))
        if odd:
            message = f"The files do not have the same columns: only one of {files[0]!r} and"
            message = f"{message} {file!r} has {', '.join(map(repr, odd))}."
            raise DataError(f"{message} Give them the same columns, or load them one by one.")
        if arrow_tables.class_names(first) != arrow_tables.class_names(table):
            message = f"{files[0]!r} and {file!r} give their label numbers different names."
            raise DataError(f"{message} Load them one by one, or store the names as strings.")
    if len(tables) == 1:
        return first
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        message = f"The files {', '.join(map(repr, files))} differ in the type of a column: {error}"
        raise DataError(f"{message}. Give the column one type in all of them.") from error


def _name(paths: Sequence[Path]) -> str:
    stems = list(dict.fromkeys(path.stem for path in paths))
    more = f"+{len(stems) - 3} more" if len(stems) > 3 else ""
    return "+".join(stems[:3]) + more
