"""Answers of several rows each, such as one for each word of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Blocks:
    """Rows (r, columns) of several answers, one after the other: answer i has `sizes[i]` rows."""

    rows: Rows
    sizes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, answer: Rows | Blocks) -> Blocks:
        """Return an array, whose every row is an answer, as Blocks."""
        if isinstance(answer, Blocks):
            return answer
        return cls(answer, np.ones(len(answer), np.int64))

    @classmethod
    def join(cls, parts: Sequence[Rows]) -> Blocks:
        """Return the answers as one."""
        return cls(np.concatenate(parts), np.array([len(part) for part in parts], np.int64))

    def __len__(self) -> int:
        return len(self.sizes)

    def split(self) -> list[Rows]:
        """Return the rows of each answer."""
        return np.split(self.rows, np.cumsum(self.sizes)[:-1])


class Gathering:
    """Puts the answers to parts of inputs together, once those to all parts are there.

    `owners` (parts,): which input each part is of, ascending. `whole`: makes one answer of those
    to an input's parts, in their order.
    """

    def __init__(
        self,
        owners: npt.NDArray[np.int64],
        whole: Callable[[Sequence[Rows]], Rows] = np.concatenate,
    ) -> None:
        self._owners = owners
        self._whole = whole
        self._missing = np.bincount(owners)
        self._held: dict[int, dict[int, Rows]] = {}

    def add(self, parts: npt.NDArray[np.int64], answers: Blocks) -> tuple[list[int], Blocks | None]:
        """Take the answers to some parts; return the inputs that are complete now, and theirs."""
        complete: list[int] = []
        for part, rows in zip(parts.tolist(), answers.split(), strict=True):
            owner = int(self._owners[part])
            self._held.setdefault(owner, {})[part] = rows
            self._missing[owner] -= 1
            if not self._missing[owner]:
                complete.append(owner)
        if not complete:
            return [], None
        whole = []
        for owner in complete:
            held = self._held.pop(owner)
            whole.append(self._whole([held[part] for part in sorted(held)]))
        return complete, Blocks.join(whole)
