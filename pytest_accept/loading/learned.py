"""The examples that models of this run have learned from, so that judging by these is noticed.

A model is known by its fingerprint, so its predictions are, too. What was trained elsewhere, or by
a user's own function, is not known.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

_learned: dict[str, frozenset[Hashable]] = {}


def remember(
    fingerprint: str | None, inputs: Iterable[Hashable], *, base: str | None = None
) -> None:
    """Remember what a model learned from, beside what its base (a fingerprint) had."""
    if fingerprint is not None:
        before = _learned.get(base or "", frozenset())
        _learned[fingerprint] = frozenset(inputs) | before


def count(fingerprint: str | None, inputs: Iterable[Hashable]) -> int:
    """Return how many of these examples a model is known to have learned from."""
    known = _learned.get(fingerprint or "")
    return sum(each in known for each in inputs) if known else 0
