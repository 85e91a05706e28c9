"""A question on how often examples of each group are predicted as one label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.asked import as_data
from pytest_accept.assertions.group_bounds import (
    Ask,
    GroupFamily,
    by_noise,
    family,
    grouped_options,
    listed,
    noise_note,
    plan_by,
    plan_groups,
)
from pytest_accept.assertions.question import Question, ask
from pytest_accept.errors import SettingError, check_count
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.judgement import Measurement
    from pytest_accept.data.groups import Group, GroupBy
    from pytest_accept.metrics.fairness import Rate
    from pytest_accept.statistics import Interval
    from pytest_accept.statistics.simultaneous import Bounds

SELECTION = "selection rate"
TRUE_POSITIVES = "true positive rate"
FALSE_POSITIVES = "false positive rate"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateQuestion:
    """Predictions and data, divided into groups; `index` is the positive label's column."""

    asked: Question
    groups: tuple[Group, ...]
    label: str
    index: int
    min_group_size: int

    def families(self, *names: str) -> list[GroupFamily]:
        """Return the rates of these names by group, with bounds for all their pairs together."""
        from pytest_accept.metrics import fairness

        self._plan(names)
        predicted = self._predicted()
        if names == (SELECTION,):
            return [self._family(fairness.selection_rate(predicted), 1)]
        true = self.asked.indicators()[0][:, self.index]
        every = (
            fairness.true_positive_rate(true, predicted),
            fairness.false_positive_rate(true, predicted),
        )
        return [self._family(rate, len(names)) for rate in every if rate.name in names]

    def _plan(self, names: Sequence[str]) -> None:
        """Say for a dry run which groups have few examples for one of the rates."""
        if dry_run.current() is None:
            return
        labelled = None if names == (SELECTION,) else self.asked.targets()[:, self.index] > 0.5
        for name in names:
            kept = [
                len(each.positions)
                if labelled is None
                else int((labelled[each.positions] == (name == TRUE_POSITIVES)).sum())
                for each in self.groups
            ]
            plan_groups(self.groups, kept, self.min_group_size)

    def answer(
        self,
        bounds: Bounds,
        families: Sequence[GroupFamily],
        measure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        *,
        higher_is_better: bool,
    ) -> Measurement:
        """Return the bounds as a Measurement; `measure` takes values (..., G) to what it is of."""
        from pytest_accept.statistics import Interval

        value, low, high = bounds
        question = self.asked
        n, clusters = self._counted(families)
        own = "Clopper-Pearson" if clusters is None else "Korn-Graubard"
        interval = Interval(
            value=value,
            low=low,
            high=high,
            confidence=question.confidence,
            n=n,
            clusters=clusters,
            method=f"{own}, all pairs",
        )
        asked = f"{question.metric} by {self.label}"
        noise = by_noise(families, measure, confidence=question.confidence)
        notes = [note for each in families for note in (*each.notes(), *_undefined(each))]
        found = question.answer(
            interval,
            higher_is_better=higher_is_better,
            evidence=lambda _: self._evidence(families),
            options=grouped_options(
                self.label, f"label={question.labels[self.index]}", self.min_group_size
            ),
            notes=(*notes, *noise_note(noise, asked)),
        )
        added = 1 - noise if higher_is_better else noise
        return replace(found, plan=plan_by(interval, families, (0, 1), noise=added))

    def _counted(self, families: Sequence[GroupFamily]) -> tuple[int, int | None]:
        """Return how many examples the rates are of, and clusters."""
        import numpy as np

        among = np.ones(len(self.asked.data), dtype=np.bool_)
        if [each.name for each in families] == [TRUE_POSITIVES]:
            among = self.asked.indicators()[0][:, self.index]
        clusters = self.asked.clusters
        return int(among.sum()), None if clusters is None else len(np.unique(clusters[among]))

    def _predicted(self) -> NDArray[np.bool_]:
        import numpy as np

        said = self.asked.predictions
        if self.asked.multi_label:
            return np.asarray(said.probabilities[:, self.index] > 0.5)
        return np.asarray(said.label_ids == self.index)

    def _family(self, rate: Rate, families: int) -> GroupFamily:
        import numpy as np

        pairs = families * len(self.groups) * (len(self.groups) - 1)
        cases = [group.positions[rate.among[group.positions]] for group in self.groups]
        return family(
            rate.name,
            self.groups,
            [self._ask(rate.hits[rows], rows) for rows in cases],
            [len(rows) for rows in cases],
            confidence=self.asked.confidence,
            comparisons=pairs,
            span=(0.0, 1.0),
            min_group_size=self.min_group_size,
            alike=self._alike(rate, cases),
            of=rate.among_what.format(repr(self.asked.labels[self.index])),
            overall=rate.of(np.arange(len(rate.hits))),
        )

    def _ask(self, hits: NDArray[np.bool_], rows: NDArray[np.int64]) -> Ask:
        def ask(confidence: float) -> Interval:
            from pytest_accept.statistics import (
                Interval,
                clustered_proportion_interval,
                proportion_interval,
            )

            if not len(rows):
                return Interval(
                    value=0.0,
                    low=0.0,
                    high=1.0,
                    confidence=confidence,
                    n=0,
                    clusters=None,
                    method="none",
                )
            clusters = self.asked.clusters
            if clusters is None:
                return proportion_interval(int(hits.sum()), len(rows), confidence=confidence)
            return clustered_proportion_interval(hits, clusters[rows], confidence=confidence)

        return ask

    def _alike(self, rate: Rate, cases: list[NDArray[np.int64]]) -> NDArray[np.float64] | None:
        from pytest_accept.statistics import group_correlation

        clusters = self.asked.clusters
        if clusters is None:
            return None
        errors = [rate.hits[rows] - rate.hits[rows].mean() if len(rows) else None for rows in cases]
        return group_correlation(errors, [clusters[rows] for rows in cases])

    def _evidence(self, families: Sequence[GroupFamily]) -> tuple[Evidence, ...]:
        """Return a table for each rate, and mistakes of the worst group where rates are of them."""
        import numpy as np

        tables = [
            each.table(
                self.label,
                self.asked.confidence,
                largest_first=each.name == FALSE_POSITIVES,
                comparisons=len(families) * len(self.groups),
            )
            for each in families
        ]
        widest = max(families, key=lambda each: float(np.ptp(each.bounds.values)))
        if widest.name == SELECTION:
            return tuple(tables)
        worst = self.groups[widest.worst(largest=widest.name == FALSE_POSITIVES)]
        return (*tables, *self._mistakes(worst, widest.name == TRUE_POSITIVES))

    def _mistakes(self, group: Group, positives: bool) -> list[Evidence]:
        """Return the surest mistakes in a group on examples that are, or are not, positive."""
        import numpy as np

        from pytest_accept.assertions.evidence import mistakes_about

        kept = np.flatnonzero(self.asked.indicators()[0][group.positions, self.index] == positives)
        predictions = self.asked.predictions.take(group.positions[kept])
        own = replace(self.asked, data=group.data.take(kept), subject=predictions, clusters=None)
        found = mistakes_about(own, self.index)
        return [replace(each, title=f"{group.name}: {each.title}") for each in found]


