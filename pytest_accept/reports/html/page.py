"""What the page of a Record is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import get_args

from markupsafe import Markup

from pytest_accept.records import Criterion, Record, Status, Training
from pytest_accept.reports.behaviours import TEST_TYPES, matrix
from pytest_accept.reports.caveats import caveats
from pytest_accept.reports.decision import decide
from pytest_accept.reports.html.chosen import DRAWN, SHOWN, gravest
from pytest_accept.reports.html.figures.training_curves import training_curves
from pytest_accept.reports.html.judged import Judged, judged
from pytest_accept.reports.html.rendering import render
from pytest_accept.reports.run_history import pasts, when

_ANSWERS = {
    "yes": ("Yes.", "accepted"),
    "no": ("No.", "rejected"),
    "open": ("Not shown.", "inconclusive"),
}
_GRAVEST: tuple[Status, ...] = ("rejected", "inconclusive", "accepted")


def page(record: Record, earlier: Sequence[Record] = ()) -> str:
    """Return the page of a Record as HTML; `earlier` Records, oldest first, are its past.

    Of many criteria the gravest are shown, and the others counted.
    """
    places = gravest(record.criteria, _rank, SHOWN)
    past = pasts(record, earlier)
    listed = replace(record, criteria=tuple(record.criteria[place] for place in places))
    drawn = set(gravest(listed.criteria, _rank, DRAWN))
    criteria = judged(listed, [past[place] for place in places], drawn)
    decision = decide(record)
    word, tone = _ANSWERS[decision.answer]
    counts = Counter(each.verdict.status for each in record.criteria)
    shown = {id(each.criterion): each for each in criteria}
    return render(
        "report.html",
        record=record,
        started=when(record.started),
        answer=word,
        tone=tone,
        reason=decision.reason,
        assurance=_assurance(record),
        counts={status: counts[status] for status in get_args(Status)},
        by_model=_by_model(record),
        undecided=[each for each in criteria if each.verdict.status == "inconclusive"],
        caveats=[
            (caveat, [shown[id(each)] for each in caveat.criteria if id(each) in shown])
            for caveat in caveats(record)
        ],
        by_status=[
            (status, [each for each in criteria if each.verdict.status == status])
            for status in _GRAVEST
            if any(each.verdict.status == status for each in criteria)
        ],
        left_out=_left_out(counts, criteria),
        not_drawn=len(criteria) - len(drawn),
        by_test=[
            (test, list(those)) for test, those in groupby(criteria, lambda e: e.criterion.test)
        ],
        test_types=TEST_TYPES,
        behaviours=matrix(record),
        trainings=_trainings(record),
        runs=len(earlier) + 1,
    )


def _rank(criterion: Criterion) -> int:
    return _GRAVEST.index(criterion.verdict.status)


def _left_out(counts: Counter[Status], shown: Sequence[Judged]) -> str:
    """Return how many criteria have no place on the page, "" if all have."""
    rest = counts - Counter(each.verdict.status for each in shown)
    if not rest:
        return ""
    said = ", ".join(f"{rest[status]:,} {status}" for status in _GRAVEST if rest[status])
    return (
        f"{len(shown):,} of {counts.total():,} criteria are listed here, the gravest. The record "
        f"of the run has the others: {said}."
    )


def _by_model(record: Record) -> list[tuple[str, str]]:
    """Return each model with how its criteria came out, if several were judged."""
    models: dict[str, Counter[Status]] = {}
    for each in record.criteria:
        name = record.models[each.model].name
        models.setdefault(name, Counter())[each.verdict.status] += 1
    if len(models) < 2:
        return []
    return [
        (name, ", ".join(f"{counts[status]:,} {status}" for status in _GRAVEST if counts[status]))
        for name, counts in models.items()
    ]


def _assurance(record: Record) -> str:
    """Return what the confidence of the verdicts means, "" where no interval was used."""
    levels = {
        each.verdict.estimate.confidence
        for each in record.criteria
        if each.verdict.estimate.low < each.verdict.estimate.high
    }
    if not levels:
        return ""
    said = " or ".join(f"{100 * level:.6g} %" for level in sorted(levels))
    wrong = 100 * (1 - min(levels))
    return (
        f"Each bound holds with {said} confidence: a criterion whose true value misses its bar is "
        f"accepted on at most about {wrong:.3g} of 100 samples of data like these."
    )


def _trainings(record: Record) -> list[tuple[str, Markup | None, list[Training]]]:
    """Return trainings that belong together, as the seeds of a recipe do, with their curves."""
    families: dict[tuple[str, str], list[Training]] = {}
    for training in record.trainings:
        families.setdefault((training.base, training.data), []).append(training)
    return [
        (
            " on ".join(filter(None, family)) or together[0].name,
            training_curves(f"training-{number}", together)
            if any(each.steps for each in together)
            else None,
            together,
        )
        for number, (family, together) in enumerate(families.items(), start=1)
    ]
