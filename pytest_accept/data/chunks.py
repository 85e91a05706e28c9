"""The rows of a stream, some thousand at a time, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pytest_accept.data.origins import Origins
from pytest_accept.data.stream_sources import BYTES, ROWS, Columns, Stream


@dataclass(frozen=True)
class _Piece:
    """Rows of one part: a Table, and the number of rows of the part before them."""

    part: str
    start: int
    table: Any


def read_chunks(stream: Stream, columns: Columns) -> Iterator[tuple[Any, Origins]]:
    """Yield Tables of at most ROWS rows and about BYTES with their origins.

    Where they are cut depends on the rows alone, as long as all parts have the same columns: small
    files share chunks.
    """
    waiting: list[_Piece] = []
    rows = size = 0
    for piece in _pieces(stream, columns):
        table = piece.table
        if waiting and not table.schema.equals(waiting[-1].table.schema, check_metadata=True):
            yield _joined(waiting)
            waiting, rows, size = [], 0, 0
        at = 0
        while at < table.num_rows:
            part = table.slice(at, ROWS - rows)
            waiting.append(_Piece(piece.part, piece.start + at, part))
            at += part.num_rows
            rows += part.num_rows
            size += part.nbytes
            if rows == ROWS or size >= BYTES:
                yield _joined(waiting)
                waiting, rows, size = [], 0, 0
    if waiting:
        yield _joined(waiting)


def _pieces(stream: Stream, columns: Columns) -> Iterator[_Piece]:
    for part in stream.parts:
        start = 0
        for table in part.tables(columns):
            yield _Piece(part.name, start, table)
            start += table.num_rows


def _joined(pieces: list[_Piece]) -> tuple[Any, Origins]:
    import pyarrow as pa

    positions, starts, begin = [], [], 0
    for piece in pieces:
        starts.append(begin)
        begin += piece.start
        positions.append(np.arange(begin, begin + piece.table.num_rows, dtype=np.int64))
        begin += piece.table.num_rows
    origins = Origins(
        files=tuple(piece.part for piece in pieces),
        starts=tuple(starts),
        positions=np.concatenate(positions),
    )
    return pa.concat_tables([piece.table for piece in pieces]), origins
