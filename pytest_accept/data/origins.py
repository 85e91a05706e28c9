"""Where each example stands, as a person would look it up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Origins:
    """Maps a row of the loaded table to its file and row there.

    `files` names each file, `starts` is the source row at which each begins; one entry for sources
    that are no files. `positions` are the source rows that were kept, in order. `lines` are the
    lines on which the rows of a file begin, for files that are looked up by line.
    """

    files: tuple[str, ...]
    starts: tuple[int, ...]
    positions: NDArray[np.int64]
    lines: tuple[Sequence[int] | None, ...] = ()

    def origin(self, row: int) -> str:
        """Return such as "tweets.tsv row 318" (rows count from 1, a header not counted), or
        "dev.conll line 318".
        """
        position = int(self.positions[row])
        file = bisect_right(self.starts, position) - 1
        at = position - self.starts[file]
        lines = self.lines[file] if self.lines else None
        return f"{self.files[file]} " + (
            f"row {at + 1:d}" if lines is None else f"line {lines[at]:d}"
        )

    def first(self, rows: Iterable[int], shown: int = 5) -> str:
        """Return the first of these rows as one phrase: "tweets.tsv row 3, tweets.tsv row 9, …"."""
        listed = list(rows)
        more = ", …" if len(listed) > shown else ""
        return ", ".join(self.origin(row) for row in listed[:shown]) + more

    def keep(self, rows: NDArray[np.int64]) -> Origins:
        """Return the origins of a sample of the rows."""
        return replace(self, positions=self.positions[rows])


def origins_of(
    files: Sequence[tuple[str, int]], lines: tuple[Sequence[int] | None, ...] = ()
) -> Origins:
    """Return the origins of a table made of these (name, number of rows), one after another."""
    starts = np.cumsum([0, *(rows for _, rows in files)])
    return Origins(
        files=tuple(name for name, _ in files),
        starts=tuple(int(start) for start in starts[:-1]),
        positions=np.arange(int(starts[-1]), dtype=np.int64),
        lines=lines,
    )
