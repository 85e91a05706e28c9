"""Rows, frames and datasets as one pyarrow Table of plain columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_accept.bounded_tables import SLICE, bounded
from pytest_accept.errors import DataError

ClassNames = dict[str, tuple[str, ...]]


def from_columns(columns: Mapping[str, Sequence[Any]], called: str) -> Any:
    """Return a Table of Python values; a column that mixes types is an error."""
    import pyarrow as pa

    arrays = {}
    for name, values in columns.items():
        try:
            arrays[name] = pa.array(values)
        except (pa.ArrowException, OverflowError, UnicodeError, TypeError) as error:
            raise DataError(_not_a_column(name, values, called, error)) from error
    return pa.table(arrays)


def from_rows(rows: Sequence[Any], called: str) -> Any:
    """Return a Table of dicts; a key that a row lacks is a missing value there."""
    names: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            what = f"{type(row).__name__} ({_short(row)})"
            message = f"Expected every row of {called} to be a dict, but row {number:,} is {what}."
            raise DataError(f"{message} Give each row the form {{'text': …, 'label': …}}.")
        names |= dict.fromkeys(row)
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        got = f"{strange[0]!r} ({type(strange[0]).__name__})"
        raise DataError(f"Expected the keys of {called} to be strings, but got {got}.")
    return from_columns({name: [row.get(name) for row in rows] for name in names}, called)


def from_frame(frame: Any) -> Any:
    """Return a pandas DataFrame as a Table, its index left out."""
    import pyarrow as pa

    repeated = [str(name) for name in frame.columns[frame.columns.duplicated()]]
    if repeated:
        message = f"The DataFrame has several columns called {repeated[0]!r}."
        raise DataError(f"{message} Rename or drop all but one of them.")
    try:
        return plain(pa.Table.from_pandas(frame, preserve_index=False))
    except (pa.ArrowException, OverflowError, UnicodeError) as error:
        # Arrow says what failed, then in which column.
        said = ". ".join(str(each) for each in error.args)
        message = f"The DataFrame has a column that mixes types: {said}."
        raise DataError(f"{message} Convert it first, for example with .astype(str).") from error


def from_arrow_file(path: Path) -> Any:
    """Return what a parquet file or an arrow file (of either form, stream or file) holds.

    DataError for a damaged file, and for one that does not fit into memory.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    called = repr(str(path))
    try:
        if path.suffix.lower() == ".parquet":
            # Not read_table(): it would add columns for folders called "key=value".
            with pq.ParquetFile(path) as file:
                check_names(file.schema_arrow, called)
                batches = file.iter_batches(batch_size=SLICE)
                return bounded(batches, file.schema_arrow, called, plain=plain)
        with pa.OSFile(str(path)) as file:
            try:
                opened = pa.ipc.open_file(file)
            except pa.ArrowInvalid:
                file.seek(0)
                stream = pa.ipc.open_stream(file)
                check_names(stream.schema, called)
                return bounded(stream, stream.schema, called, plain=plain)
            check_names(opened.schema, called)
            batches = map(opened.get_batch, range(opened.num_record_batches))
            return bounded(batches, opened.schema, called, plain=plain)
    except (pa.ArrowException, UnicodeDecodeError, KeyError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> DataError:
    """Return the error for a file that arrow cannot read."""
    kind = path.suffix.lower().lstrip(".")
    message = f"{str(path)!r} cannot be read as {kind}: {_sentence(error)}"
    return DataError(f"{message} The file may be damaged or of another kind.")


def check_names(schema: Any, called: str) -> None:
    """Raise a DataError if two columns have the same name."""
    repeated = next((name for name, n in Counter(schema.names).items() if n > 1), None)
    if repeated is not None:
        raise DataError(f"{called} has several columns called {repeated!r}. Drop all but one.")


def from_dataset(dataset: Any) -> Any:
    """Return a datasets.Dataset as a Table that keeps its features (ClassLabel names) as metadata.

    The arrow format keeps the order that `select`, `filter`, `shuffle` made, and decodes nothing.
    """
    table = dataset.with_format("arrow")[:]
    table.validate(full=True)  # offsets that lead out of a damaged file would end the process
    return table.replace_schema_metadata(dataset.features.arrow_schema.metadata)


def plain(table: Any) -> Any:
    """Return the table with strings as strings, and pandas categories as their values."""
    import pyarrow as pa

    for index, part in enumerate(table.schema):
        kind = part.type.value_type if pa.types.is_dictionary(part.type) else part.type
        if pa.types.is_string_view(kind):
            kind = pa.large_string()
        if kind != part.type:
            table = table.set_column(index, part.name, table.column(index).cast(kind))
    return table


def class_names(table: Any) -> ClassNames:
    """Return the names that a ClassLabel column, or a list of them, gives to its numbers.

    DataError where the metadata that hold them are damaged: numbers would stand for nothing.
    """
    metadata = (table.schema.metadata or {}).get(b"huggingface")
    if metadata is None:
        return {}
    try:
        features = (json.loads(metadata).get("info") or {}).get("features") or {}
        named = {column: _names(feature) for column, feature in features.items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise DataError(
            "The metadata that `datasets` has written into the file are damaged, so what its label "
            f"numbers mean is not known: {_sentence(error)} Write the file again."
        ) from error
    there = set(table.column_names)
    return {column: names for column, names in named.items() if names and column in there}


def _names(feature: Any) -> tuple[str, ...] | None:
    # A list feature is {"_type": "List", "feature": …}; before datasets 4 it was [feature].
    if isinstance(feature, list):
        feature = feature[0] if len(feature) == 1 else None
    if not isinstance(feature, dict):
        return None
    if feature.get("_type") == "ClassLabel":
        names = feature.get("names") or ()
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            raise TypeError(f"the names of its classes are {_short(names)}")
        return tuple(names)
    if feature.get("_type") in ("List", "LargeList", "Sequence"):
        return _names(feature.get("feature"))
    return None


def _not_a_column(name: str, values: Sequence[Any], called: str, error: Exception) -> str:
    firsts: dict[str, int] = {}
    for number, value in enumerate(values, 1):
        if value is not None:
            firsts.setdefault(type(value).__name__, number)
    if len(firsts) > 1:
        seen = ", ".join(f"{kind} in row {number:,}" for kind, number in firsts.items())
        message = f"Column {name!r} of {called} mixes types: {seen}."
        return f"{message} Give all its values one type."
    for number, value in enumerate(values, 1):
        if isinstance(value, str) and not _is_unicode(value):
            return (
                f"Row {number:,} of column {name!r} of {called} is not valid Unicode: "
                f"{_short(value)} holds half a character (a lone surrogate), which no tokenizer "
                "takes. Was it read with errors='surrogateescape', or cut inside of a character?"
            )
    return f"Column {name!r} of {called} cannot be read: {_sentence(error)}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _sentence(error: Exception) -> str:
    text = str(error.args[0] if error.args else error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    return first if first.endswith(".") else f"{first}."
