"""How often does a recipe fail to make a model that has learned something?"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from pytest_accept import settings
from pytest_accept.assertions.asked import Where, as_data
from pytest_accept.assertions.judgement import Measurement, above, below, ranged
from pytest_accept.assertions.seed_runs import Recipe, Seeds, described, seed_runs
from pytest_accept.errors import SettingError
from pytest_accept.records import Direction, Estimate


@ranged(0, 1, interval="share")
def failed_run_rate(
    recipe: Recipe,
    data: Any,
    *,
    seeds: Seeds = 5,
    where: Where | None = None,
    confidence: float | None = None,
    point: bool = False,
) -> Estimate:
    """Share of a recipe's runs that fail, in 0..1; 0: every seed gives a model that has learned.

    A run has failed if it gave no model (it raised TrainingError, or numbers became NaN), or a
    model whose accuracy on the data is at most that of always saying the most frequent label
    (Mosbach, Andriushchenko and Klakow 2021, On the stability of fine-tuning BERT). Interval:
    Clopper-Pearson over runs; without a failure 28 runs show a rate below 10 %, 58 below 5 %.
    Raises SettingError for fewer than 2 seeds, or data whose labels are missing.
    """
    from pytest_accept.assertions.recipe_evidence import failures
    from pytest_accept.statistics import needed_examples, proportion_interval, smallest_shown

    asked = time.perf_counter()
    given = as_data(data, where)
    if not given.labelled:
        raise SettingError(
            f"failed_run_rate compares with always the most frequent label, but {given.population} "
            "has no labels. Name the column that holds them: `load_data(..., label='column')`."
        )
    runs = seed_runs(None, recipe, given, seeds)
    failed = sum(run.failure is not None for run in runs)
    chosen = settings.current()
    if confidence is not None:
        chosen = replace(chosen, confidence=confidence)
    interval = proportion_interval(failed, len(runs), confidence=chosen.confidence)

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        return None, smallest_shown(interval, bar, direction=direction)

    return Measurement(
        metric="failed_run_rate",
        value=interval.value,
        low=interval.value if point else interval.low,
        high=interval.value if point else interval.high,
        confidence=chosen.confidence,
        n=len(given),
        method="point" if point else interval.method,
        higher_is_better=False,
        population=given.population,
        seeds=len(runs),
        model=described(recipe, runs, given),
        data=given.describe(),
        asked=asked,
        find_evidence=lambda: failures(runs),
        plan=plan,
        plan_seeds=lambda bar: needed_examples(interval, bar),
    )


assert_failed_run_rate_above = above(failed_run_rate)
assert_failed_run_rate_below = below(failed_run_rate)
