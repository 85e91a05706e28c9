"""How far apart are groups by any metric, and how bad is the worst of them?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.group_bounds import by_noise, noise_note
from pytest_accept.assertions.grouped_metric import divide
from pytest_accept.assertions.judgement import above, below, declare_range, metric_range, ranged
from pytest_accept.assertions.seed_runs import name_of_metric
from pytest_accept.records import Estimate

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.data.groups import GroupBy
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

Metric = Callable[..., Estimate]


def _gap(metric: str) -> str:
    """Return the name of the gap of a metric, with its range declared."""
    low, high = metric_range(metric)
    declare_range(title := f"gap of {metric}", 0, high - low)
    return title


def _worst(metric: str) -> str:
    """Return the name of a metric in the worst group, with its range declared."""
    declare_range(title := f"worst-group {metric}", *metric_range(metric))
    return title


@ranged(0, math.inf, title=lambda given: _gap(name_of_metric(given["metric"])))
def group_gap(
    model: Model | Predictions | Any,
    data: Data,
    *,
    metric: Metric = accuracy,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    min_group_size: int = 30,
    **options: Any,
) -> Estimate:
    """Largest minus smallest value of a metric over groups of examples; 0: all groups are alike.

    `group` is a column, several columns (an intersection of their values is a group) or a function
    of the row that returns its group; None takes those of `load_data(group=)`. `groups` declares
    groups that must be there, as values, or as tuples of values for several columns. `metric` is
    any function of a model and data that returns an Estimate, also of taggers and language models;
    options are those of the metric.

    Nothing is claimed of a group of fewer than `min_group_size` examples: it counts in the value,
    but the upper bound is then the largest gap there can be, so that none is accepted. A gap that
    other groups show is rejected all the same.

    Interval: from the groups' own. The upper bound allows each pair of groups what the bounds of
    both make possible together; the lower bound holds for all pairs at once (Bonferroni), because
    the largest of noisy differences is biased: a note says what groups that do not differ would
    measure. Clusters with examples in several groups are allowed for. Definition: fairlearn's
    `MetricFrame.difference`.

    Raises SettingError without a group; DataError for a missing value, a single group, a declared
    group that is not there, or a metric that is not defined on a group that is large enough.
    """
    from pytest_accept.metrics.fairness import gap_of
    from pytest_accept.statistics import largest_difference

    divided = divide(
        model,
        data,
        metric,
        options,
        group=group,
        groups=groups,
        min_group_size=min_group_size,
    )
    name = divided.overall.metric
    title, (low, high) = _gap(name), metric_range(name)
    pairs = len(divided.groups) * (len(divided.groups) - 1)
    found = divided.family(comparisons=pairs)
    value, least, most = largest_difference(
        [found.bounds], confidence=divided.confidence, most=high - low
    )
    noise = by_noise([found], gap_of, confidence=divided.confidence)
    return divided.answer(
        title,
        (value, least, high - low if found.small else most),
        found,
        higher_is_better=False,
        over="all pairs",
        notes=noise_note(noise, f"{title} by {divided.label}"),
        noise=noise,
    )


@dry_run.measured(lambda given: _worst(name_of_metric(given["metric"])))
def worst_group(
    model: Model | Predictions | Any,
    data: Data,
    *,
    metric: Metric = accuracy,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    min_group_size: int = 30,
    **options: Any,
) -> Estimate:
    """The value of a metric in the group where it is worst: the smallest, of a loss the largest.

    Arguments as for `group_gap`. The bound that an acceptance rests on ("even the worst group is
    good enough") must hold for each group, so it is not corrected; the bound that a rejection rests
    on holds for all groups at once (Bonferroni), because the worst of noisy values is biased.
    Nothing is claimed of a group of fewer than `min_group_size` examples, so that the criterion
    cannot be accepted. Definition: fairlearn's `MetricFrame.group_min` and `group_max`.
    """
    from pytest_accept.statistics import worst_value

    divided = divide(
        model,
        data,
        metric,
        options,
        group=group,
        groups=groups,
        min_group_size=min_group_size,
    )
    name, upwards = divided.overall.metric, divided.overall.higher_is_better
    title = _worst(name)
    found = divided.family(comparisons=len(divided.groups))
    bounds = worst_value(found.bounds, confidence=divided.confidence, smallest=upwards)
    return divided.answer(title, bounds, found, higher_is_better=upwards, over="all groups")


# Options of any metric could be called like an argument, says mypy.
assert_group_gap_above = above(group_gap)  # type: ignore[arg-type]
assert_group_gap_below = below(group_gap)  # type: ignore[arg-type]
assert_worst_group_above = above(worst_group)  # type: ignore[arg-type]
assert_worst_group_below = below(worst_group)  # type: ignore[arg-type]
