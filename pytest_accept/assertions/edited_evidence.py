"""The edits that a person would want to see: the smallest that break the model, by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.assertions.evidence import said
from pytest_accept.assertions.perturbed import Perturbed, flips
from pytest_accept.perturbations.edits import Edit, apply, flattened
from pytest_accept.records import PAIR, Edited, Evidence, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.question import Question
    from pytest_accept.prediction.predictions import Input

KINDS_SHOWN = 4
SHOWN = 2
_REDUCED = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """A row of a question, the edits that broke it, and the probabilities (k,) after them."""

    row: int
    edits: tuple[Edit, ...]
    after: NDArray[np.float64]

    @property
    def kind(self) -> str:
        """The kinds of its edits, as one name."""
        return " + ".join(dict.fromkeys(edit.kind for edit in self.edits))

    @property
    def size(self) -> tuple[int, int]:
        """How many edits, and how many characters they take away and put in."""
        return len(self.edits), sum(e.stop - e.start + len(e.replacement) for e in self.edits)


def smallest_edits(asked: Perturbed, broken: NDArray[np.bool_], verb: str) -> tuple[Evidence, ...]:
    """Return the smallest edits among the edited texts marked in `broken` (c, draws).

    Where a single one of several edits breaks the model as well, the others are dropped.
    """
    after = asked.after()
    found = [
        Broken(int(asked.rows[i]), asked.scripts[i][j].edits(asked.text(i)), after[i, j])
        for i, j in np.argwhere(broken).tolist()
    ]
    return by_kind(asked.question, _reduced(asked, found), verb)


def by_kind(question: Question, found: Sequence[Broken], verb: str) -> tuple[Evidence, ...]:
    """Return evidence grouped by kind of edit, the kinds that break most first."""
    groups: dict[str, list[Broken]] = defaultdict(list)
    for each in found:
        groups[each.kind].append(each)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    evidence = []
    for kind, members in ordered[:KINDS_SHOWN]:
        best = sorted(members, key=lambda each: (each.size, -_sureness(question, each)))
        texts = question.data.inputs
        chosen = list({texts[each.row]: each for each in reversed(best)}.values())[::-1][:SHOWN]
        several = "s" if len(members) > 1 else ""
        title = f"{kind}: {len(members):,} edit{several} {verb if several else _singular(verb)}"
        evidence.append(
            Evidence(title=title, examples=tuple(edited_example(question, each) for each in chosen))
        )
    more = sum(len(members) for _, members in ordered[KINDS_SHOWN:])
    if more:
        kinds = ", ".join(f"{kind} ({len(members):,})" for kind, members in ordered[KINDS_SHOWN:])
        edits = "edit" if more == 1 else "edits"
        evidence.append(Evidence(title=f"other kinds: {more:,} {edits}", lines=(kinds,)))
    return tuple(evidence)


def largest_shifts(
    asked: Perturbed,
    moved: NDArray[np.float64],
    *,
    title: str = "the largest shifts",
    beyond: float = -np.inf,
) -> tuple[Evidence, ...]:
    """Return the edited texts whose probability moved farthest (c, draws), and more than that."""
    after = asked.after()
    order = np.argsort(-moved, axis=None, kind="stable")[: min(3, int((moved > beyond).sum()))]
    if len(order) == 0:
        return ()
    places = [(int(at) // asked.draws, int(at) % asked.draws) for at in order]
    examples = tuple(
        edited_example(
            asked.question,
            Broken(int(asked.rows[i]), asked.scripts[i][j].edits(asked.text(i)), after[i, j]),
        )
        for i, j in places
    )
    shown = ", ".join(f"{moved[place]:.2f}" for place in places)
    return (Evidence(title=f"{title} ({shown})", examples=examples),)


def _sureness(question: Question, broken: Broken) -> float:
    """Return how sure the model is before and after: what turns a sure answer convinces most."""
    before = question.predictions.probabilities[broken.row]
    return said(question, before)[1] + said(question, broken.after)[1]


def _singular(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    return f"{first}s {rest}"


def _reduced(asked: Perturbed, found: list[Broken]) -> list[Broken]:
    """Return the same with fewer edits, where fewer break the model as well."""
    found = sorted(found, key=lambda each: each.size)
    inputs = asked.question.data.inputs
    tries: list[tuple[int, tuple[Edit, ...]]] = []
    for at, each in enumerate(found):
        if len(each.edits) > 1 and len(tries) < _REDUCED:
            tries += [(at, (edit,)) for edit in each.edits]
    if not tries:
        return found
    texts: list[Input] = [apply(inputs[found[at].row], edits) for at, edits in tries]
    after = asked.model.predict(texts).probabilities
    before = asked.question.predictions.probabilities[[found[at].row for at, _ in tries]]
    still = flips(before, after, multi_label=asked.question.multi_label)
    smaller = {
        at: Broken(found[at].row, edits, probabilities)
        for (at, edits), probabilities, breaks in reversed(
            list(zip(tries, after, still, strict=True))
        )
        if breaks
    }
    return [smaller.get(at, each) for at, each in enumerate(found)]


def edited_example(question: Question, broken: Broken) -> Example:
    """Return a row of a question with its edits, and what the model says before and after them."""
    text = question.data.inputs[broken.row]
    whole, edits = flattened(text, broken.edits)
    edited = apply(text, broken.edits)
    before = question.predictions.probabilities[broken.row]
    first, sure = said(question, before)
    then, sure_then = said(question, broken.after)
    return Example(
        text=whole,
        expected=question.data.label_text(broken.row),
        predicted=first,
        probability=sure,
        origin=question.data.origin(broken.row),
        edited=Edited(
            text=edited if isinstance(edited, str) else PAIR.join(edited),
            edits=tuple(edits),
            predicted=then,
            probability=sure_then,
        ),
    )
