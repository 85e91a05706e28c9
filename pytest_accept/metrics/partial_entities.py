"""Entities that are half right: the four schemes of SemEval-2013 task 9, as nervaluate counts.

Predicted entities are taken in order; each is paired with one true entity at most, and a true one
with one predicted. Entities that share a word overlap. By scheme (nervaluate's name in brackets):

- exact (strict): same words and type; one that only overlaps is incorrect.
- boundary (exact): same words, whatever the type; one that only overlaps is incorrect.
- partial (partial): same words, or half a credit for an overlap, whatever the type.
- type (ent_type): overlap and same type (the nearest ends first); overlap alone is incorrect.

Source: Segura-Bedmar et al. (2013), SemEval; nervaluate 1.2 with its default overlap. It wants 1 %
of the true entity's words, which differs from one word beyond 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Entity = tuple[int, int, str]
Match = Literal["exact", "boundary", "partial", "type"]
Outcome = Literal["correct", "incorrect", "partial"]


class Counts(NamedTuple):
    """How many predicted entities are correct, incorrect, partial or spurious, true ones missed."""

    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int


def credit(true: Sequence[Entity], predicted: Sequence[Entity], *, match: Match) -> float:
    """Return what a sentence adds to the numerator of precision and recall."""
    if match == "exact":
        return len(set(true) & set(predicted))
    counts = count(true, predicted, match=match)
    return counts.correct + 0.5 * counts.partial


def count(true: Sequence[Entity], predicted: Sequence[Entity], *, match: Match) -> Counts:
    """Return the counts of one sentence: COR, INC, PAR, MIS and SPU."""
    outcomes = [outcome for outcome, _, _ in pair(true, predicted, match=match)]
    found = len(outcomes)
    return Counts(
        correct=outcomes.count("correct"),
        incorrect=outcomes.count("incorrect"),
        partial=outcomes.count("partial"),
        missed=len(true) - found,
        spurious=len(predicted) - found,
    )


def pair(
    true: Sequence[Entity], predicted: Sequence[Entity], *, match: Match
) -> list[tuple[Outcome, int, int]]:
    """Return the pairs (outcome, index of the true, index of the predicted entity)."""
    pairs: list[tuple[Outcome, int, int]] = []
    free = set(range(len(true)))
    for at, said in enumerate(predicted):
        overlapping = [i for i in sorted(free) if _overlap(true[i], said)]
        right = [i for i in overlapping if _is_right(true[i], said, match)]
        if right:
            chosen = min(right, key=lambda i: _distance(true[i], said))
            pairs.append(("correct", chosen, at))
        elif overlapping:
            chosen = overlapping[0]
            pairs.append(("partial" if match == "partial" else "incorrect", chosen, at))
        else:
            continue
        free.remove(chosen)
    return pairs


def _is_right(true: Entity, said: Entity, match: Match) -> bool:
    same_words, same_type = true[:2] == said[:2], true[2] == said[2]
    if match == "exact":
        return same_words and same_type
    return same_type if match == "type" else same_words


def _overlap(one: Entity, other: Entity) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _distance(one: Entity, other: Entity) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
