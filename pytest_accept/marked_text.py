"""Texts as a terminal can show them: on one line, cut, with what matters in them marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pytest_accept.records import MarkedSpan, TextEdit, TokenScore

_LONGEST_MARK = 40
_LEAST_AROUND = 12
_MOST_TOKENS = 5


def printable(text: str, width: int | None = None) -> str:
    """Return text that cannot move a cursor, colour a terminal or command the runner of a CI job,
    cut to `width` characters.
    """
    flat = " ".join(text.split())
    if width is not None and len(flat) > width:
        flat = flat[: width - 4].rstrip() + " ..."
    if not flat.isprintable():
        flat = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in flat)
    return _uncommanding(f"\\u003a{flat[1:]}" if flat.startswith("::") else flat)


def marked(text: str, edits: Iterable[TextEdit], width: int = 76) -> str:
    """Return the text with its edits marked, and what is far from all of them left out.

    "[ie→ei]" is a replacement, "[+x]" an insertion, "[-x]" a deletion. A letter that looks like
    another one is followed by its code point.

    >>> marked("a fine film", [TextEdit(start=2, stop=6, replacement="bad", kind="word")])
    'a [fine→bad] film'
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.stop))
    room = width - sum(map(_shown_size, ordered))
    marks = [
        (edit.start, edit.stop, _mark(text[edit.start : edit.stop], edit.replacement))
        for edit in ordered
    ]
    return _among(text, marks, max(8, room // (2 * max(1, len(ordered)))))


def marked_entities(text: str, spans: Iterable[MarkedSpan], width: int = 76) -> str:
    """Return the text with the mistakes about its entities marked, and what is far from them left
    out: "[missed PER: Anna]", "[spurious PER: the]", "[ORG for PER: Anna]", and where other words
    were found than are labelled, "[PER: Anna Ray, said Ray]".

    Of many mistakes the first ones are marked, as many as fit into twice the `width` but at least
    one, and the others counted: "[and 12 more]".
    """
    every = tuple(spans)
    marks: list[tuple[int, int, str]] = []
    room = 2 * width
    for span in every:
        mark = _entity(text[span.start : span.stop], span)
        room -= len(mark) + 2 * _LEAST_AROUND
        if marks and room < 0:
            break
        marks.append((span.start, span.stop, mark))
    free = width - sum(len(mark) for _, _, mark in marks)
    around = max(_LEAST_AROUND, free // (2 * max(1, len(marks))))
    more = f" [and {len(every) - len(marks):,} more]" if len(marks) < len(every) else ""
    return _among(text, sorted(marks), around) + more


def marked_tokens(text: str, scores: Iterable[TokenScore], width: int = 76) -> str:
    """Return the text with the tokens that moved the prediction most, at most five, and how much.

    Scores are shown as shares of the whole text's absolute ones, against the prediction negative.

    >>> scores = [TokenScore(start=0, stop=4, score=3.0), TokenScore(start=5, stop=8, score=-1.0)]
    >>> marked_tokens("good but long", scores)
    '[good +75%] [but -25%] long'
    """
    every = [each for each in scores if each.score]
    total = sum(abs(each.score) for each in every)
    most = sorted(every, key=lambda each: -abs(each.score))[:_MOST_TOKENS]
    marks = [
        (
            each.start,
            each.stop,
            f"[{_one_line(_cut(text[each.start : each.stop]))} {100 * each.score / total:+.0f}%]",
        )
        for each in sorted(most, key=lambda each: each.start)
    ]
    free = width - sum(len(mark) for _, _, mark in marks)
    return _among(text, marks, max(_LEAST_AROUND, free // (2 * max(1, len(marks)))))


def _entity(words: str, span: MarkedSpan) -> str:
    kind = span.expected
    if not span.predicted:
        kind = f"missed {span.expected}"
    elif not span.expected:
        kind = f"spurious {span.predicted}"
    elif span.predicted != span.expected:
        kind = f"{span.predicted} for {span.expected}"
    said = f", said {_one_line(_cut(span.said))}" if span.said else ""
    return f"[{_one_line(kind)}: {_one_line(_cut(words))}{said}]"


def _among(text: str, marks: Iterable[tuple[int, int, str]], around: int) -> str:
    """Return the text with marks in the place of their parts, and at most `around` of the rest on
    either side of each.
    """
    parts, at = [], 0
    for position, (start, stop, mark) in enumerate(marks):
        kept = text[at:start]
        if position == 0 and len(kept) > around + 4:
            kept = "..." + kept[-around:]
        elif len(kept) > 2 * around + 5:
            kept = f"{kept[:around]} ... {kept[-around:]}"
        parts += [_one_line(kept), mark]
        at = max(at, stop)
    rest = text[at:]
    parts.append(_one_line(rest[:around] + "..." if len(rest) > around + 4 else rest))
    return _uncommanding("".join(parts))


def _uncommanding(line: str) -> str:
    # GitHub takes ##[error], ##[add-mask] and kin for commands wherever they stand in a log, and
    # ::error:: where a line begins.
    return line.replace("##[", "##\\u005b")


def _shown_size(edit: TextEdit) -> int:
    return min(edit.stop - edit.start, _LONGEST_MARK) + min(len(edit.replacement), _LONGEST_MARK)


def _mark(old: str, new: str) -> str:
    old, new = (_one_line(_cut(each)) for each in (old, new))
    if not old:
        return f"[+{new}]"
    if not new:
        return f"[-{old}]"
    alike = len(new) == 1 and len(old) == 1 and ord(new) > 127 and new.isprintable()
    return f"[{old}→{new} U+{ord(new):04X}]" if alike else f"[{old}→{new}]"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_MARK else text[: _LONGEST_MARK - 4].rstrip() + " ..."


def _one_line(text: str) -> str:
    """Return the text with every character that is not printable, or joins others, as an escape."""
    return "".join(each if _plain(each) else f"\\u{ord(each):04x}" for each in text)


def _plain(character: str) -> bool:
    return character.isprintable() and not unicodedata.combining(character)
