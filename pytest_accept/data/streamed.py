"""Data larger than memory: its examples are read in chunks, and never there together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import starmap
from typing import Any, NoReturn

import numpy as np

from pytest_accept.data.checked_tables import checked_table, drawn, sampled
from pytest_accept.data.chunks import read_chunks
from pytest_accept.data.columns import check_columns
from pytest_accept.data.contents import Digest
from pytest_accept.data.data import Data
from pytest_accept.data.files import concatenated
from pytest_accept.data.options import Options
from pytest_accept.data.origins import Origins, origins_of
from pytest_accept.data.sketches import DistinctValues
from pytest_accept.data.slices import (
    Condition,
    condition_label,
    equal_label,
    equal_rows,
    split_condition,
    true_rows,
)
from pytest_accept.data.stream_sources import Stream, open_stream
from pytest_accept.errors import DataError, SettingError, unknown
from pytest_accept.records import DataDescription

STREAMING_METRICS = (
    "accuracy",
    "precision",
    "recall",
    "f1",
    "balanced_accuracy",
    "matthews_corrcoef",
    "confusion",
    "cross_entropy",
    "brier_score",
    "expected_calibration_error",
    "overconfidence",
)
"""The metrics that one pass over streamed data can answer."""

_NEED_ALL = ("_table", "_rows")


@dataclass(frozen=True)
class _Condition:
    """One condition of a slice: a column with the values it may have, or a function."""

    label: str
    column: str | None
    wanted: Any

    @property
    def key(self) -> Hashable:
        """What tells it from others; of a function the function itself."""
        try:
            hash(self.wanted)
        except TypeError:
            return self.label, self.column, repr(self.wanted)
        return self.label, self.column, self.wanted


class _Known:
    """What all slices of streamed data share: what a pass has found out."""

    def __init__(self) -> None:
        self.description: DataDescription | None = None
        self.passes: Any = None


class StreamedData(Data):
    """Labelled examples that are read in chunks, as `load_data(..., streaming=True)` makes them.

    It has the names and columns of a Data, and `where` takes a part of it; whatever needs all
    examples together (`len`, `inputs`, most metrics) raises a DataError that says what streams.
    `describe`, and so the fingerprint, takes a reading of the whole, once.
    """

    streamed = True

    def __init__(
        self,
        stream: Stream,
        options: Options,
        *,
        columns: tuple[str, ...],
        of_words: bool,
        conditions: tuple[_Condition, ...] = (),
        known: _Known | None = None,
    ) -> None:
        self._stream = stream
        self._options = options
        self._all_columns = columns
        self._of_words = of_words
        self._kept = conditions
        self._known = known or _Known()

    def __getattr__(self, name: str) -> Any:
        # Whatever Data does not know of itself goes through these two.
        if name in _NEED_ALL:
            self.refuse()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __len__(self) -> int:  # noqa: PLE0303 - it never returns
        self.refuse()

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        rows = self._stream.rows
        size = "examples not counted yet" if rows is None else f"{rows:,} examples"
        columns = ", ".join(map(repr, self.columns))
        of = "of " if self._kept else ""
        return f"<StreamedData {self.population!r}: {of}{size}, columns {columns}>"

    def __reduce__(self) -> tuple[Any, ...]:
        made = partial(
            StreamedData,
            columns=self._all_columns,
            of_words=self._of_words,
            conditions=self._kept,
        )
        return made, (self._stream, self._options)

    def refuse(self, what: str = "This") -> NoReturn:
        """Raise the DataError for what needs all examples together."""
        raise DataError(
            f"{what} needs all examples of {self.name!r} at once, but they are streamed: read in "
            f"chunks and forgotten. What streams: {', '.join(STREAMING_METRICS)}, of a text "
            "classifier. For everything else draw a sample: "
            "load_data(..., streaming=True, limit=5000)."
        )

    @property
    def name(self) -> str:
        """What reports call the data."""
        return self._options.name or self._stream.name

    @property
    def population(self) -> str:
        """Which examples these are."""
        conditions = ", ".join(each.label for each in self._kept)
        return self.name + (f"[{conditions}]" if conditions else "")

    @property
    def rows_to_read(self) -> int | None:
        """How many rows a pass reads, None if nobody knows before."""
        return self._stream.rows

    @property
    def conditions(self) -> Hashable:
        """What tells this slice from others of the same stream."""
        return tuple(each.key for each in self._kept)

    @property
    def known(self) -> _Known:
        """What passes have found out, shared by all slices."""
        return self._known

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return self._all_columns

    @property
    def group(self) -> tuple[str, ...]:
        """The columns that say which group an example belongs to; empty for none."""
        return self._options.group

    @property
    def cluster(self) -> str | None:
        """The column whose equal values make examples dependent, "text", or None."""
        return self._options.cluster

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns that hold the texts."""
        return self._options.text

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that hold the labels; empty for unlabelled data."""
        return self._options.labels

    @property
    def labelled(self) -> bool:
        """Whether the examples have labels."""
        return self._options.label is not None

    @property
    def of_words(self) -> bool:
        """Whether the texts are split into words."""
        return self._of_words

    @property
    def cases_in_all(self) -> int | None:
        """None: streamed data are a sample of the world."""
        return None

    @property
    def whole(self) -> StreamedData:
        """All examples of the stream, of which these are a part."""
        return self._part(())

    def where(
        self,
        condition: Condition | Mapping[str, object] | None = None,
        /,
        *,
        name: str | None = None,
        **equals: object,
    ) -> StreamedData:
        """Return the examples that fulfil all conditions: each slice takes a pass of its own.

        As `Data.where`; that no example is left is found out by the pass. SettingError for a
        condition that asks a model, whose answers would have to be remembered.
        """
        function, columns = split_condition(condition, name, equals)
        added = []
        for column, wanted in columns.items():
            if column not in self.columns:
                raise DataError(unknown("column", column, self.columns))
            added.append(_Condition(equal_label(column, wanted), column, wanted))
        if function is not None:
            if "confidence_between(" in getattr(function, "expression", ""):
                raise SettingError(
                    "confidence_between() asks a model of all examples and keeps its answers, which"
                    f" {self.name!r} has too many of: they are streamed. Slice them by column or "
                    "text, or draw a sample: load_data(..., streaming=True, limit=5000)."
                )
            added.append(_Condition(condition_label(function, name), None, function))
        return self._part((*self._kept, *added))

    def chunks(self, *further: str) -> Iterator[Data]:
        """Yield all examples of the stream, whatever the slice, as Data of some thousand each.

        They have the columns that labels, texts and conditions need, and `further` ones. Raises
        what `load_data` would of these rows.
        """
        by_function = any(each.column is None for each in self._kept)
        named = [each.column for each in self._kept if each.column is not None]
        needed = (*self._options.wanted, *named, *further)
        columns = None if by_function else needed
        return _chunks(self._stream, self._options, columns, needed)

    def keep(self, chunk: Data) -> Data | None:
        """Return the examples of a chunk that belong to this slice, None if there are none."""
        table, rows = chunk._table, chunk.rows
        for each in self._kept:
            if not len(rows):
                return None
            if each.column is not None:
                rows = equal_rows(table, rows, each.column, each.wanted)
            elif hasattr(each.wanted, "holds"):
                rows = rows[each.wanted.holds(Data(table, rows))]
            else:
                rows = true_rows(table, rows, each.wanted, each.label)
        return Data(table, rows) if len(rows) else None

    def clusters(self, column: str | None = None) -> None:
        """Return None: codes of clusters would be as long as the data."""

    @property
    def notes(self) -> tuple[str, ...]:
        """None before the examples are read; a criterion says what its pass found."""
        return ()

    @cached_property
    def fingerprint(self) -> str:
        """xxh3_128 of the texts and labels in order, as hex: the one of the same data in memory.

        DataError for a slice.
        """
        if self._kept:
            self.refuse("The fingerprint of a slice")
        return self.describe().fingerprint

    def describe(self) -> DataDescription:
        """Return what identifies the whole stream; reads it if nothing has done so before."""
        if self._known.description is None:
            reading = Reading(self)
            for chunk in self.whole.chunks():
                reading.add(chunk)
            reading.end()
        assert self._known.description is not None
        return self._known.description

    def _part(self, conditions: tuple[_Condition, ...]) -> StreamedData:
        return StreamedData(
            self._stream,
            self._options,
            columns=self._all_columns,
            of_words=self._of_words,
            conditions=conditions,
            known=self._known,
        )


class Reading:
    """What identifies streamed data, gathered while its chunks pass by. `n` counts the examples."""

    def __init__(self, data: StreamedData) -> None:
        self.n = 0
        self._data = data
        self._digest = Digest(labelled=data.labelled)
        self._texts = DistinctValues()

    def add(self, chunk: Data) -> None:
        """Take note of the next examples, all of them, in order."""
        self.n += len(chunk)
        if self._data.known.description is not None:
            return
        self._digest.update(chunk.inputs, chunk._table.keys)
        self._texts.add(chunk.text_hashes)

    def end(self) -> None:
        """Keep the description with the data; DataError if they were others before."""
        known = self._data.known.description
        if known is not None and known.n != self.n:
            raise DataError(
                f"{self._data.name!r} had {known.n:,} examples when it was read first, and now has "
                f"{self.n:,}. A stream must give the same examples every time: a generator must "
                "begin anew, and a shuffle needs a seed."
            )
        if known is None:
            self._data.known.description = DataDescription(
                name=self._data.name,
                source=self._data._stream.origin,
                fingerprint=self._digest.hexdigest(),
                n=self.n,
                columns=self._data.columns,
                duplicates=self._texts.repeats(),
            )


def load_stream(source: Any, options: Options) -> Data:
    """Return a source as StreamedData, its first chunk checked; with `limit` a Data of a draw.

    Raises what `load_data` raises.
    """
    stream = open_stream(source, options)
    if options.limit is not None:
        return _draw(stream, options)
    chunks = _chunks(stream, options, None)
    first = next(chunks, None)
    if first is None:
        raise DataError(f"{stream.origin!r} has no rows: expected at least one example.")
    return StreamedData(stream, options, columns=first.columns, of_words=first.of_words)


def _chunks(
    stream: Stream, options: Options, columns: Any, needed: tuple[str, ...] = ()
) -> Iterator[Data]:
    """Yield chunks; the first one had the columns that are `needed`, so each of these must."""
    name = options.name or stream.name
    called = repr(name if stream.origin == "memory" else stream.origin)

    def made(arrow: Any, origins: Origins) -> Data:
        _check_same(arrow, needed, called, origins.origin(0))
        check_columns(arrow, options, called)
        table = checked_table(arrow, options, origins, name=name, source=stream.origin)
        return Data(table, np.arange(len(table), dtype=np.int64))

    # Not a loop, whose variables would hold a chunk while the next one is read.
    return starmap(made, read_chunks(stream, columns))


def _check_same(table: Any, needed: tuple[str, ...], called: str, where: str) -> None:
    """Raise a DataError if a later part of a stream lacks a column that its beginning has."""
    missing = [column for column in needed if column not in table.column_names]
    if missing:
        raise DataError(
            f"{called}: from {where} on there is no column {missing[0]!r}, but there is one "
            "before. Give all files the same columns, or load them one by one."
        )


def _draw(stream: Stream, options: Options) -> Data:
    """Return a random sample of the rows: the one that `limit` draws of the same data in memory."""
    wanted = options.wanted
    total = stream.rows
    if total is None:
        total = sum(arrow.num_rows for arrow, _ in read_chunks(stream, wanted))
    assert options.limit is not None
    whole = total <= options.limit
    rows = np.arange(total, dtype=np.int64) if whole else drawn(options, total)
    parts, names, files = [], [], []
    before = 0
    for part in stream.parts:
        began = before
        for table in part.tables(None):
            if before:
                _check_same(table, options.wanted, repr(stream.origin), part.name)
            check_columns(table, options, repr(stream.origin))
            inside = rows[
                np.searchsorted(rows, before) : np.searchsorted(rows, before + len(table))
            ]
            if len(inside):
                parts.append(table.take(inside - before))
                names.append(part.name)
            before += len(table)
        files.append((part.name, before - began))
    if not parts:
        raise DataError(f"{stream.origin!r} has no rows: expected at least one example.")
    table = checked_table(
        concatenated(parts, names),
        replace(options, limit=None) if whole else options,
        origins_of(files).keep(rows),
        name=options.name or stream.name,
        source=stream.origin,
        notes=() if whole else (sampled(options, total),),
    )
    return Data(table, np.arange(len(table), dtype=np.int64))
