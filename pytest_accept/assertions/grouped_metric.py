"""Any metric, asked of all examples and of each group of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.asked import BY_TEXT, as_data, check_options, repeats
from pytest_accept.assertions.group_bounds import (
    GroupFamily,
    family,
    grouped_options,
    influences,
    plan_by,
    plan_groups,
)
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.regression import unwrapped
from pytest_accept.errors import DataError, SettingError, check_count
from pytest_accept.records import Estimate, Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data.groups import Group, GroupBy
    from pytest_accept.statistics import Interval
    from pytest_accept.statistics.simultaneous import Bounds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Divided:
    """A metric of all examples, `overall`, and of each group's; None where few have none.

    `again` asks it of a group at another confidence. `clusters` are codes (n,) of all examples.
    """

    overall: Measurement
    groups: tuple[Group, ...]
    each: tuple[Measurement | None, ...]
    again: Callable[[int, float], Measurement]
    label: str
    clusters: NDArray[np.int64] | None
    by_text: bool
    data_notes: tuple[str, ...]
    min_group_size: int
    asked: float
    point: bool

    @property
    def confidence(self) -> float:
        """The one-sided confidence of every bound."""
        return self.overall.confidence

    def family(self, *, comparisons: int) -> GroupFamily:
        """Return the groups' values, with bounds up to what so many comparisons need."""
        own = [None if found is None else self._ask(i) for i, found in enumerate(self.each)]
        sizes = [
            len(group.data) if found is None else found.n
            for group, found in zip(self.groups, self.each, strict=True)
        ]
        return family(
            self.overall.metric,
            self.groups,
            own,
            sizes,
            confidence=self.confidence,
            comparisons=comparisons,
            span=metric_range(self.overall.metric),
            min_group_size=self.min_group_size,
            alike=self._alike(),
            overall=self.overall.value,
        )

    def answer(
        self,
        title: str,
        bounds: Bounds,
        found: GroupFamily,
        *,
        higher_is_better: bool,
        over: str,
        notes: tuple[str, ...] = (),
        noise: float = 0.0,
    ) -> Measurement:
        """Return the bounds as a Measurement of all examples; `noise` as in `plan_by`."""
        from pytest_accept.statistics import Interval

        value, low, high = bounds
        own = self.overall
        worst = found.worst(largest=not own.higher_is_better)
        of_worst = self.each[worst]
        assert of_worst is not None
        interval = Interval(
            value=value,
            low=low,
            high=high,
            confidence=self.confidence,
            n=own.n,
            clusters=own.clusters,
            method=f"{of_worst.method}, {over}",
        )
        return replace(
            own,
            metric=title,
            value=value,
            low=value if self.point else low,
            high=value if self.point else high,
            method="point" if self.point else interval.method,
            higher_is_better=higher_is_better,
            options=grouped_options(self.label, own.options, self.min_group_size),
            notes=(*found.notes(), *notes, *self._notes(worst)),
            find_evidence=lambda: self._evidence(found, worst),
            plan=plan_by(interval, [found], metric_range(title), noise=noise),
            plan_seeds=None,
            judged={},
            contributions=None,
            find_figures=None,
            keep=None,
            behaviour=None,
            refused=False,
            asked=self.asked,
        )

    def _notes(self, worst: int) -> tuple[str, ...]:
        """Return the metric's notes, with whom they are about where that is not everyone."""
        group, own = self.groups[worst], self.each[worst]
        said = () if own is None else own.notes
        of_worst = [
            f"{group.name}: {note}"
            for note in said
            if note not in self.overall.notes and note not in group.data.notes
        ]
        of_all = [
            note if note in said or note in self.data_notes else f"over all: {note}"
            for note in self.overall.notes
        ]
        return (*of_worst, *of_all, *((BY_TEXT,) if self.by_text else ()))

    def _ask(self, position: int) -> Callable[[float], Interval]:
        def ask(confidence: float) -> Interval:
            from pytest_accept.statistics import Interval

            own = self.each[position]
            if confidence != self.confidence or own is None:
                own = self.again(position, confidence)
            return Interval(
                value=own.value,
                low=own.low,
                high=own.high,
                confidence=confidence,
                n=own.n,
                clusters=own.clusters,
                method=own.method,
            )

        return ask

    def _alike(self) -> NDArray[np.float64] | None:
        """Return how alike the groups err by sharing clusters, None if they share none."""
        from pytest_accept.statistics import group_correlation

        if self.clusters is None:
            return None
        codes = [self.clusters[group.positions] for group in self.groups]
        if group_correlation([None] * len(codes), codes) is None:
            return None
        known = [
            None
            if own is None or own.contributions is None
            else influences(own.contributions(), len(group.data))
            for group, own in zip(self.groups, self.each, strict=True)
        ]
        return group_correlation(known, codes)

    def _evidence(self, found: GroupFamily, worst: int) -> tuple[Evidence, ...]:
        own = self.overall
        table = found.table(self.label, self.confidence, largest_first=not own.higher_is_better)
        of_worst = self.each[worst]
        assert of_worst is not None
        name = self.groups[worst].name
        shown = (replace(e, title=f"{name}: {e.title}") for e in of_worst.find_evidence())
        return (table, *shown)


def divide(
    model: Any,
    data: Any,
    metric: Callable[..., Estimate],
    options: dict[str, Any],
    *,
    group: GroupBy | None,
    groups: Iterable[Any] | None,
    min_group_size: int,
) -> Divided:
    """Ask the metric of all examples, which predicts them in one go, and of each group's.

    `options` are the metric's own and those that all metrics take.
    """
    from pytest_accept.data.groups import group_label, groups_of

    asked = time.perf_counter()
    check_count("min_group_size", min_group_size)
    metric, options = unwrapped(metric, options)
    check_options("a metric by group", ("group", "groups", "min_group_size"), metric, options)
    point = bool(options.pop("point", False))
    data = as_data(data, options.pop("where", None))
    found = groups_of(data, group, groups)
    plan_groups(found, [len(each.data) for each in found], min_group_size)
    by_text = options.get("cluster") is None and repeats(data)
    if by_text:
        options["cluster"] = "text"
    known = model.for_data(data) if hasattr(model, "for_data") else None

    def ask(position: int, **changed: Any) -> Measurement:
        part = found[position]
        subject = model if known is None else known.take(part.positions)
        return _measured(metric(subject, part.data, **{**options, **changed}), metric)

    overall = _measured(metric(model if known is None else known, data, **options), metric)
    each: list[Measurement | None] = []
    for position, part in enumerate(found):
        try:
            each.append(ask(position))
        except DataError:
            if len(part.data) >= min_group_size:
                raise
            each.append(None)
    if all(own is None for own in each):
        ask(0)  # raises the metric's own error
    return Divided(
        overall=overall,
        groups=found,
        each=tuple(each),
        again=lambda position, confidence: ask(position, confidence=confidence),
        label=group_label(data, group),
        clusters=data.clusters(options.get("cluster")),
        by_text=by_text,
        data_notes=data.notes,
        min_group_size=min_group_size,
        asked=asked,
        point=point,
    )


def _measured(estimate: Any, metric: Any) -> Measurement:
    if isinstance(estimate, Measurement):
        return estimate
    raise SettingError(
        "Expected `metric` to be one of pytest_accept's, a function of a model and data that "
        f"returns an Estimate, but {metric.__name__} returned {estimate!r:.100}."
    )
