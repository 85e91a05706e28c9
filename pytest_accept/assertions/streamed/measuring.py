"""Each metric that streams, read off what a pass has found out: the same intervals as in memory.

A table of labels is all that its metrics need in memory, too. Means and calibration errors are
bounded by the same methods, of values rounded to the ends of their cells.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from pytest_accept.assertions.calibration import named as named_bins
from pytest_accept.assertions.confusion import (
    ConfusionMatrix,
    checked_average,
    named_average,
    never_said,
    rare_labels,
    require_some,
)
from pytest_accept.assertions.evidence import reliability_table
from pytest_accept.assertions.figures import of_bins
from pytest_accept.assertions.streamed import evidence
from pytest_accept.assertions.streamed.asked import StreamAsked, ask
from pytest_accept.assertions.streamed.gathered import BINS
from pytest_accept.data.streamed import StreamedData
from pytest_accept.errors import SettingError, check_count, expected
from pytest_accept.metrics import confusion as formulas
from pytest_accept.metrics import losses
from pytest_accept.records import Estimate
from pytest_accept.statistics import table_interval
from pytest_accept.statistics.calibration_grids import grid_calibration_error_interval
from pytest_accept.statistics.grids import Grid, grid_mean_interval

Options = dict[str, Any]


def measure(metric: Callable[..., Any], given: tuple[Any, ...], options: Options) -> Estimate:
    """Return a metric of a model and streamed data; DataError for one that does not stream."""
    arguments = inspect.signature(metric).bind(*given, **options).arguments
    common = arguments.pop("options", {})
    model, data = arguments.pop("model", None), arguments.pop("data")
    name = metric.__name__
    if name not in MEASURES:
        data.refuse(name)
    return MEASURES[name](model, data, common, **arguments)


def accuracy(model: Any, data: StreamedData, options: Options) -> Estimate:
    """Return the share of examples that are right."""
    asked = ask("accuracy", model, data, options)
    return asked.answer(
        asked.share(asked.found.right, asked.found.n, of="right"),
        higher_is_better=True,
        evidence=evidence.confident_mistakes,
        figures=evidence.decisions,
    )


def of_labels(
    name: str,
    model: Any,
    data: StreamedData,
    options: Options,
    *,
    average: str = "macro",
    label: str | None = None,
) -> Estimate:
    """Return precision, recall or F1: of one label, or averaged."""
    asked = ask(name, model, data, options)
    asked.single_label()
    if label is None:
        formula = partial(getattr(formulas, name), average=checked_average(average))
        return _of_table(asked, formula, options=named_average(average))
    index = asked.label_index(label)
    if name == "f1":
        formula = partial(formulas.f1_of_class, index=index)
        return _of_table(asked, formula, options=f"label={label}", about=index)
    table = asked.found.table
    among = int(table[:, index].sum() if name == "precision" else table[index].sum())
    if name == "recall":
        require_some(asked, label, among)
    side = "said" if name == "precision" else "label"
    return asked.answer(
        asked.share(int(table[index, index]), among, cell=(index, index), **{side: index}),
        higher_is_better=True,
        evidence=partial(evidence.mistakes_about, index=index),
        options=f"label={label}",
        notes=() if among else never_said(label),
        figures=evidence.decisions,
    )


def of_table(name: str, model: Any, data: StreamedData, options: Options) -> Estimate:
    """Return balanced accuracy or Matthews' correlation coefficient."""
    asked = ask(name, model, data, options)
    asked.single_label()
    low = -1 if name == "matthews_corrcoef" else 0
    return _of_table(asked, getattr(formulas, name), bounds=(low, 1))


def confusion(
    model: Any, data: StreamedData, options: Options, *, true: str, predicted: str
) -> Estimate:
    """Return one cell of the confusion matrix, normalised by its row."""
    asked = ask("confusion", model, data, options)
    asked.single_label()
    row, column = asked.label_index(true), asked.label_index(predicted)
    among = int(asked.found.table[row].sum())
    require_some(asked, true, among)
    return asked.answer(
        asked.share(int(asked.found.table[row, column]), among, label=row, cell=(row, column)),
        higher_is_better=row == column,
        evidence=partial(evidence.confusions, true=row, predicted=column),
        options=f"true={true}, predicted={predicted}",
        figures=evidence.decisions,
    )


def confusion_matrix(model: Any, data: StreamedData, options: Options) -> ConfusionMatrix:
    """Return how many examples of each label were called what."""
    asked = ask("confusion_matrix", model, data, options)
    asked.single_label()
    return ConfusionMatrix(asked.labels, asked.found.table.copy())


def cross_entropy(model: Any, data: StreamedData, options: Options) -> Estimate:
    """Return the mean cross-entropy."""
    asked = ask("cross_entropy", model, data, options)
    bounds = 0, losses.LARGEST_CROSS_ENTROPY
    unseen = {"tail": 1.0, "possible": asked.found.possible}
    return _of_loss(asked, asked.found.cross_entropy, bounds, **unseen)


