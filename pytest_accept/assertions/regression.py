"""How much worse is a model than the last accepted one, or than any other?"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.judgement import declare_range, metric_range, require
from pytest_accept.assertions.pairs import Older, Pair, ask_pair
from pytest_accept.assertions.question import Options
from pytest_accept.errors import SettingError, expected, unknown
from pytest_accept.records import Estimate, Evidence, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.statistics import Interval

Metric = Callable[..., Estimate]

_LOSSES = ("cross_entropy", "brier_score")
_TABLES = ("balanced_accuracy", "f1", "matthews_corrcoef", "precision", "recall")
_OF_LABELS = ("f1", "precision", "recall")
_METRICS = ("accuracy", *_LOSSES, *_TABLES)


def metric_drop(
    model: Model | Predictions,
    data: Data,
    *,
    against: Older = None,
    metric: Metric = accuracy,
    allow_relabelled: bool = False,
    average: str | None = None,
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """How much worse a model is by `metric` than another on the same examples; 0: not at all.

    The older value minus the newer one; of a loss (cross-entropy, Brier score) the newer minus the
    older, so that more is worse of every metric and negative is a gain. `against` is a Model,
    Predictions, or a baseline; None takes the stored baseline of the suite, which
    `--accept-update-baseline` writes. `metric` is accuracy, a loss, or balanced_accuracy, f1,
    matthews_corrcoef, precision or recall; of those with labels `average` and `label` choose, as
    there.

    Interval of accuracy: a Dirichlet law of the examples lost and gained, whose upper bound is at
    or below 0 exactly if McNemar's one-sided exact test rejects. Of losses: a mean of differences,
    with one unseen that is as large as these pairs of predictions could make it. Of the others:
    test inversion of the table of (truth, old, new). With clusters, that of a mean over clusters,
    or Dirichlet weights at an effective number of examples.

    Examples that are not in the baseline are left out, with a note. If labels have changed since,
    it is a DataError that says which; with `allow_relabelled` both models are judged by today's.
    """
    asked = _asked(metric, average, label)
    chosen = against if against is not None else _stored()
    pair = ask_pair(
        asked.title,
        model,
        chosen,
        data,
        labelled=True,
        allow_relabelled=allow_relabelled,
        **options,
    )
    if asked.name == "accuracy":
        return _of_accuracy(pair)
    if asked.name in _LOSSES:
        return _of_loss(pair, asked.name)
    return _of_table(pair, asked)


def assert_no_regression(
    model: Model | Predictions,
    data: Data,
    *,
    against: Older = None,
    metric: Metric = accuracy,
    margin: float = 0.01,
    **options: Any,
) -> Verdict:
    """Require that a model is worse by `metric` than another by at most `margin`.

    Accepted if the upper bound of `metric_drop` is at most the margin (a paired test of
    non-inferiority); at margin 0 of accuracy, if McNemar's one-sided exact test shows a gain. A
    negative margin requires a gain of that size. `against=None` takes the stored baseline, the
    predictions of the last accepted model. Options are those of `metric_drop`. Returns the Verdict;
    raises AcceptanceFailure if the criterion is rejected or (by default) inconclusive.

        def test_not_worse_than_the_last_one(model, reviews):
            assert_no_regression(model, reviews, metric=accuracy, margin=0.01)
    """
    span = metric_range(_asked(metric, options.get("average"), options.get("label")).title)[1]
    number = isinstance(margin, numbers.Real) and not isinstance(margin, bool)
    if not number or not abs(margin) < span:
        hint = f" Did you mean {margin / 100:g}?" if number and 1 <= margin <= 100 else ""
        what = f"a number between {-span:g} and {span:g}"
        raise SettingError(expected("margin", what, margin) + hint)
    measured: Any = metric_drop(model, data, against=against, metric=metric, **options)
    verdict: Verdict = measured.judge(float(margin), "below")
    require(verdict)
    return verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which metric, how averaged, about which label."""

    name: str
    average: str | None
    label: str | None

    @property
    def title(self) -> str:
        """What is measured: a drop, or of a loss a rise."""
        return f"{'rise' if self.name in _LOSSES else 'drop'} of {self.name}"


def _asked(metric: Metric, average: str | None, label: str | None) -> _Asked:
    given: dict[str, Any] = {"average": average, "label": label}
    while isinstance(metric, functools.partial):
        more = set(metric.keywords) - set(given)
        if metric.args or more:
            what = "a metric, or a partial with nothing but average= and label="
            raise SettingError(expected("metric", what, metric))
        given = {**metric.keywords, **{k: v for k, v in given.items() if v is not None}}
        metric = metric.func
    if not callable(metric):
        raise SettingError(expected("metric", "a metric such as accuracy", metric))
    name = getattr(metric, "__name__", repr(metric))
    if name not in _METRICS:
        raise SettingError(unknown("metric that two models are compared by", name, _METRICS))
    if name not in _OF_LABELS and any(each is not None for each in given.values()):
        raise SettingError(f"{name} takes no average= or label=.")
    asked = _Asked(name=name, average=given.get("average"), label=given.get("label"))
    low, high = metric_range(name)
    declare_range(asked.title, low - high, high - low)
    return asked


