"""Anything that `load_data(streaming=True)` takes -> a Stream of pyarrow Tables, one after another.

What is read of a file at a time does not depend on how long the file is. Parsers and rules are
those of ordinary data; only the types of csv columns are decided anew for each part, since nobody
knows the cells that are still to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from pytest_accept.data import arrow_tables
from pytest_accept.data.decoding import CountedLines, open_text
from pytest_accept.data.delimited import stream_delimited, typed
from pytest_accept.data.files import check_file, check_options, dialect_of, name_of
from pytest_accept.data.folders import files_of_split, saved, split_of_datasets
from pytest_accept.data.hub import read_hub
from pytest_accept.data.json_files import stream_json_lines
from pytest_accept.data.options import Options
from pytest_accept.data.paths import is_path, missing_path
from pytest_accept.errors import DataError, SettingError, expected

ROWS = 16_384
"""How many rows are read at a time: as many as the engine sorts by length."""

BYTES = 32_000_000
"""About how much is read at a time where rows are long."""

SUFFIXES = (".parquet", ".csv", ".tsv", ".jsonl", ".arrow")
"""The files that can be streamed."""

Columns = Sequence[str] | None


class Part(Protocol):
    """One file, or one dataset, of a stream. `rows` is None if they are not counted yet."""

    @property
    def name(self) -> str:
        """What errors and evidence call it."""

    @property
    def rows(self) -> int | None:
        """How many rows it has, if that is known without reading them."""

    def tables(self, columns: Columns) -> Iterator[Any]:
        """Yield its rows in order, with at least these columns, all of them for None."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What is to be read: its name, where it comes from, and its parts in order."""

    name: str
    origin: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int | None:
        """The number of all rows, None if it takes a reading to know."""
        counts = [part.rows for part in self.parts]
        return None if None in counts else sum(each for each in counts if each is not None)


def open_stream(source: Any, options: Options) -> Stream:
    """Return a source as a Stream, nothing read yet but names and, of parquet, numbers of rows.

    DataError or SettingError for what cannot be streamed.
    """
    if isinstance(source, str | Path):
        return _named(source, options)
    if isinstance(source, list | tuple) and source and isinstance(source[0], str | Path):
        paths = [Path(each).expanduser() for each in source]
        return _files(paths, options, origin=", ".join(map(str, source)))
    if hasattr(source, "with_format") and hasattr(source, "features"):
        return _datasets(source, options, name="data", origin="memory")
    if isinstance(source, dict) and hasattr(source, "with_format"):
        return _datasets(source, options, name="data", origin="memory")
    got = type(source).__name__
    raise SettingError(
        f"Only what lies outside of memory can be streamed: files ({', '.join(SUFFIXES)}), a folder"
        f" of them, a hub id or a datasets.IterableDataset, but got {got}. Leave out streaming=True"
        " for what is in memory already."
    )


def _named(source: str | Path, options: Options) -> Stream:
    if not str(source).strip():
        raise DataError(expected("source", "a path or a hub id", source))
    if not is_path(source):
        name = str(source).rsplit("/", 1)[-1]
        streaming = replace(options, extra={**options.extra, "streaming": True})
        loaded = read_hub(str(source), streaming)
        if not isinstance(loaded, dict):  # `load_dataset` took the split out already
            options = replace(options, split=None)
        return _datasets(loaded, options, name=name, origin=str(source))
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(missing_path(path))
    if not path.is_dir():
        return _files([path], options, origin=str(source))
    return _folder(path, options, origin=str(source))


def _folder(folder: Path, options: Options, *, origin: str) -> Stream:
    name = folder.resolve().name
    if (folder / "dataset_dict.json").exists() or (folder / "state.json").exists():
        return _datasets(saved(folder), options, name=name, origin=origin)
    for suffix in SUFFIXES:
        found = sorted(folder.glob(f"*{suffix}")) or sorted(folder.glob(f"data/*{suffix}"))
        if found:
            files = files_of_split(found, folder, options.split)
            stream = _files(files, replace(options, split=None), origin=origin)
            return replace(stream, name=name)
    raise DataError(
        f"Expected the folder {str(folder)!r} to hold files that can be streamed "
        f"({', '.join(SUFFIXES)}), or what `Dataset.save_to_disk` writes, but it holds neither."
    )


def _files(paths: Sequence[Path], options: Options, *, origin: str) -> Stream:
    if options.split is not None:
        what = "None, since these files have no splits"
        raise SettingError(expected("split", what, options.split))
    for path in paths:
        check_file(path)
        if path.suffix.lower() not in SUFFIXES:
            raise DataError(
                f"{str(path)!r} cannot be streamed: only {', '.join(SUFFIXES)} can be read in "
                "parts. Leave out streaming=True, or write it as one of these."
            )
    check_options(paths, options)
    shown = [path.name for path in paths]
    if len(set(shown)) < len(shown):
        shown = [str(path) for path in paths]
    parts = tuple(_part(path, name, options) for path, name in zip(paths, shown, strict=True))
    return Stream(name=name_of(paths), origin=origin, parts=parts)


