"""The texts that a person would want to see of an explanation, with what it rests on marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.assertions.evidence import said
from pytest_accept.records import PAIR, Evidence, Example, TokenScore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.explanation_question import ExplainedExamples
    from pytest_accept.attributions import Attribution

SHOWN = 3


def extremes(
    explained: ExplainedExamples,
    values: NDArray[np.float64],
    title: str,
    *,
    largest: bool = False,
    most: int = SHOWN,
) -> tuple[Evidence, ...]:
    """Return the texts with the smallest (or largest) values (m,), each text once."""
    order = np.argsort(-values if largest else values, kind="stable").tolist()
    inputs = explained.inputs()
    chosen = list({inputs[i]: i for i in reversed(order)}.values())[::-1][:most]
    shown = ", ".join(f"{values[i]:.2f}" for i in chosen)
    examples = tuple(_example(explained, i) for i in chosen)
    return (Evidence(title=f"{title} ({shown})", examples=examples),)


def _example(explained: ExplainedExamples, i: int) -> Example:
    question, row = explained.asked.question, int(explained.rows[i])
    text = question.data.inputs[row]
    predicted, sure = said(question, question.predictions.probabilities[row])
    return Example(
        text=text if isinstance(text, str) else PAIR.join(text),
        expected=question.data.label_text(row) if question.data.labelled else "",
        predicted=predicted,
        probability=sure,
        origin=question.data.origin(row),
        attributions=tuple(_scores(explained.attributions[i])),
    )


def _scores(attribution: Attribution) -> Iterator[TokenScore]:
    text = attribution.text
    starts = (0,) if isinstance(text, str) else (0, len(text[0]) + len(PAIR))
    for span, score in zip(attribution.spans, attribution.scores.tolist(), strict=True):
        if span is not None:
            side, start, stop = span
            at = starts[side]
            yield TokenScore(start=start + at, stop=stop + at, score=score)
