"""The past of each criterion of a Record: its verdicts in earlier Records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pytest_accept.records import Criterion, Record, Verdict

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """The verdicts on one criterion, oldest first and the present one last, each with words that
    name its run; empty if no earlier Record has the criterion.
    """

    runs: tuple[tuple[str, Verdict], ...] = ()

    @property
    def before(self) -> tuple[str, Verdict] | None:
        """The verdict before the present one."""
        return self.runs[-2] if len(self.runs) > 1 else None


def pasts(record: Record, earlier: Sequence[Record]) -> list[Past]:
    """Return the past of each criterion, in order. Criteria are the same if test, metric and
    population are, and of several models the name of the model.
    """
    runs = [*earlier, record]
    names = _names(runs)
    found = [dict(_keyed(each)) for each in runs]
    return [_past(key, names, found) for key, _ in _keyed(record)]


def _past(key: Key, names: Sequence[str], found: Sequence[dict[Key, Criterion]]) -> Past:
    of_it = tuple(
        (name, criteria[key].verdict)
        for name, criteria in zip(names, found, strict=True)
        if key in criteria
    )
    return Past(of_it) if len(of_it) > 1 else Past()


def _keyed(record: Record) -> Iterator[tuple[Key, Criterion]]:
    # A loop in a test may ask the same of the same again: its turns are told apart by their order.
    turns: Counter[tuple[str, str, str, str]] = Counter()
    for criterion in record.criteria:
        verdict = criterion.verdict
        model = record.models[criterion.model].name if len(record.models) > 1 else ""
        base = (criterion.test, verdict.estimate.name, verdict.population, model)
        yield (*base, turns[base]), criterion
        turns[base] += 1


def _names(runs: Sequence[Record]) -> list[str]:
    """Return what tells runs apart: their days, or their hours where days repeat."""
    days = [each.started[:10] for each in runs]
    if len(set(days)) == len(days):
        return days
    return [when(each.started, short=True) for each in runs]


def when(started: str, *, short: bool = False) -> str:
    """Return a moment of a Record to the minute; of what is none, its text."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{moment:%m-%d %H:%M}" if short else f"{moment:%Y-%m-%d %H:%M} UTC"
