"""A metric of two recipes (or models) on the same examples: how much better is one of them?"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_accept import settings
from pytest_accept.assertions.asked import as_data
from pytest_accept.assertions.contributions import Sums, Values
from pytest_accept.assertions.judgement import Measurement, declare_range, metric_range
from pytest_accept.assertions.recipe import notes_of, unknown_interval
from pytest_accept.assertions.seed_runs import (
    Metric,
    SeedRun,
    Seeds,
    described,
    fixed,
    interval_of,
    measured_of,
    name_of_metric,
    no_better,
    plan_runs,
    seed_runs,
)
from pytest_accept.records import Direction, Evidence, ModelDescription

if TYPE_CHECKING:
    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.data import Data
    from pytest_accept.statistics import SeedInterval

Subject = Any
"""A Model, or a recipe: a function of a seed that makes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One side of a comparison: what it is, and what it comes to with each seed."""

    name: str
    fixed: bool
    runs: Sequence[SeedRun]
    model: ModelDescription


def declare_difference(prefix: str, metric: Metric) -> str:
    """Return the name of a difference of a metric, with its range declared."""
    name = name_of_metric(metric)
    low, high = metric_range(name)
    title = f"{prefix} of {name}"
    declare_range(title, low - high, high - low)
    return title


def difference(
    title: str,
    metric: Metric,
    subject: Subject,
    other: Subject,
    data: Data,
    *,
    seeds: Seeds,
    loss: bool,
    relation: str,
    where: Any = None,
    **options: Any,
) -> Measurement:
    """Return by how much `subject` is better than `other`; with `loss`, by how much it is worse.

    `relation` says in the name of the result what the other one is, as in "over=probe".
    """
    from pytest_accept.loading import Model
    from pytest_accept.statistics import (
        needed_examples,
        needed_examples_of_seeds,
        needed_seeds,
        smallest_shown,
    )

    asked = time.perf_counter()
    given = as_data(data, where)
    of_models = isinstance(subject, Model) and isinstance(other, Model)
    # Two runs that do not differ have the interval of the examples alone.
    chosen_seeds = 2 if of_models else seeds
    for each in (subject, other):
        plan_runs(each, given, chosen_seeds)
    arms = [_arm(metric, each, given, chosen_seeds, options) for each in (subject, other)]
    chosen = settings.current()
    confidence = options.get("confidence") or chosen.confidence
    like = measured_of(run for arm in arms for run in arm.runs)
    upwards = (like is None or like.higher_is_better) != loss
    pairs = list(zip(*(arm.runs for arm in arms), strict=True))
    counted = [pair for pair in pairs if all(run.value is not None for run in pair)]
    bounds = metric_range(title)
    interval: Any = None
    if len(counted) > 1:
        interval = _interval(counted, upwards, title, confidence, chosen.seed)
    measured = interval or unknown_interval(None, len(given), bounds, confidence)

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        needed = needed_examples if of_models else needed_examples_of_seeds
        shown = smallest_shown(interval, bar, direction=direction, bounds=bounds)
        return needed(interval, bar), shown

    def evidence() -> tuple[Evidence, ...]:
        from pytest_accept.assertions.recipe_evidence import compared, most_changed

        changed = most_changed(_changes(counted, upwards), given, loss=loss)
        sides = compared(pairs, arms[0].name, arms[1].name, by_seed=not of_models)
        return (*sides, *changed)

    point = bool(options.get("point"))
    method = "paired examples" if of_models else measured.method
    own = arms[0].runs
    return Measurement(
        metric=title,
        value=measured.value,
        low=measured.value if point else measured.low,
        high=measured.value if point else measured.high,
        confidence=confidence,
        n=measured.n,
        clusters=measured.clusters,
        method="point" if point else method,
        higher_is_better=not loss,
        population=given.population,
        options=", ".join(
            each
            for each in ("" if like is None else like.options, f"{relation}={arms[1].name}")
            if each
        ),
        notes=_notes(arms, given, confidence, forgotten=loss),
        seeds=None if of_models else len(pairs),
        model=arms[0].model,
        data=given.describe(),
        asked=asked,
        find_evidence=evidence,
        plan=plan,
        plan_seeds=None if of_models else lambda bar: needed_seeds(interval, bar),
        refused=len(counted) < len(pairs)
        or (not arms[0].fixed and all(run.failure is not None for run in own)),
    )


def _arm(metric: Metric, subject: Subject, data: Data, seeds: Seeds, options: Any) -> Arm:
    from pytest_accept.loading import Model
    from pytest_accept.training.recipes import name_of

    if isinstance(subject, Model):
        runs: Sequence[SeedRun] = fixed(metric, subject, data, seeds, **options)
        return Arm(name=subject.name, fixed=True, runs=runs, model=subject.describe())
    runs = seed_runs(metric, subject, data, seeds, **options)
    about = described(subject, runs, data)
    return Arm(name=name_of(subject), fixed=False, runs=runs, model=about)


def _interval(
    pairs: Sequence[tuple[SeedRun, ...]],
    upwards: bool,
    title: str,
    confidence: float,
    seed: int,
) -> SeedInterval:
    from pytest_accept.statistics import Side

    values = []
    for ours, theirs in pairs:
        better, worse = (ours, theirs) if upwards else (theirs, ours)
        values.append(
            (
                (better.value or 0.0) - (worse.value or 0.0),
                math.hypot(better.below, worse.above),
                math.hypot(better.above, worse.below),
            )
        )
    of_one = metric_range(title.partition(" of ")[2])
    of_each = [tuple(run.value or 0.0 for run in runs) for runs in zip(*pairs, strict=True)]
    sign = 1 if upwards else -1
    return interval_of(
        values,
        _changes(pairs, upwards),
        like=[run.measured for pair in pairs for run in pair if run.measured is not None],
        confidence=confidence,
        bounds=metric_range(title),
        seed=seed,
        by_cluster=True,
        sides=(Side(of_each[0], of_one, sign), Side(of_each[1], of_one, -sign)),
    )


def _changes(pairs: Sequence[tuple[SeedRun, ...]], upwards: bool) -> list[Contributions | None]:
    """Return for each seed what each example adds to the difference."""
    found: list[Contributions | None] = []
    for ours, theirs in pairs:
        one, other = ours.contributions(), theirs.contributions()
        one, other = (one, other) if upwards else (other, one)
        change: Contributions | None = None
        if isinstance(one, Values) and isinstance(other, Values):
            change = one.minus(other)
        if isinstance(one, Sums) and isinstance(other, Sums):
            change = one.minus(other)
        found.append(change)
    return found


def _notes(
    arms: Sequence[Arm], data: Data, confidence: float, *, forgotten: bool
) -> tuple[str, ...]:
    """Return what to know of the recipe's runs, and of the other one's if some of them failed.

    `forgotten`: the other one is what there was before, so it must have known something.
    """
    notes: list[str] = []
    for arm in arms:
        failed = any(run.failure is not None for run in arm.runs)
        if not arm.fixed and (failed or arm is arms[0]):
            notes += [f"{arm.name}: {note}" for note in notes_of(arm.runs, data, confidence)]
    before = arms[1]
    empty = no_better(before.runs[0].model, data) if forgotten and before.fixed else None
    if empty is not None:
        notes.append(f"{before.name} had nothing to forget: {empty}")
    return (*notes, *_notes_of_metric(arms))


def _notes_of_metric(arms: Sequence[Arm]) -> list[str]:
    """Return the notes of the metric, under an arm's name where they are not those of both."""
    measured = [measured_of(arm.runs) for arm in arms]
    said = [() if each is None else each.notes for each in measured]
    shared = [note for note in said[0] if note in said[1]]
    own = [
        f"{arm.name}: {note}"
        for arm, some in zip(arms, said, strict=True)
        for note in some
        if note not in shared
    ]
    return [*shared, *own]
