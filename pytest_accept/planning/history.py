"""What an earlier run knows of a criterion that is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_accept.planning.posed import PosedCriterion
from pytest_accept.records import Criterion, Record


@dataclass(frozen=True, slots=True)
class Past:
    """A criterion as an earlier run judged it; its whole data, of all slices, had `total` rows."""

    criterion: Criterion
    total: int


class History:
    """The criteria of a Record, to be found by those of a plan, each by one."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._left = list(record.criteria)

    def find(self, posed: PosedCriterion) -> Past | None:
        """Return the criterion that was judged then, None if there was none like it.

        It is of the same test, metric and direction, of several rather that of the same population
        and bar, then the first; or, of a test that is new, the only one of that metric, direction
        and population, or the only one of those with the same options.
        """
        alike = [each for each in self._left if _is_alike(each, posed)]
        here = [each for each in alike if _tail(each.test) == _tail(posed.test)]
        elsewhere = [each for each in alike if each.verdict.population == posed.population]
        if here:
            return self._taken(max(here, key=lambda each: _likeness(each, posed)))
        if len(elsewhere) > 1:
            elsewhere = [each for each in elsewhere if _has_options_of(each, posed)]
        return self._taken(elsewhere[0]) if len(elsewhere) == 1 else None

    def _taken(self, found: Criterion) -> Past:
        self._left.remove(found)
        return Past(found, self._record.data[found.data].n)


def find_all(record: Record | None, posed: Sequence[PosedCriterion]) -> list[Past | None]:
    """Return what a Record knows of each criterion."""
    if record is None:
        return [None] * len(posed)
    history = History(record)
    return [history.find(each) for each in posed]


def _is_alike(known: Criterion, posed: PosedCriterion) -> bool:
    verdict = known.verdict
    return verdict.estimate.metric == posed.metric and verdict.direction == posed.direction


def _has_options_of(known: Criterion, posed: PosedCriterion) -> bool:
    """Return whether options are the same; a plan does not know all, such as the usual `draws`."""
    options = known.verdict.estimate.options
    return options == posed.options or options.startswith(f"{posed.options}, draws=")


def _likeness(known: Criterion, posed: PosedCriterion) -> tuple[bool, bool, bool]:
    verdict = known.verdict
    return (
        verdict.population == posed.population,
        verdict.bar == posed.bar,
        verdict.estimate.options == posed.options,
    )


def _tail(test: str) -> str:
    """Return a test's name with its file: from where pytest was called does not matter."""
    file, colons, name = test.partition("::")
    return f"{file.rpartition('/')[2]}{colons}{name}"
