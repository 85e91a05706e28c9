"""The examples that a person would want to see: the worst ones, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.records import PAIR, Evidence, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.question import Question

SHOWN = 3


def confident_mistakes(question: Question) -> tuple[Evidence, ...]:
    """Return the mistakes of which the model was surest."""
    wrong = np.flatnonzero(~question.correct())
    sure = confidence_of(question)[wrong]
    return _worst(question, "the most confident mistakes", wrong[np.argsort(-sure, kind="stable")])


def mistakes_about(question: Question, index: int) -> tuple[Evidence, ...]:
    """Return the surest mistakes in which one label is said wrongly or missed."""
    true, predicted = (each[:, index] for each in question.indicators())
    wrong = np.flatnonzero(true != predicted)
    probability = question.predictions.probabilities[wrong, index]
    order = np.argsort(-np.abs(probability - true[wrong]), kind="stable")
    title = f"the most confident mistakes about {question.labels[index]!r}"
    return _worst(question, title, wrong[order])


def confusions(question: Question, true: int, predicted: int) -> tuple[Evidence, ...]:
    """Return the surest examples of one class that were taken for another one."""
    took = (question.label_ids() == true) & (question.predictions.label_ids == predicted)
    rows = np.flatnonzero(took)
    order = np.argsort(-confidence_of(question)[rows], kind="stable")
    title = f"the most confident {question.labels[predicted]!r} for {question.labels[true]!r}"
    return _worst(question, title, rows[order])


def largest(question: Question, losses: NDArray[np.float64], name: str) -> tuple[Evidence, ...]:
    """Return the examples with the largest losses."""
    order = np.argsort(-losses, kind="stable")[:SHOWN]
    shown = ", ".join(f"{losses[i]:.2f}" for i in order)
    return _worst(question, f"the largest {name} ({shown})", order)


def misranked(question: Question, index: int) -> tuple[Evidence, ...]:
    """Return the examples of a label that score lowest for it and the others that score highest."""
    true = question.indicators()[0][:, index]
    score = question.predictions.probabilities[:, index]
    label = question.labels[index]
    lowest = np.flatnonzero(true)[np.argsort(score[true], kind="stable")]
    highest = np.flatnonzero(~true)[np.argsort(-score[~true], kind="stable")]
    return (
        *_worst(question, f"{label!r} scored lowest among", lowest[:2]),
        *_worst(question, f"{label!r} scored highest among others", highest[:2]),
    )


def reliability_table(rows: list[tuple[int, float, float]]) -> tuple[Evidence, ...]:
    """Return how sure the model is on the whole, and the bins that add most to the error."""
    n = sum(size for size, _, _ in rows)
    sure = sum(size * confidence for size, confidence, _ in rows) / n
    hits = sum(size * right for size, _, right in rows) / n
    worst = sorted(rows, key=lambda row: -row[0] * abs(row[1] - row[2]))[:SHOWN]
    whole = Evidence(title="on the whole", lines=(_claim(n, sure, hits),))
    lines = tuple(_claim(*row) for row in worst)
    return (whole, Evidence(title="the bins that add most to it", lines=lines))


def _claim(n: int, confidence: float, right: float) -> str:
    return (
        f"said {confidence:.2f} sure, right {right:.2f} of the time "
        f"({'over' if confidence > right else 'under'}confident by {abs(confidence - right):.2f}, "
        f"n = {n:,})"
    )


def confidence_of(question: Question) -> NDArray[np.float64]:
    """Return the probability of what was said; if multi-label, of the least likely right answer."""
    probabilities = question.predictions.probabilities
    if not question.multi_label:
        return np.asarray(probabilities.max(axis=1))
    return np.asarray(np.abs(probabilities - question.targets()).max(axis=1))


def _worst(question: Question, title: str, rows: NDArray[np.int64]) -> tuple[Evidence, ...]:
    if len(rows) == 0:
        return ()
    return (
        Evidence(title=title, examples=tuple(example_of(question, int(i)) for i in rows[:SHOWN])),
    )


def example_of(question: Question, row: int) -> Example:
    """Return an example as evidence shows it."""
    text = question.data.inputs[row]
    predicted, sure = said(question, question.predictions.probabilities[row])
    return Example(
        text=text if isinstance(text, str) else PAIR.join(text),
        expected=question.data.label_text(row),
        predicted=predicted,
        probability=sure,
        origin=question.data.origin(row),
    )


def said(question: Question, probabilities: NDArray[np.float64]) -> tuple[str, float]:
    """Return the predicted label, or labels, and how sure the model is of them (or of each)."""
    if question.multi_label:
        names = [question.labels[i] for i in np.flatnonzero(probabilities > 0.5)]
        sure = float(np.where(probabilities > 0.5, probabilities, 1 - probabilities).min())
        return ", ".join(names) or "none", sure
    best = int(probabilities.argmax())
    return question.labels[best], float(probabilities[best])