def _stored() -> Any:
    from pytest_accept.baseline import Baseline

    return Baseline()


def _of_accuracy(pair: Pair) -> Estimate:
    from pytest_accept.assertions.pair_evidence import by_slice, most_confident
    from pytest_accept.statistics import mcnemar, paired_proportion_interval

    right, before = pair.question.correct(), pair.before().correct()
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


def _of_loss(pair: Pair, name: str) -> Estimate:
    import numpy as np

    from pytest_accept.assertions.pair_evidence import shown
    from pytest_accept.metrics import losses
    from pytest_accept.metrics.pairs import possible_changes
    from pytest_accept.statistics import mean_interval, mean_over_clusters_interval

    question, several = pair.question, pair.question.multi_label
    loss, targets = getattr(losses, name), question.targets()
    old, new = pair.old.probabilities, pair.new.probabilities
    before = loss(old, targets, multi_label=several)
    after = loss(new, targets, multi_label=several)
    rises = after - before
    least, most = possible_changes(loss, old, new, multi_label=several)
    # Soft labels and rounding may leave them by a hair; equal predictions have no range at all.
    bounds = min(least, float(rises.min())) - 1e-9, max(most, float(rises.max())) + 1e-9
    common: Any = {"confidence": question.confidence, "bounds": bounds}
    if question.clusters is None:
        interval = mean_interval(rises, seed=question.seed, **common)
    else:
        interval = mean_over_clusters_interval(rises, question.clusters, **common)
    worst = np.argsort(-rises, kind="stable")
    largest = ", ".join(f"{rises[row]:+.2f}" for row in worst[:3])

    def evidence() -> tuple[Evidence, ...]:
        line = _both(pair, float(before.mean()), float(after.mean()))
        return (
            Evidence(title="before and now", lines=(line,)),
            *shown(pair, worst, f"the largest rises ({largest})"),
        )

    return pair.answer(interval, higher_is_better=False, evidence=evidence)


def _of_table(pair: Pair, asked: _Asked) -> Estimate:
    from pytest_accept.assertions.pair_evidence import most_confident
    from pytest_accept.metrics.pairs import pair_cells, pair_patterns, pair_rows
    from pytest_accept.statistics import paired_interval

    question = pair.question
    formula, options = _formula(pair, asked)
    true, new = question.indicators()
    old = pair.before().indicators()[1]
    if question.multi_label:
        cells, counts = pair_patterns(true, old, new)
    else:
        ids = question.label_ids(), pair.old.label_ids, pair.new.label_ids
        cells, counts = pair_cells(*ids, len(question.labels))
    rows = pair_rows(true, old, new)
    low, high = metric_range(asked.title)
    interval: Interval = paired_interval(
        cells,
        counts,
        formula,
        confidence=question.confidence,
        clusters=None if question.clusters is None else (rows, question.clusters),
        bounds=(low, high),
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


def _formula(pair: Pair, asked: _Asked) -> tuple[Callable[[Any], NDArray[np.float64]], str]:
    """Return the metric as a function of sums, and its options in words."""
    from pytest_accept.metrics import confusion as formulas

    if asked.name not in _OF_LABELS:
        if pair.question.multi_label:
            raise SettingError(
                f"{asked.name} is defined for models that say one label an example, but "
                f"{pair.new.model.name} is multi-label. Use f1, precision or recall."
            )
        return getattr(formulas, asked.name), ""
    if asked.label is not None:
        index = pair.question.label_index(asked.label)
        of_class = getattr(formulas, f"{asked.name}_of_class")
        return functools.partial(of_class, index=index), f"label={asked.label}"
    average = asked.average or "macro"
    if average not in ("macro", "micro", "weighted"):
        what = "'macro', 'micro' or 'weighted' (or pass label= for one label)"
        raise SettingError(expected("average", what, average))
    options = "" if average == "macro" else f"average={average}"
    return functools.partial(getattr(formulas, asked.name), average=average), options


def _both(pair: Pair, before: float, now: float) -> str:
    name = pair.question.metric.partition(" of ")[2]
    return (
        f"{name} {before:.4f} before ({pair.old.model.name}), {now:.4f} now ({pair.new.model.name})"
    )
