"""Texts of examples in segments, those that matter marked: edits, entities, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_accept.records import Example, MarkedSpan, TextEdit, TokenScore
from pytest_accept.reports.html.visible_text import visible_change

_AROUND = 240
"""How many characters of what is not marked stay on either side of a mark."""
_LONGEST_MARK = 400
_LEVELS = 5
_MOST_SHARES = 5

Kind = Literal["plain", "left out", "removed", "added", "token", "missed", "spurious", "mistaken"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a text. `note` is what is to be said of a mark; `level` of a token is how strongly
    it is for the prediction, at most 5, or against it, at least -5.
    """

    text: str
    kind: Kind = "plain"
    note: str = ""
    level: int = 0


def texts(example: Example) -> list[list[Segment]]:
    """Return the text of an example as it is to be shown, once for each kind of its marks."""
    shown = []
    if example.spans:
        shown.append(_between(example.text, _entities(example.text, example.spans)))
    if example.attributions:
        shown.append(_between(example.text, _tokens(example.text, example.attributions)))
    if example.edited is not None:
        shown.append(_between(example.text, _edits(example.text, example.edited.edits)))
    return shown or [_between(example.text, ())]


_Mark = tuple[int, int, tuple[Segment, ...]]


def _edits(text: str, edits: Iterable[TextEdit]) -> list[_Mark]:
    marks: list[_Mark] = []
    for edit in sorted(edits, key=lambda each: (each.start, each.stop)):
        old, new = text[edit.start : edit.stop], edit.replacement
        removed = (Segment(_cut(visible_change(old)), "removed", edit.kind),) if old else ()
        added = (Segment(_cut(visible_change(new)), "added", edit.kind),) if new else ()
        marks.append((edit.start, edit.stop, removed + added))
    return marks


def _entities(text: str, spans: Iterable[MarkedSpan]) -> list[_Mark]:
    ordered = sorted(spans, key=lambda span: (span.start, span.stop))
    return [
        (each.start, each.stop, (_entity(_cut(text[each.start : each.stop]), each),))
        for each in ordered
    ]


def _entity(words: str, span: MarkedSpan) -> Segment:
    said = f', said "{_cut(span.said)}"' if span.said else ""
    if not span.predicted:
        return Segment(words, "missed", f"missed {span.expected}{said}")
    if not span.expected:
        return Segment(words, "spurious", f"spurious {span.predicted}{said}")
    if span.predicted != span.expected:
        return Segment(words, "mistaken", f"{span.predicted} for {span.expected}{said}")
    return Segment(words, "mistaken", f"{span.expected}{said}")


def _tokens(text: str, scores: Sequence[TokenScore]) -> list[_Mark]:
    total = sum(abs(each.score) for each in scores)
    most = max((abs(each.score) for each in scores), default=0.0)
    if not most or total in (float("inf"), 0.0):
        return []
    first = {
        (each.start, each.stop)
        for each in sorted(scores, key=lambda each: -abs(each.score))[:_MOST_SHARES]
    }
    marks: list[_Mark] = []
    for each in sorted(scores, key=lambda each: (each.start, each.stop)):
        level = round(_LEVELS * each.score / most)
        if level:
            share = f"{100 * each.score / total:+.0f} %".replace("-", "−")
            note = share if (each.start, each.stop) in first else ""
            words = _cut(text[each.start : each.stop])
            marks.append((each.start, each.stop, (Segment(words, "token", note, level),)))
    return marks


def _between(text: str, marks: Iterable[_Mark]) -> list[Segment]:
    """Return the text with its marks, in order; one that overlaps the one before is left out."""
    segments: list[Segment] = []
    at, first = 0, True
    for start, stop, shown in marks:
        if start < at:
            continue
        segments += _kept(text[at:start], before=not first, after=True)
        segments += shown
        at, first = max(at, stop), False
    return segments + _kept(text[at:], before=not first, after=False)


def _kept(text: str, *, before: bool, after: bool) -> list[Segment]:
    """Return text that is not marked, only what is near to a mark `before` or `after` it."""
    around = _AROUND if before or after else 3 * _AROUND
    if len(text) <= around * (1 + (before and after)) + 40:
        return [Segment(text)] if text else []
    start = [Segment(text[:around])] if before or not after else []
    stop = [Segment(text[-around:])] if after else []
    out = len(text) - around * (len(start) + len(stop))
    return [*start, Segment(f"{out:,} characters", "left out"), *stop]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_MARK else text[: _LONGEST_MARK - 2] + " …"
