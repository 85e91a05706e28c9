"""Where judged criteria wait until someone collects them.

The plugin takes them after every phase of a test. Outside pytest nobody does, so nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_accept.records import DataDescription, ModelDescription, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with the descriptions of what it is about, before it is put into a Record."""

    verdict: Verdict
    model: ModelDescription
    data: DataDescription
    seconds: float


_waiting: list[Judged] | None = None


def start() -> None:
    """Begin to keep what is judged."""
    global _waiting  # noqa: PLW0603 - one run, one list
    if _waiting is None:
        _waiting = []


def record(judged: Judged) -> None:
    """Keep a judged criterion for whoever collects them."""
    if _waiting is not None:
        _waiting.append(judged)


def collect() -> list[Judged]:
    """Return what was judged since the last call, and forget it."""
    if not _waiting:
        return []
    taken = list(_waiting)
    _waiting.clear()
    return taken
