"""What a reader must know before trusting the answer: what was not judged, and not by intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pytest_accept.explanation import ALL_CASES, SEARCH, STOPPED_EARLY
from pytest_accept.records import Criterion, Record
from pytest_accept.reports.decision import is_expected_miss


@dataclass(frozen=True, slots=True)
class Caveat:
    """A sentence, and the criteria or tests that it is about; `grave` ones come first."""

    text: str
    criteria: tuple[Criterion, ...] = ()
    tests: tuple[str, ...] = ()
    grave: bool = False


def caveats(record: Record) -> list[Caveat]:
    """Return what limits the answer of a Record, the grave first."""
    found = [*_open_questions(record), *_notes_on_the_run(record), *_kinds_of_claims(record)]
    return sorted(found, key=lambda each: not each.grave)


def _open_questions(record: Record) -> Iterable[Caveat]:
    if record.not_judged:
        many = len(record.not_judged)
        are = "1 test was" if many == 1 else f"{many:,} tests were"
        yield Caveat(
            f"{are} not judged: something else failed than a criterion, so the question is open.",
            tests=record.not_judged,
            grave=True,
        )
    unheeded = _those(record, lambda each: each.outcome == "passed" and not each.verdict)
    if unheeded:
        yield Caveat(
            f"{_criteria(unheeded)} not accepted, but stand in tests that passed:",
            unheeded,
            grave=True,
        )
    if record.exit_status not in (0, 5) and not _explains_failure(record):
        yield Caveat(
            f"pytest ended with exit status {record.exit_status}, for another reason than a "
            "criterion.",
            grave=True,
        )
    failed = [each for each in record.trainings if each.failure is not None]
    if failed:
        yield Caveat(
            f"{len(failed):,} of {len(record.trainings):,} trainings gave no model; see Trainings.",
            grave=True,
        )


def _kinds_of_claims(record: Record) -> Iterable[Caveat]:
    points = _those(record, lambda each: each.verdict.estimate.method == "point")
    if points:
        yield Caveat(
            f"{_criteria(points)} judged by a point estimate: there is no interval, so chance "
            "alone may have decided:",
            points,
            grave=True,
        )
    tolerated = _those(record, lambda e: e.verdict.status == "inconclusive" and e.verdict.tolerated)
    if tolerated:
        yield Caveat(
            f"{_criteria(tolerated)} inconclusive, which the settings let pass.", tolerated
        )
    expected = _those(record, is_expected_miss)
    if expected:
        yield Caveat(f"{_criteria(expected)} missed in tests that are expected to fail.", expected)
    exact = _those(record, lambda each: each.verdict.estimate.method.startswith(ALL_CASES))
    if exact:
        yield Caveat(
            f"{_criteria(exact)} about exactly the cases given, not about others like them.", exact
        )
    for method, about in STOPPED_EARLY.items():
        early = tuple(e for e in record.criteria if e.verdict.estimate.method == method)
        if early:
            yield Caveat(f"{_criteria(early)} judged {about}.", early)
    searches = _those(record, lambda each: each.verdict.estimate.method == SEARCH)
    if searches:
        yield Caveat(
            f"{_criteria(searches)} judged by a search: what it finds exists, and says nothing on "
            "how often.",
            searches,
        )


def _notes_on_the_run(record: Record) -> Iterable[Caveat]:
    """Yield notes on all criteria, such as that their bars are defaults; one on a single criterion
    stands with it.
    """
    theirs = {
        f"{each.verdict.population}: {note}"
        for each in record.criteria
        for note in each.verdict.estimate.notes
    }
    yield from (Caveat(note, grave=True) for note in record.notes if note not in theirs)


def _explains_failure(record: Record) -> bool:
    failed = any(each.outcome == "failed" or not each.verdict for each in record.criteria)
    return failed or bool(record.not_judged) or any(each.failure for each in record.trainings)


def _those(record: Record, have: Callable[[Criterion], bool]) -> tuple[Criterion, ...]:
    return tuple(each for each in record.criteria if have(each))


def _criteria(found: tuple[Criterion, ...]) -> str:
    return "1 criterion is" if len(found) == 1 else f"{len(found):,} criteria are"
