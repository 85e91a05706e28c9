"""The past of each criterion of a Record: its verdicts in earlier Records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pytest_accept.matching import Matched, matched
from pytest_accept.records import Record, Verdict


@dataclass(frozen=True, slots=True)
class Past:
    """The verdicts on one criterion, oldest first and the present one last, each with words that
    name its run; empty if no earlier Record has the criterion. `notes` say why it is taken for the
    same one where that is not plain.
    """

    runs: tuple[tuple[str, Verdict], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def before(self) -> tuple[str, Verdict] | None:
        """The verdict before the present one."""
        return self.runs[-2] if len(self.runs) > 1 else None


def pasts(record: Record, earlier: Sequence[Record]) -> list[Past]:
    """Return the past of each criterion, in order, by the rule by which runs are compared."""
    runs = [*earlier, record]
    names = _names(runs)
    found = {id(line.runs[-1].criterion): line for line in matched(runs) if line.runs[-1]}
    return [_past(names, found[id(each)]) for each in record.criteria]


def _past(names: Sequence[str], line: Matched) -> Past:
    of_it = tuple(
        (name, judged.criterion.verdict)
        for name, judged in zip(names, line.runs, strict=True)
        if judged is not None
    )
    return Past(of_it, tuple(line.notes)) if len(of_it) > 1 else Past()


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
