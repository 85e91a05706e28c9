"""What became of a criterion from one run to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pytest_accept.comparison.pairing import Pair, pair, paired, same_model
from pytest_accept.comparison.values import Change, Fate, Paired, Shown, Standing
from pytest_accept.explanation import ALL_CASES
from pytest_accept.matching import Judged, Matched
from pytest_accept.records import Status, decide

_RANK: dict[Status, int] = {"rejected": 0, "inconclusive": 1, "accepted": 2}


def standing(judged: Judged | None) -> Standing | None:
    """Return how a criterion stood in a run, None if the run lacks it."""
    if judged is None:
        return None
    verdict, estimate = judged.criterion.verdict, judged.criterion.verdict.estimate
    return Standing(
        status=verdict.status,
        bar=verdict.bar,
        direction=verdict.direction,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        confidence=estimate.confidence,
        n=estimate.n,
        clusters=estimate.clusters,
        method=estimate.method,
        model=judged.model,
    )


def changes(lines: Sequence[Matched], steps: Sequence[tuple[int, int]]) -> list[list[Change]]:
    """Return, for each step from one run to another, what became of each criterion.

    What a paired interval shows is shown if it would be at the confidence that makes all of them,
    over all steps, hold together, and "perhaps" so if only by itself. Raises DataError for damaged
    records.
    """
    sides = [[(line.runs[old], line.runs[new]) for line in lines] for old, new in steps]
    pairs = [[None if a is None or b is None else pair(a, b) for a, b in each] for each in sides]
    many = sum(isinstance(each, Pair) for column in pairs for each in column)
    return [
        [_became(*side, each, many) for side, each in zip(*columns, strict=True)]
        for columns in zip(sides, pairs, strict=True)
    ]


def _became(old: Judged | None, new: Judged | None, each: Pair | str | None, many: int) -> Change:
    if not isinstance(each, Pair):
        return _change(old, new, each or "")
    return _with(_change(old, new, ""), each, _measured(each, many))


def _with(change: Change, each: Pair, measured: Paired | str) -> Change:
    if isinstance(measured, str):
        return replace(change, unpaired=measured)
    notes = (*change.notes, *_left_out(each), *each.notes())
    return replace(change, paired=measured, notes=notes)


def _measured(each: Pair, many: int) -> Paired | str:
    estimate = each.new.criterion.verdict.estimate
    measured = paired(each, estimate.confidence)
    if isinstance(measured, str):
        return measured
    alone = _direction(measured, estimate.higher_is_better)
    if not alone or estimate.method == ALL_CASES:
        return replace(measured, shown=alone)
    together = paired(each, estimate.confidence, among=many)
    holds = not isinstance(together, str) and _direction(together, estimate.higher_is_better)
    perhaps: Shown = "perhaps worse" if alone == "worse" else "perhaps better"
    return replace(measured, shown=alone if holds else perhaps)


def _direction(change: Paired, higher_is_better: bool) -> Shown:
    """Return which way an interval shows that an estimate went, "" if it shows neither."""
    if change.low > 0:
        return "better" if higher_is_better else "worse"
    if change.high < 0:
        return "worse" if higher_is_better else "better"
    return ""


def _change(old: Judged | None, new: Judged | None, unpaired: str) -> Change:
    if old is None or new is None:
        fate: Fate = "new" if new is not None else "gone" if old is not None else "absent"
        return Change(fate=fate)
    before, now = old.criterion.verdict, new.criterion.verdict
    moved = _RANK[now.status] - _RANK[before.status]
    by_old_bar = None
    if before.bar != now.bar:
        by_old_bar = decide(now.estimate.low, now.estimate.high, before.bar, now.direction)
    return Change(
        fate="worse" if moved < 0 else "better" if moved else "same",
        difference=now.estimate.value - before.estimate.value,
        unpaired=unpaired,
        by_old_bar=by_old_bar,
        notes=tuple(_notes(old, new)),
    )


def _notes(old: Judged, new: Judged) -> Iterable[str]:
    """Return what differs besides the estimate, in sentences."""
    before, now = old.criterion.verdict, new.criterion.verdict
    if before.bar != now.bar:
        harder = (now.bar > before.bar) == (now.direction == "above")
        way = "harder" if harder else "easier"
        yield f"the bar was moved from {before.bar:g} to {now.bar:g}, which is {way} to meet"
    if old.table.fingerprint != new.table.fingerprint:
        yield "the data are not the same: their difference is not one of the models alone"
        if same_model(old, new):
            yield "both runs judged the same model"
    one, other = before.estimate, now.estimate
    if one.n != other.n:
        yield f"n went from {one.n:,} to {other.n:,}"
    if one.confidence != other.confidence:
        yield f"the confidence went from {one.confidence:g} to {other.confidence:g}"
    if one.method != other.method:
        yield f"the method went from {one.method!r} to {other.method!r}"


def _left_out(each: Pair) -> Iterable[str]:
    """Return how many examples are not compared."""
    both = each.both
    parts = [
        (both.only_new, "only the newer run has"),
        (both.only_old, "only the older run has"),
        (both.relabelled, "have another label than before"),
    ]
    said = [f"{count:,} {why}" for count, why in parts if count]
    if said:
        n = len(both.new.texts)
        yield f"paired on the {n:,} examples of both: {', '.join(said)}"
