"""Which criteria have a place on a page, and which have their figures: a browser shows so many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

SHOWN = 2_000
"""More criteria than these no page lists; it counts the others."""

DRAWN = 200
"""Of more criteria than these no page draws what takes a tenth of a second each: their past, and
curves."""

T = TypeVar("T")


def gravest(found: Sequence[T], rank: Callable[[T], int], most: int) -> list[int]:
    """Return the places of at most so many, those of the lowest rank first, in their own order."""
    if len(found) <= most:
        return list(range(len(found)))
    by_rank = sorted(range(len(found)), key=lambda place: rank(found[place]))
    return sorted(by_rank[:most])
