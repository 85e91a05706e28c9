"""Are the columns that were asked for there, and do they hold what they must."""

from __future__ import annotations

from typing import Any

from pytest_accept.data.labels import is_missing
from pytest_accept.data.options import Options
from pytest_accept.data.origins import Origins
from pytest_accept.errors import DataError, unknown


def check_columns(table: Any, options: Options, called: str) -> None:
    """Raise a DataError if there are no rows, or a column that was named is not there."""
    if table.num_rows == 0:
        columns = ", ".join(map(repr, table.column_names)) or "none"
        message = f"{called} has no rows: expected at least one example"
        raise DataError(f"{message}. Its columns: {columns}.")
    for column in options.wanted:
        if column in table.column_names:
            continue
        remedy = "Say which columns to use: load_data(..., text='…', label='…')."
        if column in options.labels:
            remedy = "Say which column holds the labels: label='…', or label=None if none does."
        raise DataError(f"{called}: {unknown('column', column, table.column_names)} {remedy}")


def check_texts(table: Any, options: Options, origins: Origins, called: str) -> None:
    """Raise a DataError if a text is missing or is neither a string nor a list of words."""
    import pyarrow as pa

    for column in options.text:
        cells = table.column(column)
        if cells.null_count:
            rows = [row for row, there in enumerate(cells.is_valid().to_pylist()) if not there]
            raise DataError(
                _missing(f"text in column {column!r}", rows, len(cells), origins, called)
            )
        if holds_words(cells.type) and len(options.text) == 1:
            _check_words(cells, column, origins, called)
        elif not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
            value = cells[0].as_py()
            raise DataError(
                f"Expected column {column!r} of {called} to hold texts (strings, or lists of "
                f"words), but it holds {cells.type}, such as {value!r} ({origins.origin(0)}). Name "
                "the column with the texts (text='…'), or convert it to strings first."
            )


def holds_words(kind: Any) -> bool:
    """Say whether an arrow type is that of lists of strings."""
    import pyarrow as pa

    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if not any(is_list(kind) for is_list in lists):
        return False
    return bool(pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type))


def _check_words(cells: Any, column: str, origins: Origins, called: str) -> None:
    sentences = cells.to_pylist()
    wrong = [row for row, words in enumerate(sentences) if not words or not all(words)]
    if wrong:
        what = "a word that is empty or missing" if sentences[wrong[0]] else "no words"
        raise DataError(
            f"{len(wrong):,} of {len(sentences):,} sentences of {called} cannot be read: the "
            f"first ({origins.origin(wrong[0])}) has {what} in column {column!r}. Drop such "
            "sentences, or such words with their tags, before loading."
        )


def check_members(table: Any, options: Options, origins: Origins, called: str) -> None:
    """Raise a DataError if an example belongs to no group, or to no cluster."""
    clusters = [] if options.cluster in (None, "text") else [str(options.cluster)]
    for kind, columns in (("group", options.group), ("cluster", clusters)):
        for column in columns:
            values = table.column(column).to_pylist()
            rows = [row for row, value in enumerate(values) if is_missing(value)]
            if rows:
                what = f"{kind} in column {column!r}"
                raise DataError(_missing(what, rows, len(values), origins, called))


def _missing(what: str, rows: list[int], total: int, origins: Origins, called: str) -> str:
    return (
        f"{len(rows):,} of {total:,} examples of {called} have no {what} ({origins.first(rows)}). "
        "Drop those rows or fill them in before loading."
    )
