"""What reports draw of a question: counts of labels, of confidences and of thresholds.

All count examples, each once: of clustered data too, so nobody may put binomial intervals on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.metrics.calibration import confidence_bins, reliability
from pytest_accept.records import ConfusionMatrix, Curve, Figures, ReliabilityBin, Threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.question import Question

MOST_LABELS = 30
"""Above that many labels nobody reads a matrix."""

MOST_THRESHOLDS = 100


def of_decisions(question: Question, *, about: int | None = None) -> Figures:
    """Return which labels were said for which, and if it is `about` one, its thresholds."""
    curve = None if about is None else _curve(question, about)
    return Figures(confusion=_confusion(question, about), curve=curve)


def of_ranking(question: Question, columns: NDArray[np.int64]) -> Figures:
    """Return what thresholds on the score of a label find; nothing if several are averaged."""
    return Figures(curve=_curve(question, int(columns[0])) if len(columns) == 1 else None)


def of_bins(table: list[tuple[int, float, float]]) -> Figures:
    """Return bins as a metric has counted them: examples, mean confidence, share right."""
    return Figures(
        reliability=tuple(ReliabilityBin(n=n, confidence=c, accuracy=a) for n, c, a in table)
    )


def of_probabilities(question: Question) -> Figures:
    """Return 15 bins of the predicted label's probability; none if multi-label.

    A soft label says in part that the prediction is right, since losses take it so.
    """
    if question.multi_label:
        return Figures()
    rows = np.arange(len(question.predictions))
    right = question.targets()[rows, question.predictions.label_ids]
    sure = question.predictions.probabilities.max(axis=1)
    bins = confidence_bins(sure, bins=15, binning="equal_width")
    return of_bins(reliability(sure, right, bins))


def _confusion(question: Question, about: int | None) -> ConfusionMatrix | None:
    """Return the matrix of all labels, or of one against the others, or None."""
    if not question.multi_label and len(question.labels) <= MOST_LABELS:
        labels = question.labels
        true, predicted = question.label_ids(), question.predictions.label_ids
    elif about is not None:
        labels = (f"not {question.labels[about]}", question.labels[about])
        true, predicted = (each[:, about].astype(np.int64) for each in question.indicators())
    else:
        return None
    k = len(labels)
    counts = np.bincount(true * k + predicted, minlength=k * k).reshape(k, k)
    return ConfusionMatrix(labels=labels, counts=tuple(map(tuple, counts.tolist())))


def _curve(question: Question, about: int) -> Curve:
    """Return the counts at every score of a label, or at the most telling of them."""
    scores = question.predictions.probabilities[:, about]
    positive = question.indicators()[0][:, about]
    with_label, without = np.sort(scores[positive]), np.sort(scores[~positive])
    thresholds = _telling(with_label, without)
    missed = np.searchsorted(with_label, thresholds)
    spared = np.searchsorted(without, thresholds)
    return Curve(
        label=question.labels[about],
        thresholds=tuple(
            Threshold(
                score=score,
                true_positives=len(with_label) - fn,
                false_positives=len(without) - tn,
                true_negatives=tn,
                false_negatives=fn,
            )
            for score, fn, tn in zip(
                thresholds.tolist(), missed.tolist(), spared.tolist(), strict=True
            )
        ),
    )


def _telling(with_label: NDArray[np.float64], without: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return thresholds from the lowest score to the highest, all of them if they are few.

    Else scores at even steps of what is found and at even steps of the false alarms, so that the
    curve has points wherever it moves, and the first score above one half, where two labels part.
    """
    both = np.unique(np.concatenate([with_label, without]))
    if len(both) <= MOST_THRESHOLDS:
        return both
    of_each = (MOST_THRESHOLDS - 3) // 2
    steps = [
        each[np.linspace(0, len(each) - 1, of_each).astype(np.int64)]
        for each in (with_label, without)
        if len(each)
    ]
    half = both[np.searchsorted(both, 0.5, side="right") :][:1]
    return np.unique(np.concatenate([both[:1], both[-1:], half, *steps]))
