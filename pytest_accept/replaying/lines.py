"""A model's answers as lines of text, and back again to the last bit.

A line is the content hash of an input, "!" if the input was cut, and the numbers of its answer:
rows are separated by ";", numbers by spaces, as in `0a1b2c3d4e5f6071 -1.25 3.5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.blocks import Blocks, Rows

CUT = "!"
_KEY = re.compile(r"[0-9a-f]{16}!?")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


@dataclass(frozen=True)
class Table:
    """Answers found by key: answer i is the rows from `starts[i]` to `starts[i + 1]`."""

    index: dict[str, int]
    rows: Rows
    starts: npt.NDArray[np.int64]
    cut: npt.NDArray[np.bool_]

    @classmethod
    def empty(cls, columns: int) -> Table:
        """Return a table without answers."""
        return cls({}, np.empty((0, columns)), np.zeros(1, np.int64), np.zeros(0, np.bool_))

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many rows each answer has."""
        return np.diff(self.starts)

    def take(self, at: npt.NDArray[np.int64]) -> Blocks:
        """Return some of the answers, in that order."""
        sizes = self.sizes[at]
        # Where each row is: the answer's start, and how many rows of it came before.
        before = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return Blocks(self.rows[np.repeat(self.starts[at], sizes) + before], sizes)


def written(keys: Sequence[str], answers: Blocks, cut: npt.NDArray[np.bool_]) -> list[str]:
    """Return a line for each answer, in the order of the keys."""
    rows = iter(_texts(answers.rows))
    lines = [
        f"{key}{CUT if short else ''} {';'.join(next(rows) for _ in range(size))}".rstrip()
        for key, size, short in zip(keys, answers.sizes.tolist(), cut.tolist(), strict=True)
    ]
    return sorted(lines)


def read(lines: Iterable[str], *, columns: int, dtype: str) -> Table:
    """Return the answers that lines hold, all of `columns` finite numbers a row.

    ValueError, naming the line, for anything else.
    """
    index: dict[str, int] = {}
    cut: list[bool] = []
    sizes: list[int] = []
    tokens: list[str] = []
    for at, line in enumerate(lines):
        key, _, numbers = line.partition(" ")
        if not _KEY.fullmatch(key):
            raise ValueError(f"answer {at + 1:,} does not begin with a content hash ({key[:40]!r})")
        rows = [row.split() for row in numbers.split(";")] if numbers else []
        if any(len(row) != columns for row in rows):
            raise ValueError(f"answer {at + 1:,} ({key}) has not {columns} numbers in each row")
        if index.setdefault(key[:16], at) != at:
            raise ValueError(f"answer {at + 1:,} ({key}) is there twice")
        cut.append(key.endswith(CUT))
        sizes.append(len(rows))
        tokens += (each for row in rows for each in row)
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    return Table(index, _numbers(tokens, columns, dtype), starts, np.array(cut, np.bool_))


def _texts(rows: Rows) -> list[str]:
    """Return each row's numbers, written as shortly as they can be read back to the last bit."""
    if rows.dtype != np.float32:
        return [" ".join(map(repr, row)) for row in rows.tolist()]
    short = rows.astype(str)
    # The shortest decimals of a float32 go through a float64 when they are read: see that it holds.
    exact = short.astype(np.float64).astype(np.float32) == rows
    if not exact.all():
        short = np.where(exact, short, rows.astype(np.float64).astype(str))
    return [" ".join(row) for row in short.tolist()]


def _numbers(tokens: list[str], columns: int, dtype: str) -> Rows:
    strange = next((each for each in tokens if not _NUMBER.fullmatch(each)), None)
    if strange is not None:
        raise ValueError(f"an answer holds {strange[:40]!r}, which is not a finite number")
    with np.errstate(over="ignore"):
        found: npt.NDArray[Any] = np.array(list(map(float, tokens)), np.float64).astype(dtype)
    if not np.isfinite(found).all():
        large = tokens[int(np.argmin(np.isfinite(found)))]
        raise ValueError(f"an answer holds {large[:40]!r}, which is beyond {dtype}")
    return found.reshape(-1, columns)
