"""What a model has answered so far: each input once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.blocks import Blocks, Rows


class Answers:
    """A growing table of rows, found by input; an answer is one row or several."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self.clear()

    def __len__(self) -> int:
        return len(self._index)

    def clear(self) -> None:
        """Forget everything."""
        self._index: dict[Hashable, int] = {}
        self._rows: npt.NDArray[Any] = np.empty((0, self._columns), np.float32)
        self._used = 0
        # Answer i is the rows from `_starts[i]` to `_starts[i + 1]`.
        self._starts = np.zeros(1, np.int64)
        self._truncated = np.empty(0, np.bool_)

    def missing(self, inputs: Sequence[Hashable]) -> list[Any]:
        """Return the inputs without an answer, each once, in order."""
        return [each for each in dict.fromkeys(inputs) if each not in self._index]

    def add(
        self,
        inputs: Sequence[Hashable],
        answers: Blocks,
        truncated: npt.NDArray[np.bool_],
    ) -> None:
        """Keep the answers to inputs that have none yet."""
        start, end = len(self._index), len(self._index) + len(inputs)
        used = self._used + len(answers.rows)
        if not start:
            self._rows = self._rows.astype(answers.rows.dtype)
        self._rows = _with_room(self._rows, used)
        self._starts = _with_room(self._starts, end + 1)
        self._truncated = _with_room(self._truncated, end)
        self._rows[self._used : used] = answers.rows
        self._starts[start + 1 : end + 1] = self._used + np.cumsum(answers.sizes)
        self._truncated[start:end] = truncated
        self._used = used
        self._index.update(zip(inputs, range(start, end), strict=True))

    def get(
        self, inputs: Sequence[Hashable]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return the rows (n, columns) of answers of one row, and which inputs were cut (n,)."""
        at = self._at(inputs)
        return self._rows[self._starts[at]].astype(np.float64), self._truncated[at]

    def blocks(self, inputs: Sequence[Hashable]) -> tuple[list[Rows], npt.NDArray[np.bool_]]:
        """Return the rows (r, columns) of each answer, and which inputs were cut (n,)."""
        at = self._at(inputs)
        spans = zip(self._starts[at].tolist(), self._starts[at + 1].tolist(), strict=True)
        return [self._rows[start:stop] for start, stop in spans], self._truncated[at]

    def everything(self) -> tuple[list[Any], Blocks, npt.NDArray[np.bool_]]:
        """Return every input, the answers to them, and which of them were cut."""
        n = len(self._index)
        answers = Blocks(self._rows[: self._used], np.diff(self._starts[: n + 1]))
        return list(self._index), answers, self._truncated[:n]

    def _at(self, inputs: Sequence[Hashable]) -> npt.NDArray[np.int64]:
        return np.fromiter(map(self._index.__getitem__, inputs), np.int64, len(inputs))


def _with_room(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    if size <= len(array):
        return array
    room = max(size, 2 * len(array), 1024)
    grown = np.empty((room, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
