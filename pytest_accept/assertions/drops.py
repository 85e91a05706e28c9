"""The drop of each metric between two models on the same examples, with its paired interval."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_accept import settings
from pytest_accept.assertions.contributions import Sums, Values, change_interval
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.pairs import Pair, Sides
from pytest_accept.errors import SettingError, expected
from pytest_accept.explanation import ALL_CASES
from pytest_accept.records import Direction, Estimate, Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.statistics import Interval

OF_LABELS = ("f1", "precision", "recall")
"""Metrics of a table that take `average` and `label`."""

PER_TOKEN = ("perplexity", "token_cross_entropy")
"""Metrics of a language model that depend on what its tokens are."""


def of_accuracy(pair: Pair) -> Estimate:
    """Return the drop of accuracy, with McNemar's test in the evidence."""
    from pytest_accept.assertions.pair_evidence import by_slice, most_confident
    from pytest_accept.statistics import mcnemar, paired_proportion_interval

    right, before = pair.right()
    interval = paired_proportion_interval(
        right, before, confidence=pair.question.confidence, clusters=pair.question.clusters
    )

    def evidence() -> tuple[Evidence, ...]:
        changes = mcnemar(right, before)
        lost = before & ~right
        lines = (
            _both(pair, float(before.mean()), float(right.mean())),
            f"{changes.lost:,} examples lost (right before, wrong now), {changes.gained:,} gained; "
            f"McNemar's exact test, two-sided: p = {changes.p_value:.3g}",
        )
        return (
            Evidence(title="before and now", lines=lines),
            *most_confident(pair, lost, "the most confident of the lost"),
            *by_slice(pair, lost, "examples lost"),
        )

    return pair.answer(interval, higher_is_better=False, evidence=evidence)


def of_loss(pair: Pair, name: str) -> Estimate:
    """Return the rise of a loss: a mean of differences."""
    import numpy as np

    from pytest_accept.assertions.pair_evidence import shown
    from pytest_accept.metrics import losses
    from pytest_accept.metrics.pairs import possible_changes

    question, several = pair.question, pair.question.multi_label
    loss, targets = getattr(losses, name), question.targets()
    old, new = pair.old.probabilities, pair.new.probabilities
    before = loss(old, targets, multi_label=several)
    after = loss(new, targets, multi_label=several)
    rises = after - before
    least, most = possible_changes(loss, old, new, multi_label=several)
    # Soft labels and rounding may leave them by a hair; equal predictions have no range at all.
    bounds = min(least, float(rises.min())) - 1e-9, max(most, float(rises.max())) + 1e-9
    interval = question.mean(rises, bounds)
    worst = np.argsort(-rises, kind="stable")
    largest = ", ".join(f"{rises[row]:+.2f}" for row in worst[:3])

    def evidence() -> tuple[Evidence, ...]:
        line = _both(pair, float(before.mean()), float(after.mean()))
        return (
            Evidence(title="before and now", lines=(line,)),
            *shown(pair, worst, f"the largest rises ({largest})"),
        )

    return pair.answer(interval, higher_is_better=False, evidence=evidence)


def of_table(
    pair: Pair, name: str, *, average: str | None = None, label: str | None = None
) -> Estimate:
    """Return the drop of a function of a confusion table."""
    from pytest_accept.assertions.pair_evidence import most_confident
    from pytest_accept.metrics.pairs import pair_cells, pair_patterns, pair_rows
    from pytest_accept.statistics import paired_interval

    question = pair.question
    formula, options = _formula(pair, name, average, label)
    true, new = question.indicators()
    old = pair.before().indicators()[1]
    if question.multi_label:
        cells, counts = pair_patterns(true, old, new)
    else:
        ids = question.label_ids(), pair.old.label_ids, pair.new.label_ids
        cells, counts = pair_cells(*ids, len(question.labels))
    rows = pair_rows(true, old, new)
    interval: Interval = paired_interval(
        cells,
        counts,
        formula,
        confidence=question.confidence,
        clusters=None if question.clusters is None else (rows, question.clusters),
        bounds=metric_range(question.metric),
        seed=question.seed,
    )
    half = rows.shape[1] // 2
    sums: NDArray[np.float64] = rows.sum(axis=0)
    values = [float(formula(each[None, :])[0]) for each in (sums[:half], sums[half:])]

    def evidence() -> tuple[Evidence, ...]:
        lost = pair.before().correct() & ~question.correct()
        return (
            Evidence(title="before and now", lines=(_both(pair, *values),)),
            *most_confident(pair, lost, "the most confident of the lost"),
        )

    return pair.answer(interval, higher_is_better=False, evidence=evidence, options=options)


