"""Where the identity decides: the templates and texts, the identities, and what is said of each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.assertions.edited_evidence import Broken, edited_example
from pytest_accept.assertions.evidence import said
from pytest_accept.assertions.perturbed import flips as flips_between
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.counterfactuals import Alternatives

_SHOWN = 4
_IDENTITIES = 4
_WIDTH = 70


def flips(asked: Alternatives, flipped: NDArray[np.bool_]) -> tuple[Evidence, ...]:
    """Return what flips, the surest first, and which identities do it most often."""
    if not flipped.any():
        return ()
    found = asked.probabilities
    spread = (asked.largest(found) + asked.largest(-found)).max(axis=1)
    order = np.argsort(-np.where(flipped, spread, -1), kind="stable")
    shown = [int(i) for i in order[: min(_SHOWN, int(flipped.sum()))]]
    if asked.made is not None:
        return _flipping_edits(asked, shown)
    title = "templates whose prediction hangs on the identity"
    lines = tuple(_predictions(asked, i) for i in shown)
    return Evidence(title=title, lines=lines), *_odd_ones(asked, flipped)


def largest_gaps(
    asked: Alternatives, gaps: NDArray[np.float64], label: int
) -> tuple[Evidence, ...]:
    """Return the texts or templates in which a label's probability differs most."""
    order = [int(i) for i in np.argsort(-gaps, kind="stable")[:_SHOWN] if gaps[i] > 0]
    if not order:
        return ()
    name = asked.question.labels[label]
    title = f"the largest gaps of {name!r} ({', '.join(f'{gaps[i]:.2f}' for i in order)})"
    found = asked.probabilities[:, label]
    if asked.made is not None:
        farthest = []
        for i in order:
            first, *others = asked.texts(i)
            farthest.append(max(others, key=lambda at: abs(found[at] - found[first])))
        examples = (edited_example(asked.question, _edited(asked, at)) for at in farthest)
        return (Evidence(title=title, examples=tuple(examples)),)
    lines = []
    for i in order:
        ranked = sorted(asked.texts(i), key=lambda at: found[at])
        ends = (f"{asked.identities[at]} {found[at]:.2f}" for at in (ranked[-1], ranked[0]))
        lines.append(f'"{_title(asked, i)}"  {" · ".join(ends)}')
    return (Evidence(title=title, lines=tuple(lines)),)


def _flipping_edits(asked: Alternatives, shown: list[int]) -> tuple[Evidence, ...]:
    assert asked.made is not None
    before = asked.question.predictions.probabilities[asked.rows]
    multi_label = asked.question.multi_label
    turned = flips_between(before, asked.probabilities, multi_label=multi_label)
    moved = np.abs(asked.probabilities - before).max(axis=1)
    examples = []
    for i in shown:
        farthest = max(asked.texts(i), key=lambda at: (turned[at], moved[at]))
        examples.append(edited_example(asked.question, _edited(asked, farthest)))
    there: Counter[str] = Counter()
    flipping: Counter[str] = Counter()
    for at, made in enumerate(asked.made):
        if made is not None:
            what = made.edits[0].kind
            there[what] += 1
            flipping[what] += int(turned[at])
    ranked = sorted(there, key=lambda what: -flipping[what] / there[what])
    lines = [
        f"{what}: {flipping[what]:,} of {there[what]:,} edited texts"
        for what in ranked[:_IDENTITIES]
    ]
    return (
        Evidence(
            title="texts whose prediction hangs on the identity, with the edit that moves it most",
            examples=tuple(examples),
        ),
        Evidence(title="the exchanges that flip the prediction most often", lines=tuple(lines)),
    )


def _edited(asked: Alternatives, at: int) -> Broken:
    made = asked.made[at] if asked.made is not None else None
    assert made is not None
    return Broken(int(asked.rows[at]), made.edits, asked.probabilities[at])


def _predictions(asked: Alternatives, i: int) -> str:
    """Return a template and what is said of which identities, what is said of most first."""
    by_label: dict[str, list[tuple[float, str]]] = {}
    for at in asked.texts(i):
        label, sure = said(asked.question, asked.probabilities[at])
        by_label.setdefault(label, []).append((sure, asked.identities[at]))
    parts = []
    for label, some in sorted(by_label.items(), key=lambda item: -len(item[1])):
        ranked = sorted(some, reverse=True)[:_IDENTITIES]
        more = f" and {len(some) - len(ranked)} more" if len(some) > len(ranked) else ""
        parts.append(f"{label}: " + ", ".join(f"{who} {sure:.2f}" for sure, who in ranked) + more)
    return f'"{_title(asked, i)}"  {" · ".join(parts)}'


def _title(asked: Alternatives, i: int) -> str:
    assert asked.templates is not None
    title = asked.templates[i].strip()
    return title if len(title) <= _WIDTH else title[: _WIDTH - 1].rstrip() + "…"


def _odd_ones(asked: Alternatives, flipped: NDArray[np.bool_]) -> tuple[Evidence, ...]:
    """Return in how many templates an identity is predicted otherwise than most of the texts."""
    odd: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for i in range(len(asked)):
        texts = asked.texts(i)
        here = {asked.identities[at] for at in texts}
        there.update(here)
        if not flipped[i]:
            continue
        labels = {at: said(asked.question, asked.probabilities[at])[0] for at in texts}
        (most, count), *others = Counter(labels.values()).most_common()
        if others and others[0][1] == count:
            continue
        odd.update({asked.identities[at] for at in texts if labels[at] != most})
    if not odd:
        return ()
    lines = [
        f"{who}: in {n:,} of {there[who]:,} templates" for who, n in odd.most_common(_IDENTITIES)
    ]
    return (Evidence(title="predicted otherwise than most identities", lines=tuple(lines)),)
