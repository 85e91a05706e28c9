"""One question to the models that a recipe makes of several seeds, failed runs included."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.contributions import Sums, Values
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.uninformed import TAGGING, said, uninformed
from pytest_accept.errors import AcceptanceError, SettingError, expected
from pytest_accept.records import ModelDescription

if TYPE_CHECKING:
    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate
    from pytest_accept.statistics import SeedInterval, Side

Metric = Callable[..., "Estimate"]
Recipe = Callable[..., Any]
Seeds = int | Iterable[int]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRun:
    """What a recipe came to with one seed, on the data of a question.

    `failure` says why the run counts as failed, None for one that learned something. `value` is its
    metric, and what the examples leave open of it reaches `below` and `above`. `counted` says what
    stands for a run without a model: the predictions of who has learned nothing, or the worst
    value. A `value` of None cannot be counted at all.
    """

    seed: int
    model: Model | None
    failure: str | None
    value: float | None
    below: float
    above: float
    measured: Measurement | None
    counted: str = ""

    def contributions(self) -> Contributions | None:
        """Return what each example adds to the metric, None if nobody says."""
        measured = self.measured
        if measured is None or measured.contributions is None:
            return None
        return measured.contributions()


def name_of_metric(metric: Metric) -> str:
    """Return the name of a metric, or of the one that a partial asks for."""
    inner: Any = metric
    while isinstance(inner, functools.partial):
        inner = inner.func
    if not callable(inner) or not hasattr(inner, "__name__"):
        what = "a metric such as pytest_accept.accuracy or pytest_accept.f1"
        raise SettingError(expected("metric", what, metric))
    return str(inner.__name__)


def seed_runs(
    metric: Metric | None, recipe: Recipe, data: Data, seeds: Seeds, **options: Any
) -> tuple[SeedRun, ...]:
    """Return what each seed comes to by a metric; None asks only which runs failed.

    A run without a model counts as who says the most frequent label of the data for every example,
    with the labels' shares for probabilities; where the metric is not about labels, or that would
    be perfect, as its worst value. SettingError for a metric that is none, or fewer than 2 seeds.
    """
    from pytest_accept.training.recipes import checked_seeds, run

    chosen = checked_seeds(seeds)
    if len(chosen) < 2:
        what = "2 seeds or more: one says nothing of how they differ"
        raise SettingError(expected("seeds", what, seeds))
    runs = run(recipe, chosen)
    plan_runs(recipe, data, chosen)
    model = next((each.model for each in runs if each.model is not None), None)
    nothing = _nothing(data, model)
    found = {}
    for each in runs:
        if each.model is not None:
            measured = _measured(metric, each.model, data, options)
            failure = None if nothing is None else _compared(each.model, data, nothing)
            found[each.seed] = _of_model(each.seed, each.model, failure, measured)
    like = next((each.measured for each in found.values()), None)
    for each in runs:
        if each.model is None:
            counted = _instead(metric, data, nothing, like, options)
            found[each.seed] = replace(counted, seed=each.seed, failure=each.failure)
    return tuple(found[seed] for seed in chosen)


def plan_runs(subject: Any, data: Data, seeds: Seeds) -> None:
    """Say for a dry run what a Model, or all models of a recipe, would predict."""
    from pytest_accept.loading import Model
    from pytest_accept.training.recipes import run

    if dry_run.current() is None:
        return
    if isinstance(subject, Model):
        subject.predict(data)
        return
    for each in run(subject, seeds):
        if each.model is not None:
            each.model.predict(data)


def fixed(metric: Metric, model: Model, data: Data, seeds: Seeds, **options: Any) -> list[SeedRun]:
    """Return a model that no seed made, as often as a recipe has seeds."""
    from pytest_accept.training.recipes import checked_seeds

    measured = _measured(metric, model, data, options)
    return [_of_model(seed, model, None, measured) for seed in checked_seeds(seeds)]


def measured_of(runs: Iterable[SeedRun]) -> Measurement | None:
    """Return what is measured of the first run with a model, else of what stands for one."""
    found = sorted(runs, key=lambda run: run.model is None)
    return next((run.measured for run in found if run.measured is not None), None)


def over_seeds_interval(
    runs: Iterable[SeedRun], *, confidence: float, bounds: tuple[float, float], seed: int
) -> SeedInterval:
    """Return the interval over the seeds and examples of runs that have a value each."""
    return interval_of(
        [(each.value or 0.0, each.below, each.above) for each in runs],
        [each.contributions() for each in runs],
        like=[each.measured for each in runs if each.measured is not None],
        confidence=confidence,
        bounds=bounds,
        seed=seed,
    )


def interval_of(
    values: list[tuple[float, float, float]],
    parts: list[Contributions | None],
    *,
    like: list[Measurement],
    confidence: float,
    bounds: tuple[float, float],
    seed: int,
    by_cluster: bool = False,
    sides: tuple[Side, ...] = (),
) -> SeedInterval:
    """Return the interval over seeds and examples, from a (value, below, above) of each seed.

    Where a metric does not say what each example adds, the examples' part is the mean of what they
    leave open of each seed's own value, as if all seeds erred on the same examples: too wide by the
    share in which they do not. `like` are measurements on these examples, which say how many;
    `by_cluster` and `sides` are as for `statistics.seed_example_interval`.
    """
    import numpy as np

    from pytest_accept.statistics import (
        Interval,
        over_seeds,
        seed_example_interval,
        seed_example_table_interval,
    )

    means = [each for each in parts if isinstance(each, Values)]
    sums = [each for each in parts if isinstance(each, Sums)]
    if len(means) == len(parts):
        unseen = (
            {key: max(each.unseen[key] for each in means) for key in means[0].unseen}
            if all(each.unseen.keys() == means[0].unseen.keys() for each in means)
            else {}
        )
        return seed_example_interval(
            np.stack([each.values for each in means]),
            confidence=confidence,
            clusters=means[0].clusters,
            bounds=(min(e.bounds[0] for e in means), max(e.bounds[1] for e in means)),
            by_cluster=by_cluster,
            sides=sides,
            seed=seed,
            **unseen,
        )
    if len(sums) == len(parts) and len({each.rows.shape for each in sums}) == 1:
        return seed_example_table_interval(
            np.stack([each.rows for each in sums]),
            sums[0].formula,
            confidence=confidence,
            clusters=sums[0].clusters,
            bounds=sums[0].bounds,
            possible=sums[0].possible,
            sides=sides,
            seed=seed,
        )
    value = float(np.mean([each[0] for each in values]))
    examples = Interval(
        value=value,
        low=value - float(np.mean([each[1] for each in values])),
        high=value + float(np.mean([each[2] for each in values])),
        confidence=confidence,
        n=max((each.n for each in like), default=1),
        clusters=next((each.clusters for each in like), None),
        method="each seed's own",
    )
    return over_seeds([each[0] for each in values], examples, bounds=bounds, sides=sides)


def described(recipe: Any, runs: Iterable[SeedRun], data: Data) -> ModelDescription:
    """Return what identifies a recipe with these seeds, as a model of a Record."""
    import xxhash

    from pytest_accept.training.recipes import name_of

    every = list(runs)
    name = f"{name_of(recipe)} ({len(every):,} seeds)"
    models = [each.model.describe() for each in every if each.model is not None]
    if not models:
        task = TAGGING if data.tagged else "text-classification"
        return ModelDescription(name=name, source=name, task=task, labels=data.label_names)
    prints = [each.fingerprint for each in models]
    whole = len(models) == len(every) and all(prints)
    joined = "\n".join(str(each) for each in prints).encode()
    return replace(
        models[0],
        name=name,
        source=name,
        fingerprint=xxhash.xxh3_128_hexdigest(joined) if whole else None,
    )


def _nothing(data: Data, model: Model | None) -> Any:
    """Return what who has learned nothing would predict, None where there are no labels."""
    if not data.labelled:
        return None
    if model is None:
        return uninformed(data, data.label_names, multi_label=data.multi_label)
    if model.task not in ("text-classification", TAGGING):
        return None
    return uninformed(data, model.labels, multi_label=model.multi_label)


def no_better(model: Model | None, data: Data) -> str | None:
    """Return that a model is no better than always the same answer, None if it is better.

    Where there are no labels, or the model says none, nobody knows: None.
    """
    nothing = None if model is None else _nothing(data, model)
    return None if model is None or nothing is None else _compared(model, data, nothing)


def _compared(model: Model, data: Data, nothing: Any) -> str | None:
    from pytest_accept.assertions.accuracy import accuracy
    from pytest_accept.assertions.tokens import token_accuracy

    metric: Metric = token_accuracy if data.tagged else accuracy
    reached, least = metric(model, data, point=True), metric(nothing, data, point=True)
    if reached.value > least.value + _ROUNDING or least.value == 1:  # one label: who could tell?
        return None
    what = "words" if data.tagged else "examples"
    return (
        f"no better than always {said(nothing)}: right on {reached.value:.3f} of the {what}, "
        f"which that is on {least.value:.3f}"
    )


def _measured(metric: Metric | None, model: Any, data: Data, options: Any) -> Measurement | None:
    if metric is None:
        return None
    found = metric(model, data, **options)
    if isinstance(found, Measurement):
        return found
    what = "a metric of a model and data, such as pytest_accept.accuracy"
    raise SettingError(expected("metric", what, metric))


def _of_model(
    seed: int, model: Model, failure: str | None, measured: Measurement | None
) -> SeedRun:
    return SeedRun(
        seed=seed,
        model=model,
        failure=failure,
        value=None if measured is None else measured.value,
        below=0.0 if measured is None else measured.value - measured.low,
        above=0.0 if measured is None else measured.high - measured.value,
        measured=measured,
    )


def _instead(
    metric: Metric | None,
    data: Data,
    nothing: Any,
    like: Measurement | None,
    options: dict[str, Any],
) -> SeedRun:
    """Return what stands for a run without a model; `like` is what another run measured."""
    if metric is not None and nothing is not None:
        try:
            measured = _measured(metric, nothing, data, options)
        except AcceptanceError:  # a metric that asks the model itself, or is not about labels
            measured = None
        if measured is not None and abs(measured.value - _end(measured, best=True)) > _ROUNDING:
            run = _of_model(0, nothing, None, measured)
            return replace(run, model=None, counted=f"counts as always {said(nothing)}")
        like = like or measured
    worst = math.nan if like is None else _end(like, best=False)
    value = worst if math.isfinite(worst) else None
    counted = "" if value is None else "counts as the worst value"
    return SeedRun(
        seed=0,
        model=None,
        failure=None,
        value=value,
        below=0.0,
        above=0.0,
        measured=None,
        counted=counted,
    )


def _end(measured: Measurement, *, best: bool) -> float:
    """Return the best or the worst value that a metric can have."""
    return metric_range(measured.metric)[1 if measured.higher_is_better == best else 0]
