"""Several criteria at once, by name: what `@pytest.mark.thresholds` declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Unpack

import pytest_accept
from pytest_accept import settings
from pytest_accept.assertions.judgement import check_bar, judge, require
from pytest_accept.assertions.question import Options
from pytest_accept.assertions.sequential import claimed
from pytest_accept.errors import SettingError, unknown
from pytest_accept.records import Direction, Estimate, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

GROUP = "pytest_accept.metrics"


def judge_thresholds(
    model: Model | Predictions,
    data: Data,
    thresholds: Mapping[str, float],
    **options: Unpack[Options],
) -> tuple[Verdict, ...]:
    """Judge `{"accuracy_above": 0.85, "cross_entropy_below": 0.45, …}` and return the verdicts.

    Names are `<metric>_above` or `<metric>_below` for every metric found under the entry-point
    group `pytest_accept.metrics`. All are judged before one AcceptanceFailure explains those that
    failed. `sequential` concerns those on means; the others are judged on all examples.
    """
    for name, bar in thresholds.items():
        check_threshold(name, bar)
    claim = claimed(options.pop("sequential", None))
    verdicts = []
    with settings.using(sequential=claim or "off"):
        for name, bar in thresholds.items():
            found, direction = parse(name)
            metric = load(found)
            subjects = zip(inspect.signature(metric).parameters, (model, data), strict=False)
            verdicts.append(judge(metric, {**dict(subjects), **options}, bar, direction))
    require(*verdicts)
    return tuple(verdicts)


def parse(threshold: str) -> tuple[str, Direction]:
    """Return metric and direction of a threshold's name; SettingError suggests the nearest."""
    metric, _, direction = threshold.rpartition("_")
    if metric in _known() and direction == "above":
        return metric, "above"
    if metric in _known() and direction == "below":
        return metric, "below"
    if metric in pytest_accept._METRICS and direction in ("above", "below"):
        raise SettingError(
            f"{metric} takes more than a model and data, so it is no threshold: call "
            f"assert_{threshold}(model, data, ...) in a test."
        )
    names = [f"{metric}_{side}" for metric in sorted(_known()) for side in ("above", "below")]
    raise SettingError(unknown("threshold", threshold, [*names, "sequential"]))


def check_threshold(name: str, bar: float) -> None:
    """Raise SettingError for a threshold that is unknown or whose bar is out of range."""
    metric, _ = parse(name)
    load(metric)
    check_bar(metric, bar)


def load(metric: str) -> Callable[..., Estimate]:
    """Return the metric that an entry point names."""
    found: Any = _known()[metric].load()
    if not callable(found):
        raise SettingError(f"The entry point {metric!r} of {GROUP} is not a function.")
    return found  # type: ignore[no-any-return]


@cache
def _known() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}
