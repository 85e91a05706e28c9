"""What a person would want to see of a stream: the examples and counts that a pass has kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_accept.assertions.figures import MOST_LABELS, of_bins
from pytest_accept.assertions.streamed.board import Entry, first
from pytest_accept.records import ConfusionMatrix, Evidence, Figures
from pytest_accept.statistics.grids import UNIT

if TYPE_CHECKING:
    from pytest_accept.assertions.streamed.asked import StreamAsked


def confident_mistakes(asked: StreamAsked) -> tuple[Evidence, ...]:
    """Return the mistakes of which the model was surest."""
    return _shown("the most confident mistakes", asked.found.mistakes.best())


def mistakes_about(asked: StreamAsked, *, index: int) -> tuple[Evidence, ...]:
    """Return the surest mistakes in which one label is said wrongly or missed.

    With more than 20 labels, those of all labels.
    """
    k = len(asked.labels)
    missed = asked.found.missed.best([index])
    if not missed and not asked.found.missed.best():
        return confident_mistakes(asked)
    said = asked.found.mistakes.best(true * k + index for true in range(k) if true != index)
    title = f"the most confident mistakes about {asked.labels[index]!r}"
    return _shown(title, first([*said, *missed]))


def confusions(asked: StreamAsked, *, true: int, predicted: int) -> tuple[Evidence, ...]:
    """Return the surest examples of one class that were taken for another one."""
    k = len(asked.labels)
    title = f"the most confident {asked.labels[predicted]!r} for {asked.labels[true]!r}"
    return _shown(title, asked.found.mistakes.best([true * k + predicted]))


def largest(asked: StreamAsked) -> tuple[Evidence, ...]:
    """Return the examples with the largest losses."""
    entries = asked.found.largest[asked.metric].best()
    shown = ", ".join(f"{-each.rank:.2f}" for each in entries)
    return _shown(f"the largest {asked.metric.replace('_', ' ')} ({shown})", entries)


def decisions(asked: StreamAsked) -> Figures:
    """Return which labels were said for which, if they are few enough to read."""
    if asked.found.multi_label or len(asked.labels) > MOST_LABELS:
        return Figures()
    counts = tuple(map(tuple, asked.found.table.tolist()))
    return Figures(confusion=ConfusionMatrix(labels=asked.labels, counts=counts))


def probabilities(asked: StreamAsked) -> Figures:
    """Return 15 bins of the predicted label's probability; none if multi-label."""
    if asked.found.multi_label:
        return Figures()
    counts, sure, right = asked.found.confidences.tolist()
    bins = zip(counts, sure, right, strict=True)
    return of_bins([(n, sums * UNIT / n, hits * UNIT / n) for n, sums, hits in bins if n])


def _shown(title: str, entries: list[Entry]) -> tuple[Evidence, ...]:
    if not entries:
        return ()
    return (Evidence(title=title, examples=tuple(each.example for each in entries)),)