def of_any(metric: Callable[..., Estimate], title: str, found: Sides, options: Any) -> Estimate:
    """Return the drop of a metric that says what each example adds to it.

    Means of a value of each example are bounded as such, functions of sums over examples by test
    inversion of the table of what they add (entity F1), or, where that has no end (perplexity) and
    in clusters, by Dirichlet weights.
    """
    now, before = (metric(each, found.data, **options) for each in (found.new, found.old))
    assert isinstance(now, Measurement)
    assert isinstance(before, Measurement)
    if now.contributions is None or before.contributions is None:
        raise SettingError(
            f"{now.metric} does not say what each example adds to it, so two models cannot be "
            "compared by it example by example."
        )
    better, worse = (before, now) if now.higher_is_better else (now, before)
    change = _change(better.contributions, worse.contributions)
    interval = change_interval(
        change, metric_range(title), confidence=now.confidence, seed=settings.current().seed
    )
    if found.first:
        value = interval.value
        interval = replace(interval, low=value, high=value, method=ALL_CASES, clusters=None)

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        from pytest_accept.statistics import needed_examples, smallest_shown

        shown = smallest_shown(interval, bar, direction=direction, bounds=metric_range(title))
        return needed_examples(interval, bar), shown

    values = f"{now.metric} {before.value:.4f} before ({before.model.name}), {now.value:.4f} now"
    line = f"{values} ({now.model.name})"
    point = now.method == "point"
    return replace(
        now,
        metric=title,
        value=interval.value,
        low=interval.value if point else interval.low,
        high=interval.value if point else interval.high,
        n=interval.n,
        clusters=interval.clusters,
        method="point" if point else interval.method,
        higher_is_better=False,
        options=", ".join(each for each in (now.options, found.against) if each),
        notes=tuple(dict.fromkeys((*found.notes, *now.notes, *other_tokens(now.metric, change)))),
        find_evidence=lambda: (
            Evidence(title="before and now", lines=(line,)),
            *now.find_evidence(),
        ),
        plan=plan,
        judged={},
        contributions=lambda: change,
        find_figures=None,
        keep=None,
    )


def _change(one: Any, other: Any) -> Values | Sums:
    ours, theirs = one(), other()
    if isinstance(ours, Values) and isinstance(theirs, Values):
        return ours.minus(theirs)
    assert isinstance(ours, Sums)
    assert isinstance(theirs, Sums)
    return ours.minus(theirs)


def other_tokens(metric: str, change: Values | Sums) -> tuple[str, ...]:
    """Return a note if two language models lose so much per token, but not of the same tokens."""
    if metric not in PER_TOKEN or isinstance(change, Values):
        return ()
    totals = change.rows.sum(axis=0)
    one, other = sorted(int(totals[column]) for column in (1, 3))
    if one == other:
        return ()
    return (
        f"the two cut the texts into different tokens ({one:,} and {other:,} of them), so their "
        f"{metric} is not of the same thing; bits_per_byte is",
    )


def _formula(
    pair: Pair, name: str, average: str | None, label: str | None
) -> tuple[Callable[[Any], NDArray[np.float64]], str]:
    """Return the metric as a function of sums, and its options in words."""
    from pytest_accept.metrics import confusion as formulas

    if name not in OF_LABELS:
        if pair.question.multi_label:
            raise SettingError(
                f"{name} is defined for models that say one label an example, but "
                f"{pair.new.model.name} is multi-label. Use f1, precision or recall."
            )
        return getattr(formulas, name), ""
    if label is not None:
        index = pair.question.label_index(label)
        of_class = getattr(formulas, f"{name}_of_class")
        return functools.partial(of_class, index=index), f"label={label}"
    average = average or "macro"
    if average not in ("macro", "micro", "weighted"):
        what = "'macro', 'micro' or 'weighted' (or pass label= for one label)"
        raise SettingError(expected("average", what, average))
    options = "" if average == "macro" else f"average={average}"
    return functools.partial(getattr(formulas, name), average=average), options


def _both(pair: Pair, before: float, now: float) -> str:
    name = pair.question.metric.partition(" of ")[2]
    return (
        f"{name} {before:.4f} before ({pair.old.model.name}), {now:.4f} now ({pair.new.model.name})"
    )
