"""Predictions that were made elsewhere: arrays and tables of probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from pytest_accept.bounded_tables import SLICE, bounded
from pytest_accept.errors import DataError, PredictionError, unknown
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.prediction.probabilities import as_probabilities
from pytest_accept.records import ModelDescription

TASK = "text-classification"
FORMATS = (".csv", ".tsv", ".parquet")


def load_predictions(
    source: Any,
    *,
    labels: Sequence[str] | None = None,
    name: str | None = None,
    multi_label: bool = False,
    text: str | None = None,
) -> Predictions:
    """Return stored probabilities as Predictions.

    `source` is an array, tensor or list of shape (n, k) with `labels` for its columns (with two
    labels also (n,), the probability of the second), or the path of a csv, tsv or parquet file with
    one column per label. Without `labels`, every number column of a file is taken as one. A column
    `text` (or the one named so) is compared with the data that the predictions are used for.

    PredictionError if values are not finite, not in 0..1, or rows do not sum to 1 within 1e-3
    (unless `multi_label`).
    """
    if isinstance(source, str | Path):
        return _of_file(Path(source).expanduser(), labels, name, multi_label, text)
    if labels is None:
        raise PredictionError("An array does not name its columns: pass labels=, in their order.")
    names = _names(labels)
    values = as_probabilities(source, len(names), "the stored values", multi_label=multi_label)
    called = name or "predictions"
    return _predictions(values, names, name=called, source="an array", multi_label=multi_label)


def _of_file(
    file: Path,
    labels: Sequence[str] | None,
    name: str | None,
    multi_label: bool,
    text: str | None,
) -> Predictions:
    table = _read(file)
    columns = _columns(file, table)
    column = _text_column(file, columns, text)
    if labels is None:
        names = _guess(file, table, column, multi_label)
    else:
        names = _names(labels)
        for each in names:
            if each not in columns:
                raise PredictionError(f"In {file.name!r}: {unknown('column', each, columns)}")
    values = np.stack([_numbers(file, table, each) for each in names], axis=1)
    what = f"the columns {', '.join(names)} of {file.name!r}"
    try:
        checked = as_probabilities(
            values,
            len(names),
            what,
            multi_label=multi_label,
            shown=lambda row: f"row {row + 1:,}",
        )
    except PredictionError as error:
        if labels is not None:
            raise
        raise PredictionError(
            f"{error} Say which columns are probabilities with labels=[…]; {file.name!r} has the "
            f"columns {columns!r}."
        ) from error
    inputs = None if column is None else _texts(file, table, column)
    return _predictions(
        checked,
        names,
        name=name or file.stem,
        source=str(file),
        multi_label=multi_label,
        inputs=inputs,
    )


def _read(file: Path) -> Any:
    import pyarrow as pa
    from pyarrow import csv, parquet

    if not file.is_file():
        raise PredictionError(f"There is no file {str(file)!r} with predictions.")
    if file.suffix not in FORMATS:
        raise PredictionError(
            f"Expected stored predictions as {', '.join(FORMATS)}, but got {file.name!r}."
        )
    try:
        if file.suffix == ".parquet":
            with parquet.ParquetFile(file) as opened:
                batches = opened.iter_batches(batch_size=SLICE)
                return bounded(batches, opened.schema_arrow, repr(str(file)))
        delimiter = "\t" if file.suffix == ".tsv" else ","
        parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
        return csv.read_csv(file, parse_options=parse)
    except (pa.ArrowException, OSError, UnicodeDecodeError, DataError) as error:
        raise PredictionError(f"Cannot read {str(file)!r}: {error}.") from error


def _columns(file: Path, table: Any) -> list[str]:
    try:
        columns = [str(each) for each in table.column_names]
    except UnicodeDecodeError as error:
        raise PredictionError(f"The header of {str(file)!r} is not UTF-8: {error}.") from error
    repeated = next((name for name in columns if columns.count(name) > 1), None)
    if repeated is not None:
        raise PredictionError(
            f"{str(file)!r} has several columns called {repeated!r}. Rename or drop all but one."
        )
    return columns


def _texts(file: Path, table: Any, column: str) -> list[str]:
    try:
        return [str(each) for each in table[column].to_pylist()]
    except UnicodeDecodeError as error:
        raise PredictionError(
            f"The texts in column {column!r} of {str(file)!r} are not UTF-8: {error}."
        ) from error


def _text_column(file: Path, columns: list[str], text: str | None) -> str | None:
    if text is None:
        return "text" if "text" in columns else None
    if text not in columns:
        raise PredictionError(f"In {file.name!r}: {unknown('column', text, columns)}")
    return text


def _guess(file: Path, table: Any, text: str | None, multi_label: bool) -> tuple[str, ...]:
    import pyarrow as pa

    numbers = [
        each.name
        for each in table.schema
        if (pa.types.is_floating(each.type) or pa.types.is_integer(each.type)) and each.name != text
    ]
    if multi_label or not numbers:
        why = "several labels at once" if multi_label else "no columns of numbers"
        raise PredictionError(
            f"Which columns of {file.name!r} are probabilities? With {why}, say labels=[…]. It has "
            f"the columns {[str(each) for each in table.column_names]!r}."
        )
    return tuple(numbers)


def _numbers(file: Path, table: Any, column: str) -> npt.NDArray[np.float64]:
    import pyarrow as pa

    try:
        return np.asarray(table[column].cast(pa.float64()).to_numpy(), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise PredictionError(
            f"The column {column!r} of {file.name!r} is not of numbers: {error}."
        ) from error


def _names(labels: Sequence[str]) -> tuple[str, ...]:
    names = tuple(str(each) for each in labels)
    if not names or len(set(names)) != len(names):
        raise PredictionError(f"Expected `labels` to be different names, but got {list(names)!r}.")
    return names


def _predictions(
    values: npt.NDArray[np.float64],
    labels: tuple[str, ...],
    *,
    name: str,
    source: str,
    multi_label: bool,
    inputs: Sequence[Input] | None = None,
) -> Predictions:
    digest = xxhash.xxh3_128("\n".join(labels).encode())
    digest.update(np.ascontiguousarray(values).data)
    return Predictions(
        probabilities=values,
        logits=None,
        labels=labels,
        multi_label=multi_label,
        truncated=np.zeros(len(values), np.bool_),
        model=ModelDescription(
            name=name,
            source=source,
            task=TASK,
            labels=labels,
            multi_label=multi_label,
            fingerprint=digest.hexdigest(),
        ),
        inputs=inputs,
    )