def _part(path: Path, name: str, options: Options) -> Part:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _Parquet(name, path)
    if suffix == ".arrow":
        return _Arrow(name, path)
    return _Lines(name, path, options)


def _datasets(loaded: Any, options: Options, *, name: str, origin: str) -> Stream:
    one = split_of_datasets(loaded, options.split, origin)
    return Stream(name=name, origin=origin, parts=(_Dataset(name, one),))


@dataclass(frozen=True)
class _Parquet:
    """A parquet file: no more of a row group than some pages is decoded at a time."""

    name: str
    path: Path

    @property
    def rows(self) -> int:
        """As the file says."""
        import pyarrow.parquet as pq

        with _readable(self.path), pq.ParquetFile(self.path) as file:
            return int(file.metadata.num_rows)

    def tables(self, columns: Columns) -> Iterator[Any]:
        """Yield batches of rows."""
        import pyarrow.parquet as pq

        with _readable(self.path), pq.ParquetFile(self.path, pre_buffer=False) as file:
            names = file.schema_arrow.names
            arrow_tables.check_names(file.schema_arrow, repr(str(self.path)))
            wanted = None if columns is None else [each for each in names if each in columns]
            for batch in file.iter_batches(
                _batch_rows(file.metadata), columns=wanted, use_threads=False
            ):
                table = _sound(batch)
                yield table.replace_schema_metadata(file.schema_arrow.metadata)


@dataclass(frozen=True)
class _Arrow:
    """An arrow file, of either form, mapped into memory."""

    name: str
    path: Path
    rows: int | None = None

    def tables(self, columns: Columns) -> Iterator[Any]:
        """Yield its record batches."""
        import pyarrow as pa

        with _readable(self.path), pa.memory_map(str(self.path)) as file:
            try:
                reader = pa.ipc.open_file(file)
                count = reader.num_record_batches
                batches = (reader.get_batch(i) for i in range(count))
            except pa.ArrowInvalid:
                file.seek(0)
                batches = iter(pa.ipc.open_stream(file))
            for batch in batches:
                arrow_tables.check_names(batch.schema, repr(str(self.path)))
                yield _sound(batch)


@dataclass(frozen=True)
class _Lines:
    """A csv, tsv or jsonl file."""

    name: str
    path: Path
    options: Options
    rows: int | None = None

    def tables(self, columns: Columns) -> Iterator[Any]:
        """Yield as many rows at a time as are read together."""
        called, encoding = repr(str(self.path)), self.options.encoding
        by_line = self.path.suffix.lower() == ".jsonl"
        # JSON strings may hold U+2028 and its like; in csv a carriage return ends a line, too.
        newline = "\n" if by_line else ""
        with _readable(self.path), open_text(self.path, encoding, newline=newline) as file:
            if by_line:
                lines = CountedLines(file)
                rows = stream_json_lines(self.path, lines)
                while some := lines.some(rows, ROWS, BYTES):
                    yield arrow_tables.from_rows(some, called)
                return
            dialect = dialect_of(self.path.suffix.lower(), self.options)
            most = ROWS, BYTES
            for cells in stream_delimited(self.path, file, dialect, self.options.wanted, most):
                (decided,) = typed([cells], self.options.text)
                yield arrow_tables.from_columns(decided, called)


@dataclass(frozen=True)
class _Dataset:
    """A datasets.Dataset, or an IterableDataset, which is run through anew each time."""

    name: str
    dataset: Any

    @property
    def rows(self) -> int | None:
        """Of a Dataset its length; nobody knows how long an iterable one is."""
        return len(self.dataset) if hasattr(self.dataset, "__len__") else None

    def tables(self, columns: Columns) -> Iterator[Any]:
        """Yield batches of rows with the names of ClassLabels as metadata."""
        dataset = self.dataset
        if columns is not None and dataset.column_names is not None:
            dataset = dataset.select_columns([c for c in dataset.column_names if c in columns])
        metadata = None if dataset.features is None else dataset.features.arrow_schema.metadata
        for table in dataset.with_format("arrow").iter(batch_size=ROWS):
            yield table.replace_schema_metadata(metadata) if metadata else table


def _sound(batch: Any) -> Any:
    """Return a batch as a Table of plain columns; offsets that lead out of it are an error."""
    import pyarrow as pa

    batch.validate(full=True)
    return arrow_tables.plain(pa.Table.from_batches([batch]))


def _batch_rows(metadata: Any) -> int:
    """Return how many rows of a parquet file to decode at a time."""
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    widest = max((g.total_byte_size / max(g.num_rows, 1) for g in groups), default=1.0)
    return int(min(ROWS, max(1, BYTES / max(widest, 1.0))))


class _readable:  # noqa: N801 - a context, as those of contextlib
    """Says which file it was that could not be read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowException | UnicodeDecodeError):
            raise arrow_tables.unreadable(self._path, error) from error
        if isinstance(error, OSError):
            raise DataError(f"{str(self._path)!r} cannot be read: {error}.") from error
