"""The examples of which a language model most surely holds the wrong choice likelier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.records import Evidence, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.choice_question import ChoiceQuestion

SHOWN = 3


def confident_mistakes(
    question: ChoiceQuestion,
    correct: NDArray[np.bool_],
    title: str = "the most confident mistakes",
) -> tuple[Evidence, ...]:
    """Return the mistakes in which the chosen one leads most.

    The probability shown is of the chosen one among the choices: the softmax of their scores.
    """
    rows = np.flatnonzero(~correct)
    lead = [_lead(question.scores[i], int(question.right[i])) for i in rows.tolist()]
    worst = rows[np.argsort(-np.array(lead), kind="stable")][:SHOWN]
    if not len(worst):
        return ()
    examples = tuple(_example(question, i) for i in worst.tolist())
    return (Evidence(title=title, examples=examples),)


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of scores (choices,)."""
    powers = np.exp(scores - scores.max())
    found: NDArray[np.float64] = powers / powers.sum()
    return found


def _lead(scores: NDArray[np.float64], right: int) -> float:
    return float(np.delete(scores, right).max() - scores[right])


def _example(question: ChoiceQuestion, i: int) -> Example:
    scores, right = question.scores[i], int(question.right[i])
    # On a tie the right one would be said, which is not what it counts as.
    others = np.where(np.arange(len(scores)) == right, -np.inf, scores)
    chosen = int(others.argmax())
    return Example(
        text=question.prefixes[i],
        expected=question.choices[i][right],
        predicted=question.choices[i][chosen],
        probability=float(shares(scores)[chosen]),
        origin=question.data.origin(i),
    )
