"""The few examples of a stream that score highest, so that evidence does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_accept.assertions.evidence import SHOWN
from pytest_accept.records import Example


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An example with what it scored, negative so that the best come first, and its number."""

    rank: float
    number: int
    example: Example


class Board:
    """The SHOWN highest scores of each group of examples, the earlier example first on a tie."""

    def __init__(self) -> None:
        self._groups: dict[int, list[Entry]] = {}

    def add(
        self,
        scores: NDArray[np.float64],
        groups: NDArray[np.int64],
        numbers: NDArray[np.int64],
        example: Callable[[int], Example],
    ) -> None:
        """Add examples with their groups and `numbers` in the stream, all (n,).

        `example(i)` makes the i-th of them, and is called for none that has no place here.
        """
        order = np.lexsort((numbers, -scores, groups))
        sorted_groups = groups[order]
        begin = np.searchsorted(sorted_groups, sorted_groups, side="left")
        for i in order[np.arange(len(order)) - begin < SHOWN].tolist():
            kept = self._groups.setdefault(int(groups[i]), [])
            key = (-float(scores[i]), int(numbers[i]))
            if len(kept) == SHOWN and key > (kept[-1].rank, kept[-1].number):
                continue
            self._keep(int(groups[i]), [Entry(*key, example(i))])

    def merge(self, other: Board) -> None:
        """Add the examples of another board."""
        for group, entries in other._groups.items():
            self._keep(group, entries)

    def best(self, groups: Iterable[int] | None = None) -> list[Entry]:
        """Return the highest of some groups together, of all for None, highest first."""
        chosen = self._groups if groups is None else groups
        return first(each for group in chosen for each in self._groups.get(group, []))

    def _keep(self, group: int, entries: list[Entry]) -> None:
        self._groups[group] = first([*self._groups.get(group, []), *entries])


def first(entries: Iterable[Entry]) -> list[Entry]:
    """Return the SHOWN highest of these entries, each example once."""
    ordered = sorted(entries, key=lambda each: (each.rank, each.number))
    return list({each.number: each for each in ordered}.values())[:SHOWN]
