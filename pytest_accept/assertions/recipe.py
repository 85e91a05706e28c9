"""How good are the models that a recipe makes, whatever the seed?"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept import dry_run, settings
from pytest_accept.assertions.asked import Options, as_data
from pytest_accept.assertions.judgement import Measurement, check_bar, metric_range, require
from pytest_accept.assertions.seed_runs import (
    Metric,
    Recipe,
    SeedRun,
    Seeds,
    described,
    measured_of,
    name_of_metric,
    over_seeds_interval,
    seed_runs,
)
from pytest_accept.records import Direction, Estimate, Evidence, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.statistics import Interval


class RecipeOptions(Options, total=False):
    """The options of a question to a recipe, beside those of every metric and the metric's own.

    `seeds`: how many (0, 1, 2, …), or which; default 5, at least 2.
    """

    seeds: Seeds


@dry_run.measured(lambda given: name_of_metric(given["metric"]))
def across_seeds(
    metric: Metric, recipe: Recipe, data: Data, *, seeds: Seeds = 5, **options: Any
) -> Estimate:
    """A metric of the models that a recipe makes: its mean over the runs with several seeds.

    The interval is about a run with a new seed on new examples, so it allows for the luck of both:
    seeds (by t and its logit-normal cousin, see `statistics.over_seeds`) and examples, which are
    the same for all seeds. `recipe` is a function of a seed, such as `functools.partial(fine_tune,
    base, train)`, or a user's own that returns what `load_model` takes. `metric` is any of ours;
    `options` are its own and those of every metric (`where`, `cluster`, `confidence`, `point`).

    A run has failed if it gave no model (it raised TrainingError, or numbers became NaN), or a
    model whose accuracy on the data is no better than that of always saying the most frequent label
    (Mosbach, Andriushchenko and Klakow 2021). Failed runs are runs: they count by what their model
    does, and without a model as who says the most frequent label of every example, with the labels'
    shares for probabilities. Where the metric is not about labels, or that would be perfect (as the
    recall of that label), a run without a model has the metric's worst value. If every run failed,
    or one cannot be counted at all, any criterion is rejected. In data with but one label nobody
    can tell a model from always the same, so there only runs without a model have failed.

    What cannot be held: if the failures of a recipe are so rare that none of these seeds shows one,
    nothing here knows of them. 5 runs without a failure leave open that up to 45 % of runs fail, 28
    runs 10 %; `assert_failed_run_rate_below` is the criterion for that. And with `cluster=`, a rare
    cluster that is wholly unlike the others and that the data lack: 20 clusters, where 1 in 20 is
    all wrong, erred up to 0.28 at 0.95, 50 clusters 0.06.

    Evidence: each seed with its value, the worst first, and the churn: on how many examples two
    seeds disagree. Raises SettingError for fewer than 2 seeds.
    """
    asked = time.perf_counter()
    given = as_data(data, options.pop("where", None))
    runs = seed_runs(metric, recipe, given, seeds, **options)
    return _measurement(metric, recipe, given, runs, asked=asked, options=options)


def assert_recipe_above(
    metric: Metric,
    recipe: Recipe,
    data: Data,
    bar: float,
    **options: Unpack[RecipeOptions],
) -> Verdict:
    """Require that the mean of a metric over the runs of a recipe is above `bar`.

    Accepted if the lower bound is at least the bar, for a new seed on new examples. Options are
    those of `across_seeds` and of the metric; the Verdict's `needed_seeds` says how many seeds on
    these examples would decide it. Returns the Verdict; raises AcceptanceFailure if it is rejected
    or (by default) inconclusive, and SettingError for a bar outside the range of the metric.

        def test_recipe(fine_tune, reviews, held_out):
            recipe = functools.partial(fine_tune, "bert-base-uncased", reviews, epochs=2)
            assert_recipe_above(accuracy, recipe, held_out, 0.85, seeds=5)
    """
    return _required(metric, recipe, data, bar, direction="above", options=options)


def assert_recipe_below(
    metric: Metric,
    recipe: Recipe,
    data: Data,
    bar: float,
    **options: Unpack[RecipeOptions],
) -> Verdict:
    """Require that the mean of a metric over the runs of a recipe is below `bar`.

    As `assert_recipe_above`, with the upper bound at most the bar: for losses.
    """
    return _required(metric, recipe, data, bar, direction="below", options=options)


def _required(
    metric: Metric,
    recipe: Recipe,
    data: Data,
    bar: float,
    *,
    direction: Direction,
    options: Any,
) -> Verdict:
    check_bar(name_of_metric(metric), bar)  # before hours of training
    verdict = across_seeds(metric, recipe, data, **options).judge(bar, direction)
    require(verdict)
    return verdict


def _measurement(
    metric: Metric,
    recipe: Recipe,
    data: Data,
    runs: Sequence[SeedRun],
    *,
    asked: float,
    options: dict[str, Any],
) -> Measurement:
    from pytest_accept.statistics import needed_examples_of_seeds, needed_seeds, smallest_shown

    like = measured_of(runs)
    name = name_of_metric(metric) if like is None else like.metric
    better = like is None or like.higher_is_better
    chosen = settings.current()
    confidence = options.get("confidence") or chosen.confidence
    bounds = metric_range(name)
    countable = [run for run in runs if run.value is not None]
    interval: Any = None
    if len(countable) > 1:
        interval = over_seeds_interval(
            countable, confidence=confidence, bounds=bounds, seed=chosen.seed
        )
    measured = interval or unknown_interval(
        countable[0].value if countable else None, len(data), bounds, confidence
    )

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        shown = smallest_shown(interval, bar, direction=direction, bounds=bounds)
        return needed_examples_of_seeds(interval, bar), shown

    def evidence() -> tuple[Evidence, ...]:
        from pytest_accept.assertions import recipe_evidence

        shown = recipe_evidence.by_seed(runs, name, higher_is_better=better)
        return (*shown, *recipe_evidence.churn(runs, data))

    point = bool(options.get("point"))
    return Measurement(
        metric=name,
        value=measured.value,
        low=measured.value if point else measured.low,
        high=measured.value if point else measured.high,
        confidence=confidence,
        n=measured.n,
        clusters=measured.clusters,
        method="point" if point else measured.method,
        higher_is_better=better,
        population=data.population,
        options="" if like is None else like.options,
        notes=(*notes_of(runs, data, confidence), *(() if like is None else like.notes)),
        seeds=len(runs),
        model=described(recipe, runs, data),
        data=data.describe(),
        asked=asked,
        find_evidence=evidence,
        plan=plan,
        plan_seeds=lambda bar: needed_seeds(interval, bar),
        refused=len(countable) < len(runs) or all(run.failure is not None for run in runs),
    )


def unknown_interval(
    value: float | None, n: int, bounds: tuple[float, float], confidence: float
) -> Interval:
    """Return what is known where fewer than two runs have a value: as good as nothing."""
    from pytest_accept.statistics import Interval

    ends = [each if math.isfinite(each) else 0.0 for each in bounds]
    value = ends[0] if value is None else value
    return Interval(
        value=value,
        low=min(ends[0], value),
        high=max(ends[1], value),
        confidence=confidence,
        n=n,
        clusters=None,
        method="none",
    )


def notes_of(runs: Sequence[SeedRun], data: Data, confidence: float) -> tuple[str, ...]:
    """Return what a reader of a mean over seeds must know of its runs."""
    from pytest_accept.assertions.recipe_evidence import same_answers
    from pytest_accept.statistics import proportion_interval

    notes = []
    failed = [run for run in runs if run.failure is not None]
    uncounted = [run.seed for run in runs if run.value is None]
    if len(failed) == len(runs):
        notes.append(f"every one of the {len(runs):,} runs failed")
    elif failed:
        seeds = ", ".join(str(run.seed) for run in failed)
        notes.append(f"{len(failed):,} of {len(runs):,} runs failed, and count too: seed {seeds}")
    else:
        most = proportion_interval(0, len(runs), confidence=confidence).high
        notes.append(
            f"none of the {len(runs):,} runs failed, which leaves open that up to "
            f"{100 * most:.0f} % of runs do (assert_failed_run_rate_below asks that)"
        )
    if uncounted and len(failed) < len(runs):
        notes.append(
            "a run without a model has no value that could be counted, so nothing is accepted: "
            f"seed {', '.join(map(str, uncounted))}"
        )
    if same_answers(runs, data):
        notes.append("all seeds gave the same predictions: does the recipe use its seed?")
    return tuple(notes)