def _undefined(found: GroupFamily) -> tuple[str, ...]:
    """Return a note on groups without a single example that the rate is among."""
    pairs = zip(found.groups, found.sizes, strict=True)
    empty = [repr(group.name) for group, size in pairs if not size]
    if not empty:
        return ()
    return (f"the {found.name} of {listed(empty)} is not defined; counted as 0",)


def ask_rates(
    metric: str,
    model: Any,
    data: Any,
    *,
    group: GroupBy | None,
    groups: Iterable[Any] | None,
    label: str | None,
    min_group_size: int,
    labelled: bool,
    **options: Any,
) -> RateQuestion:
    """Predict what is not yet predicted and return the question."""
    from pytest_accept.data.groups import group_label, groups_of

    check_count("min_group_size", min_group_size)
    data = as_data(data, options.pop("where", None))
    found = groups_of(data, group, groups)
    takes = ("group", "groups", "label", "min_group_size")
    question = ask(metric, model, data, labelled=labelled, takes=takes, **options)
    return RateQuestion(
        asked=question,
        groups=found,
        label=group_label(question.data, group),
        index=_positive(question, label),
        min_group_size=min_group_size,
    )


def _positive(question: Question, label: str | None) -> int:
    """Return the column of the positive label."""
    if label is not None:
        return question.label_index(label)
    if len(question.labels) == 2 and not question.multi_label:
        return 1
    kind = "is multi-label" if question.multi_label else f"has {len(question.labels)} labels"
    raise SettingError(
        f"{question.metric} is about one label, and {question.predictions.model.name!r} {kind}. "
        f"Pass label=, one of {', '.join(map(repr, question.labels))}."
    )