def brier_score(model: Any, data: StreamedData, options: Options) -> Estimate:
    """Return the mean Brier score."""
    asked = ask("brier_score", model, data, options)
    largest = 2 if len(asked.labels) > 2 and not asked.found.multi_label else 1
    return _of_loss(asked, asked.found.brier_score, (0, largest))


def expected_calibration_error(
    model: Any,
    data: StreamedData,
    options: Options,
    *,
    bins: int = BINS,
    binning: str = "equal_width",
    label: str | None = None,
) -> Estimate:
    """Return the mean gap between confidence and accuracy over bins of equal width."""
    check_count("bins", bins)
    if binning != "equal_width":
        what = "'equal_width' on streamed data, where nobody knows beforehand which bins hold alike"
        raise SettingError(expected("binning", what, binning))
    asked = ask("expected_calibration_error", model, data, options, (bins, label))
    grid, gaps = asked.found.calibration[bins, label], asked.found.gaps[label]
    effective = asked.effective_of(("gaps", label), gaps.mean(), gaps.variance())
    interval, calibrated = grid_calibration_error_interval(
        grid, confidence=asked.confidence, seed=asked.seed, effective=effective
    )
    return asked.answer(
        asked.clustered(interval),
        higher_is_better=False,
        evidence=lambda _: reliability_table(grid.table()),
        options=named_bins(bins, binning, label),
        notes=(
            "noise alone gives a perfectly calibrated model an expected calibration error "
            f"of about {calibrated:.3f}",
        ),
        figures=lambda _: of_bins(grid.table()),
    )


def overconfidence(
    model: Any, data: StreamedData, options: Options, *, label: str | None = None
) -> Estimate:
    """Return mean confidence less accuracy."""
    asked = ask("overconfidence", model, data, options, (BINS, label))
    gaps, grid = asked.found.gaps[label], asked.found.calibration[BINS, label]
    least = -1.0 if label is not None else 1 / len(asked.labels) - 1
    interval = grid_mean_interval(
        gaps,
        confidence=asked.confidence,
        bounds=(min(least, gaps.smallest), 1.0),
        effective=asked.effective_of(("gaps", label), gaps.mean(), gaps.variance()),
        seed=asked.seed,
    )
    return asked.answer(
        asked.clustered(interval),
        higher_is_better=False,
        evidence=lambda _: reliability_table(grid.table()),
        options="" if label is None else f"label={label}",
        figures=lambda _: of_bins(grid.table()),
    )


def _of_table(
    asked: StreamAsked,
    formula: Callable[[Any], Any],
    *,
    bounds: tuple[float, float] = (0, 1),
    about: int | None = None,
    options: str = "",
) -> Estimate:
    cells, counts = formulas.counted_cells(asked.found.table)
    counted = asked.effective_of_table(formula)
    interval = table_interval(
        cells,
        counts * (counted / asked.found.n),
        formula,
        confidence=asked.confidence,
        bounds=bounds,
        seed=asked.seed,
    )
    # Of examples that count as fewer, the value is still that of all.
    value = float(np.asarray(formula(counts[None, :].astype(np.float64) @ cells))[0])
    interval = replace(interval, value=value, n=asked.found.n)
    found = evidence.confident_mistakes
    if about is not None:
        found = partial(evidence.mistakes_about, index=about)
    support = asked.found.table.sum(axis=1).tolist()
    return asked.answer(
        asked.clustered(interval),
        higher_is_better=True,
        evidence=found,
        options=options,
        notes=rare_labels(asked.labels, support) if about is None else (),
        figures=evidence.decisions,
    )


def _of_loss(
    asked: StreamAsked, grid: Grid, bounds: tuple[float, float], **unseen: float
) -> Estimate:
    interval = grid_mean_interval(
        grid,
        confidence=asked.confidence,
        bounds=bounds,
        effective=asked.effective_of(asked.metric, grid.mean(), grid.variance()),
        seed=asked.seed,
        **unseen,
    )
    return asked.answer(
        asked.clustered(interval),
        higher_is_better=False,
        evidence=evidence.largest,
        figures=evidence.probabilities,
    )


MEASURES: dict[str, Callable[..., Estimate]] = {
    "accuracy": accuracy,
    "precision": partial(of_labels, "precision"),
    "recall": partial(of_labels, "recall"),
    "f1": partial(of_labels, "f1"),
    "balanced_accuracy": partial(of_table, "balanced_accuracy"),
    "matthews_corrcoef": partial(of_table, "matthews_corrcoef"),
    "confusion": confusion,
    "cross_entropy": cross_entropy,
    "brier_score": brier_score,
    "expected_calibration_error": expected_calibration_error,
    "overconfidence": overconfidence,
}
"""The metrics that stream, by name."""
