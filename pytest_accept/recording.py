"""Where judged criteria, and trainings, wait until someone collects them.

The plugin takes them after every phase of a test. Outside pytest nobody does, so nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest_accept
from pytest_accept.records import (
    Contents,
    DataDescription,
    ModelDescription,
    PerExample,
    Training,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with the descriptions of what it is about, before it is put into a Record.

    `each` and `contents` are there if the run keeps predictions. `shared` says of what
    a fixture is that judged it for several tests: the node id of a module, of a class, "" of the
    session. A test that is run again does not judge it again, and another xdist worker does.
    """

    verdict: Verdict
    model: ModelDescription
    data: DataDescription
    seconds: float
    each: PerExample | None = None
    contents: Contents | None = None
    shared: str | None = None


_waiting: list[Judged] = []
_trainings: list[Training] = []


def record(judged: Judged) -> None:
    """Keep a judged criterion, if pytest runs and will collect it."""
    if pytest_accept._configured is not None:
        _waiting.append(judged)


def collect() -> list[Judged]:
    """Return what was judged since the last call, and forget it."""
    taken = list(_waiting)
    _waiting.clear()
    return taken


def count() -> int:
    """Return how many judged criteria wait."""
    return len(_waiting)


def share(since: int, among: str) -> None:
    """Note that a fixture of the node `among` has judged all but the first `since` that wait."""
    _waiting[since:] = [replace(each, shared=among) for each in _waiting[since:]]


def record_training(training: Training) -> None:
    """Keep what became of a training, if pytest runs and will collect it."""
    if pytest_accept._configured is not None:
        _trainings.append(training)


def collect_trainings() -> list[Training]:
    """Return the trainings since the last call, and forget them."""
    taken = list(_trainings)
    _trainings.clear()
    return taken
