"""The examples of which a language model most surely holds the wrong choice likelier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.records import Evidence, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.choice_question import ChoiceQuestion

SHOWN = 3
_WIDTH = 70
_AROUND = 20  # characters shown on both sides of a difference


def confident_mistakes(
    question: ChoiceQuestion, correct: NDArray[np.bool_]
) -> tuple[Evidence, ...]:
    """Return the mistakes in which the chosen one leads most.

    The probability shown is of the chosen one among the choices: the softmax of their scores.
    """
    worst = _largest_leads(question, correct)
    if not worst:
        return ()
    examples = tuple(_example(question, i) for i in worst)
    return (Evidence(title="the most confident mistakes", examples=examples),)


def leads(
    question: ChoiceQuestion, prefers: NDArray[np.bool_], *, of_preferred: bool
) -> tuple[Evidence, ...]:
    """Return the pairs in which the preferred, or else the other, text leads most."""
    lines = []
    chosen, left = (0, 1) if of_preferred else (1, 0)
    lead = np.array([float(scores[chosen] - scores[left]) for scores in question.scores])
    lead[prefers != of_preferred] = -np.inf
    order = np.argsort(-lead, kind="stable")[: min(SHOWN, int((prefers == of_preferred).sum()))]
    for i in order.tolist():
        texts = _differing(*question.choices[i])
        sure = shares(question.scores[i])[chosen]
        lines.append(
            f"{sure:.2f} {texts[chosen]!r} rather than {texts[left]!r} ({question.data.origin(i)})"
        )
    title = f"the pairs in which the {'preferred' if of_preferred else 'other'} text leads most"
    return (Evidence(title=title, lines=tuple(lines)),) if lines else ()


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of scores (choices,)."""
    powers = np.exp(scores - scores.max())
    found: NDArray[np.float64] = powers / powers.sum()
    return found


def _largest_leads(question: ChoiceQuestion, correct: NDArray[np.bool_]) -> list[int]:
    rows = np.flatnonzero(~correct)
    lead = [_lead(question.scores[i], int(question.right[i])) for i in rows.tolist()]
    found: list[int] = rows[np.argsort(-np.array(lead), kind="stable")][:SHOWN].tolist()
    return found


def _lead(scores: NDArray[np.float64], right: int) -> float:
    return float(np.delete(scores, right).max() - scores[right])


def _differing(one: str, other: str) -> tuple[str, str]:
    """Return two texts without most of what both begin and end with, if they are long."""
    if max(len(one), len(other)) <= _WIDTH:
        return one, other
    start = _common(one, other)
    most = min(len(one), len(other)) - start
    end = min(_common(one[::-1], other[::-1]), most)
    first, spare = max(start - _AROUND, 0), max(end - _AROUND, 0)
    return _between(one, first, spare), _between(other, first, spare)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _between(text: str, first: int, spare: int) -> str:
    before, after = "…" * (first > 0), "…" * (spare > 0)
    return f"{before}{text[first : len(text) - spare]}{after}"


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
