"""Edits: what changes in a text and where; how edits apply, compose, and move spans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TypeVar, cast

from pytest_accept.records import PAIR, TextEdit

T = TypeVar("T", bound="str | tuple[str, str]")
Span = tuple[int, int]

_PIECE = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `text[start:stop]` becomes `replacement`.

    Positions count characters of the text before any edit, so edits of a text stand side by side
    and dropping one does not move another. An insertion has `start == stop`. `kind` is what people
    call the change, as in "swapped letters". `side` is 1 in the second text of a pair.
    """

    start: int
    stop: int
    replacement: str
    kind: str
    side: int = 0

    def clashes(self, other: Edit) -> bool:
        """Return whether both want to change the same characters, or insert at the same place."""
        if self.side != other.side:
            return False
        if self.start == self.stop == other.start == other.stop:
            return True
        return self.start < other.stop and other.start < self.stop


def apply(text: T, edits: Iterable[Edit]) -> T:
    """Return the text, or the pair of texts, with the edits made; they must not clash."""
    listed = tuple(edits)
    if isinstance(text, str):
        return cast(T, _applied(text, listed))
    return cast(T, tuple(_applied(text[side], _on(side, listed)) for side in (0, 1)))


def flattened(text: str | tuple[str, str], edits: Iterable[Edit]) -> tuple[str, list[TextEdit]]:
    """Return a text, or a pair of texts as one text, with its edits as a Record keeps them."""
    parts = (text,) if isinstance(text, str) else text
    whole = PAIR.join(parts)
    starts = (0, len(parts[0]) + len(PAIR))
    return whole, [
        TextEdit(
            start=edit.start + starts[edit.side],
            stop=edit.stop + starts[edit.side],
            replacement=edit.replacement,
            kind=edit.kind,
        )
        for edit in edits
    ]


def _applied(text: str, edits: Iterable[Edit]) -> str:
    parts, at = [], 0
    for edit in _in_order(edits):
        parts += [text[at : edit.start], edit.replacement]
        at = edit.stop
    return "".join([*parts, text[at:]])


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.stop))


def _on(side: int, edits: Iterable[Edit]) -> list[Edit]:
    return [edit for edit in edits if edit.side == side]


def compose(text: T, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return edits of the text that do what `first` and, on its result, `second` do.

    Where both touch the same or neighbouring characters one edit results, of both kinds.
    """
    parts: Sequence[str] = (text,) if isinstance(text, str) else text
    return tuple(
        edit
        for side, part in enumerate(parts)
        for edit in _composed(part, _on(side, first), _on(side, second), side)
    )


def difference(text: T, changed: T, kind: str) -> tuple[Edit, ...]:
    """Return edits of whole words that make one text, or pair of texts, of the other."""
    olds: Sequence[str] = (text,) if isinstance(text, str) else text
    news: Sequence[str] = (changed,) if isinstance(changed, str) else changed
    found = []
    for side, (old, new) in enumerate(zip(olds, news, strict=True)):
        before, after = _PIECE.findall(old), _PIECE.findall(new)
        starts = [0, *accumulate(map(len, before))]
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, one, two, first, last in matcher.get_opcodes():
            if tag != "equal":
                put = "".join(after[first:last])
                found.append(Edit(starts[one], starts[two], put, kind, side))
    return tuple(found)


# A character, where it stood in the original (None: it was put there), and by which kind of edit.
_Piece = tuple[str, int | None, str]


def _composed(text: str, first: list[Edit], second: list[Edit], side: int) -> list[Edit]:
    dropped: dict[int, str] = {}
    pieces: list[_Piece] = [(character, at, "") for at, character in enumerate(text)]
    for edits in (first, second):
        pieces = _edited(pieces, edits, dropped)
    found: list[Edit] = []
    put: list[_Piece] = []
    begin = 0
    for piece in (*pieces, ("", len(text), "")):
        _, at, _ = piece
        if at is None:
            put.append(piece)
            continue
        if put or at > begin:
            kinds = [*(dropped[i] for i in range(begin, at)), *(kind for _, _, kind in put)]
            named = " + ".join(dict.fromkeys(kinds))
            found.append(Edit(begin, at, "".join(each for each, _, _ in put), named, side))
        put, begin = [], at + 1
    return found


def _edited(pieces: list[_Piece], edits: list[Edit], dropped: dict[int, str]) -> list[_Piece]:
    made: list[_Piece] = []
    begin = 0
    for edit in _in_order(edits):
        made += pieces[begin : edit.start]
        gone = (origin for _, origin, _ in pieces[edit.start : edit.stop])
        dropped |= {origin: edit.kind for origin in gone if origin is not None}
        made += [(character, None, edit.kind) for character in edit.replacement]
        begin = edit.stop
    return [*made, *pieces[begin:]]


def moved(spans: Iterable[Span], edits: Iterable[Edit]) -> list[Span]:
    """Return where spans of the text stand after edits of it.

    An edit inside a span stretches it. Of a span that an edit crosses, the part outside of the edit
    is left: nothing, where the edit covers it. What is inserted at an edge is outside.
    """
    ordered = _in_order(edits)
    return [_moved(start, stop, ordered) for start, stop in spans]


def _moved(start: int, stop: int, edits: list[Edit]) -> Span:
    left, right = start, stop
    for edit in edits:
        grown = len(edit.replacement) - (edit.stop - edit.start)
        if edit.stop <= start:
            left += grown
        elif edit.start < start:
            left += edit.start + len(edit.replacement) - start
        if edit.start < stop and edit.stop <= stop:
            right += grown
        elif edit.start < stop:
            right += edit.start - stop
    return left, max(left, right)
