"""What a model has answered so far: each input once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.predictions import Input


class Answers:
    """A growing table of rows, found by input."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self.clear()

    def __len__(self) -> int:
        return len(self._index)

    def clear(self) -> None:
        """Forget everything."""
        self._index: dict[Input, int] = {}
        self._rows: npt.NDArray[Any] = np.empty((0, self._columns), np.float32)
        self._truncated = np.empty(0, np.bool_)

    def missing(self, inputs: Sequence[Input]) -> list[Input]:
        """Return the inputs without an answer, each once, in order."""
        return [each for each in dict.fromkeys(inputs) if each not in self._index]

    def add(
        self,
        inputs: Sequence[Input],
        rows: npt.NDArray[Any],
        truncated: npt.NDArray[np.bool_],
    ) -> None:
        """Keep the answers to inputs that have none yet."""
        start, end = len(self._index), len(self._index) + len(inputs)
        if not start:
            self._rows = self._rows.astype(rows.dtype)
        if end > len(self._rows):
            room = max(end, 2 * len(self._rows), 1024)
            self._rows = _grown(self._rows, room)
            self._truncated = _grown(self._truncated, room)
        self._rows[start:end] = rows
        self._truncated[start:end] = truncated
        self._index.update(zip(inputs, range(start, end), strict=True))

    def get(self, inputs: Sequence[Input]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return the rows (n, columns) and which inputs were cut (n,)."""
        at = np.fromiter(map(self._index.__getitem__, inputs), np.int64, len(inputs))
        return self._rows[at].astype(np.float64), self._truncated[at]


def _grown(array: npt.NDArray[Any], room: int) -> npt.NDArray[Any]:
    grown = np.empty((room, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
