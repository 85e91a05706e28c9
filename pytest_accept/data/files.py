"""Files and folders -> one Table, remembering which rows came from which file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_accept.data import arrow_tables, conll, text_files
from pytest_accept.data.delimited import Columns, Dialect, read_delimited, typed
from pytest_accept.data.json_files import read_json, read_json_lines
from pytest_accept.data.options import Options
from pytest_accept.data.paths import SUFFIXES, missing_path
from pytest_accept.errors import DataError, SettingError, expected, unknown

_WITH_DELIMITER = {".csv", ".tsv", *conll.SUFFIXES}
_MAY_BE_CONLL = {".tsv", *conll.SUFFIXES, *text_files.SUFFIXES}
_BY_LINE = (conll.Sentences, text_files.Texts)
_WITH_ENCODING = {*_WITH_DELIMITER, ".json", ".jsonl", *text_files.SUFFIXES}


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """What was read: the Table, its name, where it came from, and its files with their rows.

    `lines` are the lines on which the rows of each file begin, for files looked up by line.
    `unlabelled`: files of this kind have no labels.
    """

    table: Any
    name: str
    origin: str
    files: tuple[tuple[str, int], ...]
    lines: tuple[Sequence[int] | None, ...] = ()
    unlabelled: bool = False


def read_files(paths: Sequence[Path], options: Options, *, origin: str) -> Source:
    """Return the rows of these files, one after another."""
    for path in paths:
        check_file(path)
    check_options(paths, options)
    shown = [path.name for path in paths]
    if len(set(shown)) < len(shown):
        shown = [str(path) for path in paths]
    parts = [_read_file(path, options, name) for path, name in zip(paths, shown, strict=True)]
    tables = _tables(parts, options.text, origin)
    return Source(
        table=concatenated(tables, shown),
        name=name_of(paths),
        origin=origin,
        files=tuple(zip(shown, (table.num_rows for table in tables), strict=True)),
        lines=tuple(part.lines if isinstance(part, _BY_LINE) else None for part in parts),
        unlabelled=all(isinstance(part, text_files.Texts) for part in parts),
    )


def check_file(path: Path) -> None:
    """Raise a DataError if there is no such file, or it is none that can be read."""
    if not path.exists():
        raise DataError(missing_path(path))
    if path.is_dir():
        message = f"{str(path)!r} is a folder, and a list of sources may hold only files."
        raise DataError(f"{message} Pass the folder alone, or list its files.")
    if path.suffix.lower() not in SUFFIXES:
        message = f"The suffix {path.suffix!r} of {str(path)!r} is none that can be read."
        raise DataError(f"{message} Supported: {', '.join(SUFFIXES)}.")


def check_options(paths: Sequence[Path], options: Options) -> None:
    """Raise SettingError for an option that says nothing of such files."""
    suffixes = {path.suffix.lower() for path in paths}
    if options.delimiter is not None and not suffixes & _WITH_DELIMITER:
        what = "None for files that have no columns parted by one (.csv, .tsv, .conll)"
        raise SettingError(expected("delimiter", what, options.delimiter))
    if options.encoding != "utf-8" and not suffixes & _WITH_ENCODING:
        what = "the default for files that are not text"
        raise SettingError(expected("encoding", what, options.encoding))
    known = ["quotechar"] if suffixes & {".csv", ".tsv"} else []
    # With one of its options, any text file of columns is read as CoNLL is.
    known += conll.OPTIONS if suffixes & _MAY_BE_CONLL else ()
    known += text_files.OPTIONS if suffixes & set(text_files.SUFFIXES) else ()
    for name in options.extra:
        if name not in known:
            raise SettingError(f"{unknown('option', name, known)} (For files of this kind.)")


def _read_file(path: Path, options: Options, shown: str) -> Any:
    """Return a Table, the untyped columns of a delimited file, or what else a file is read as."""
    suffix = path.suffix.lower()
    called = repr(str(path))
    try:
        if suffix in conll.SUFFIXES or not options.extra.keys().isdisjoint(conll.OPTIONS):
            return conll.read_conll(path, _layout(suffix, options), shown)
        if suffix in (".csv", ".tsv"):
            return read_delimited(path, dialect_of(suffix, options), options.wanted)
        if suffix in text_files.SUFFIXES:
            unit = options.extra.get("documents", "paragraph")
            return text_files.read_texts(path, unit, options.encoding, shown)
        if suffix == ".jsonl":
            return arrow_tables.from_rows(read_json_lines(path, options.encoding), called)
        if suffix == ".json":
            return arrow_tables.from_rows(read_json(path, options.encoding), called)
        return arrow_tables.from_arrow_file(path)
    except OSError as error:
        raise DataError(f"{called} cannot be read: {error}.") from error


def dialect_of(suffix: str, options: Options) -> Dialect:
    """Return how a delimited file is written, as asked for, else as its suffix says."""
    quotechar = options.extra.get("quotechar", '"')
    if quotechar is not None and not (isinstance(quotechar, str) and len(quotechar) == 1):
        raise SettingError(expected("quotechar", "one character, or None", quotechar))
    usual = "\t" if suffix == ".tsv" else ","
    return Dialect(
        delimiter=options.delimiter or usual, quotechar=quotechar, encoding=options.encoding
    )


def _layout(suffix: str, options: Options) -> conll.Layout:
    return conll.layout(
        suffix,
        {name: options.extra[name] for name in conll.OPTIONS if name in options.extra},
        delimiter=options.delimiter,
        encoding=options.encoding,
        tagged=options.label is not None,
    )


def _tables(parts: list[Any], texts: Sequence[str], called: str) -> list[Any]:
    delimited: list[Columns] = [part for part in parts if isinstance(part, dict)]
    columns = iter(typed(delimited, texts))
    tables = []
    for part in parts:
        if isinstance(part, dict):
            tables.append(arrow_tables.from_columns(next(columns), called))
        elif isinstance(part, _BY_LINE):
            tables.append(arrow_tables.from_columns(part.columns, called))
        else:
            tables.append(part)
    return tables


def concatenated(tables: list[Any], files: Sequence[str]) -> Any:
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


def name_of(paths: Sequence[Path]) -> str:
    """Return what to call data of these files."""
    stems = list(dict.fromkeys(path.stem for path in paths))
    more = f"+{len(stems) - 3} more" if len(stems) > 3 else ""
    return "+".join(stems[:3]) + more
