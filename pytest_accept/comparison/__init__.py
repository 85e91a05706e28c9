"""Runs compared by their Records: which verdicts changed, by how much, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pytest_accept.comparison.changes import changes, standing
from pytest_accept.comparison.contexts import differences, notes, run_of
from pytest_accept.comparison.values import Comparison, Line
from pytest_accept.errors import SettingError
from pytest_accept.matching import Matched, matched
from pytest_accept.records import Record

__all__ = ["Comparison", "Line", "compare"]

_ORDER = {"worse": 0, "gone": 1, "better": 2, "new": 3, "same": 4, "absent": 5}
_SHOWN = {"worse": 0, "perhaps worse": 1, "better": 2, "perhaps better": 3, "": 4}


def compare(records: Sequence[tuple[str, Record]]) -> Comparison:
    """Return what became of each criterion over runs: names and Records, the oldest first.

    Criteria whose verdict changed come first, then those of which a paired interval shows a change.
    Raises SettingError for fewer than two, DataError for a Record whose examples are damaged.
    """
    if len(records) < 2:
        raise SettingError("A comparison takes two records or more, the oldest first.")
    every = [record for _, record in records]
    lines = matched(every)
    last = len(every) - 1
    between = [(place, place + 1) for place in range(last)]
    # Of two runs the only step is the whole, and must not count twice.
    *steps, overall = changes(lines, between if last == 1 else [*between, (0, last)])
    steps = steps or [overall]
    failed = _failed(every[0]), _failed(every[-1])
    found = []
    for place, line in enumerate(lines):
        newest = line.last
        verdict = newest.criterion.verdict
        named = verdict.behaviour.name if verdict.behaviour is not None else ""
        found.append(
            Line(
                test=newest.criterion.test,
                name=": ".join(each for each in (named, verdict.estimate.name) if each),
                population=verdict.population,
                data=newest.data,
                direction=verdict.direction,
                higher_is_better=verdict.estimate.higher_is_better,
                standings=tuple(standing(each) for each in line.runs),
                steps=tuple(step[place] for step in steps),
                overall=overall[place],
                notes=(*line.notes, *_why_missing(line, failed)),
            )
        )
    return Comparison(
        runs=tuple(run_of(name, record) for name, record in records),
        lines=tuple(sorted(found, key=_rank)),
        differences=differences(every),
        notes=notes(every),
    )


def _rank(line: Line) -> tuple[int, int]:
    paired = line.overall.paired
    return _ORDER[line.overall.fate], _SHOWN["" if paired is None else paired.shown]


def _why_missing(line: Matched, failed: tuple[AbstractSet[str], AbstractSet[str]]) -> Iterator[str]:
    """Return why the first or the last run lacks a criterion, where its test failed before it."""
    test = line.last.criterion.test
    sides = (("first", line.runs[0], failed[0]), ("last", line.runs[-1], failed[1]))
    for side, judged, tests in sides:
        if judged is None and test in tests:
            yield f"not judged in the {side} run, where its test failed before"


def _failed(record: Record) -> AbstractSet[str]:
    """Return the tests of a run that did not come to all of their criteria."""
    tests = {each.test for each in record.criteria if each.outcome == "failed"}
    return tests | set(record.not_judged)
