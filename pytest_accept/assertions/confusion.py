"""Which labels does the model confuse, find and miss?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast

from pytest_accept import dry_run
from pytest_accept.assertions.asked import Asked
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, Question, ask
from pytest_accept.assertions.shares import sums_among
from pytest_accept.errors import DataError, SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.data import Data
    from pytest_accept.data.streamed import StreamedData
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate
    from pytest_accept.statistics import Interval

Average = Literal["macro", "micro", "weighted"]
_FEW = 5


@ranged(0, 1, interval="share of a label")
def precision(
    model: Model | Predictions,
    data: Data,
    *,
    average: Average = "macro",
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Share of what was predicted as a label that is labelled so, in 0..1; 1 is no false alarm.

    `label` asks for one label; else `average` over labels: "macro" (each counts the same),
    "weighted" (by support) or "micro" (all decisions pooled). Interval: Clopper-Pearson over the
    predicted examples for one label, else test inversion of the table of joint cells. A label that
    is never predicted has precision 0, and nothing is demonstrated. Definition: scikit-learn's
    `precision_score`.
    """
    question = ask("precision", model, data, **options)
    return _of_labels(question, average=average, label=label, of="predicted")


@ranged(0, 1, interval="share of a label")
def recall(
    model: Model | Predictions,
    data: Data,
    *,
    average: Average = "macro",
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Share of what is labelled as a label that was predicted so, in 0..1; 1 is nothing missed.

    `label`, `average` and intervals as for `precision`; a `label` that no example has is a
    DataError. Definition: scikit-learn's `recall_score`.
    """
    question = ask("recall", model, data, **options)
    return _of_labels(question, average=average, label=label, of="true")


@ranged(0, 1)
def f1(
    model: Model | Predictions,
    data: Data,
    *,
    average: Average = "macro",
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Harmonic mean of precision and recall, in 0..1; 1 is no false alarm and nothing missed.

    `label` and `average` as for `precision`. Interval: test inversion of the table of joint cells.
    Definition: scikit-learn's `f1_score`.
    """
    from pytest_accept.metrics import confusion as formulas

    question = ask("f1", model, data, **options)
    if label is None:
        formula = partial(formulas.f1, average=checked_average(average))
        return _of_table(question, formula, options=named_average(average))
    index = question.label_index(label)
    formula = partial(formulas.f1_of_class, index=index)
    return _of_table(question, formula, about=index, options=f"label={label}")


@ranged(0, 1)
def balanced_accuracy(
    model: Model | Predictions, data: Data, **options: Unpack[Options]
) -> Estimate:
    """Mean recall over the labels that occur, in 0..1; 1/k is guessing among k labels.

    Single-label only. Interval: test inversion of the table of joint cells. Definition:
    scikit-learn's `balanced_accuracy_score`.
    """
    from pytest_accept.metrics import confusion as formulas

    question = _single_label(ask("balanced_accuracy", model, data, **options))
    return _of_table(question, formulas.balanced_accuracy)


@ranged(-1, 1)
def matthews_corrcoef(
    model: Model | Predictions, data: Data, **options: Unpack[Options]
) -> Estimate:
    """Correlation of predicted and true labels, in -1..1; 0 is chance, 1 is all right.

    Single-label, any number of labels (Gorodkin 2004). Interval: test inversion of the table of
    joint cells. Definition: scikit-learn's `matthews_corrcoef`.
    """
    from pytest_accept.metrics import confusion as formulas

    question = _single_label(ask("matthews_corrcoef", model, data, **options))
    return _of_table(question, formulas.matthews_corrcoef, bounds=(-1, 1))


@ranged(0, 1, interval="share")
def confusion(
    model: Model | Predictions,
    data: Data,
    *,
    true: str,
    predicted: str,
    **options: Unpack[Options],
) -> Estimate:
    """Share of the examples labelled `true` that the model calls `predicted`, in 0..1.

    One cell of the confusion matrix, normalised by its row; 0 is never confused. Single-label
    only; `confusion_matrix` has all cells. Interval: Clopper-Pearson over the examples labelled
    `true`. Raises DataError if no example is labelled `true`. Definition: scikit-learn's
    `confusion_matrix(normalize="true")`.
    """
    from pytest_accept.assertions.evidence import confusions
    from pytest_accept.assertions.figures import of_decisions

    question = _single_label(ask("confusion", model, data, **options))
    row, column = question.label_index(true), question.label_index(predicted)
    among = question.label_ids() == row
    require_some(question, true, among.any())
    _about(question, among)
    hits = question.predictions.label_ids == column
    interval = _share(question, hits, among)
    return question.answer(
        interval,
        higher_is_better=row == column,
        evidence=lambda asked: confusions(asked, row, column),
        options=f"true={true}, predicted={predicted}",
        contributions=lambda: sums_among(question, hits, among),
        figures=of_decisions,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionMatrix:
    """Counts of examples by true label (rows) and predicted label (columns), shape (k, k)."""

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    def __str__(self) -> str:
        width = max(9, *(len(label) + 1 for label in self.labels))
        header = "true \\ said".ljust(width + 3) + "".join(f"{x:>{width}}" for x in self.labels)
        rows = [
            f"{label:<{width + 3}}" + "".join(f"{int(count):>{width},}" for count in row)
            for label, row in zip(self.labels, self.counts, strict=True)
        ]
        return "\n".join([header, *rows])


def confusion_matrix(
    model: Model | Predictions, data: Data, **options: Unpack[Options]
) -> ConfusionMatrix:
    """Return how many examples of each label were called what; single-label only."""
    import numpy as np

    if data.streamed:
        from pytest_accept.assertions.streamed.measuring import confusion_matrix as streamed

        return streamed(model, cast("StreamedData", data), dict(options))
    question = _single_label(ask("confusion_matrix", model, data, **options))
    k = len(question.labels)
    joint = question.label_ids() * k + question.predictions.label_ids
    counts = np.bincount(joint, minlength=k * k).reshape(k, k)
    return ConfusionMatrix(question.labels, counts.astype(np.int64))


def _of_labels(
    question: Question, *, average: Average, label: str | None, of: Literal["true", "predicted"]
) -> Estimate:
    from pytest_accept.assertions.evidence import mistakes_about
    from pytest_accept.assertions.figures import of_decisions
    from pytest_accept.metrics import confusion as formulas

    if label is None:
        formula = formulas.precision if of == "predicted" else formulas.recall
        averaged = partial(formula, average=checked_average(average))
        return _of_table(question, averaged, options=named_average(average))
    index, name = question.label_index(label), question.metric
    if of == "predicted":
        dry_run.about_some("they are those that are predicted as the label")
    else:
        _about(question, (question.targets()[:, index] > 0.5))
    true, predicted = (each[:, index] for each in question.indicators())
    among = predicted if of == "predicted" else true
    if of == "true":
        require_some(question, label, among.any())
    notes: tuple[str, ...] = ()
    if not among.any():
        notes = never_said(label)
    return question.answer(
        _share(question, true & predicted, among),
        higher_is_better=True,
        evidence=lambda asked: mistakes_about(asked, index),
        options=f"label={label}",
        notes=notes,
        contributions=lambda: sums_among(question, true & predicted, among),
        kept=lambda: _table(question, partial(getattr(formulas, f"{name}_of_class"), index=index)),
        figures=partial(of_decisions, about=index),
    )


def never_said(label: str) -> tuple[str, ...]:
    """Return the note on the precision of a label that is never predicted."""
    return (f"the model never says {label!r}, so its precision is not defined; counted as 0",)


def _about(question: Question, among: NDArray[np.bool_]) -> None:
    rows = among.nonzero()[0]
    dry_run.about(rows.tolist(), None if question.clusters is None else question.clusters[rows])


def _share(question: Question, hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> Interval:
    """Return the interval of the share of hits among some of the examples."""
    from pytest_accept.statistics import (
        Interval,
        clustered_proportion_interval,
        proportion_interval,
    )

    confidence = question.confidence
    if not among.any():
        return Interval(
            value=0.0, low=0.0, high=1.0, confidence=confidence, n=0, clusters=None, method="none"
        )
    if question.clusters is not None:
        clusters = question.clusters[among]
        return clustered_proportion_interval(hits[among], clusters, confidence=confidence)
    return proportion_interval(int(hits[among].sum()), int(among.sum()), confidence=confidence)


def _of_table(
    question: Question,
    formula: Callable[[Any], Any],
    *,
    bounds: tuple[float, float] = (0, 1),
    about: int | None = None,
    options: str = "",
) -> Estimate:
    """Return a function of the table of joint cells."""
    from pytest_accept.assertions.evidence import confident_mistakes, mistakes_about
    from pytest_accept.assertions.figures import of_decisions
    from pytest_accept.metrics.confusion import example_rows
    from pytest_accept.statistics import clustered_interval, table_interval

    common: dict[str, Any] = {
        "confidence": question.confidence,
        "bounds": bounds,
        "seed": question.seed,
    }
    cells, counts = _cells(question)
    if question.clusters is None:
        interval = table_interval(cells, counts, formula, **common)
    else:
        rows = example_rows(*question.indicators())
        interval = clustered_interval(rows, question.clusters, formula, possible=cells, **common)
    notes = _rare(question) if about is None else ()
    found = confident_mistakes if about is None else partial(mistakes_about, index=about)
    return question.answer(
        interval,
        higher_is_better=True,
        evidence=found,
        options=options,
        notes=notes,
        contributions=lambda: _table(question, formula, bounds),
        figures=partial(of_decisions, about=about),
    )


def _table(
    question: Question, formula: Callable[[Any], Any], bounds: tuple[float, float] = (0, 1)
) -> Sums:
    """Return a function of the table of joint cells as sums over the examples."""
    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.metrics.confusion import example_rows

    return Sums(
        rows=example_rows(*question.indicators()),
        formula=formula,
        bounds=bounds,
        clusters=question.clusters,
        possible=_cells(question)[0],
    )


def _cells(question: Question) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the joint cells as rows, with how many examples fall into each."""
    from pytest_accept.metrics.confusion import pattern_cells, table_cells

    if question.multi_label:
        return pattern_cells(*question.indicators())
    said = question.predictions.label_ids
    return table_cells(question.label_ids(), said, len(question.labels))


def _rare(question: Question) -> tuple[str, ...]:
    return rare_labels(question.labels, question.indicators()[0].sum(axis=0).tolist())


def rare_labels(labels: tuple[str, ...], support: list[int]) -> tuple[str, ...]:
    """Return a note on labels with so few examples that no interval can know their errors."""
    pairs = zip(labels, support, strict=True)
    rare = [f"{label!r} ({count})" for label, count in pairs if count < _FEW]
    if not rare:
        return ()
    return (
        f"labels with fewer than {_FEW} examples, whose errors the bound cannot know: "
        + ", ".join(rare),
    )


def checked_average(average: Any) -> Average:
    """Return a way to average over labels; SettingError for one that is none."""
    if average not in ("macro", "micro", "weighted"):
        what = "'macro', 'micro' or 'weighted' (or pass label= for one label)"
        raise SettingError(expected("average", what, average))
    return cast("Average", average)


def named_average(average: str) -> str:
    """Return a way to average as reports spell it."""
    return "" if average == "macro" else f"average={average}"


def _single_label(question: Question) -> Question:
    if question.multi_label:
        raise SettingError(
            f"{question.metric} is defined for models that say one label an example, but "
            f"{question.predictions.model.name} is multi-label. Use f1, precision or recall."
        )
    return question


def require_some(asked: Asked[Any], label: str, among: object) -> None:
    """Raise a DataError if no example has a label that is asked of."""
    if not among:
        raise DataError(
            f"{asked.metric} of {label!r} needs examples labelled {label!r}, "
            f"but {asked.data.population} has none."
        )


assert_precision_above = above(precision)
assert_precision_below = below(precision)
assert_recall_above = above(recall)
assert_recall_below = below(recall)
assert_f1_above = above(f1)
assert_f1_below = below(f1)
assert_balanced_accuracy_above = above(balanced_accuracy)
assert_balanced_accuracy_below = below(balanced_accuracy)
assert_matthews_corrcoef_above = above(matthews_corrcoef)
assert_matthews_corrcoef_below = below(matthews_corrcoef)
assert_confusion_above = above(confusion)
assert_confusion_below = below(confusion)
