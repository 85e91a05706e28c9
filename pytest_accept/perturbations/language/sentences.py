"""Where the sentences of a text begin and end; where that is unclear, two count as one."""

from __future__ import annotations

import re

from pytest_accept.perturbations.edits import Span

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_END = re.compile(r"(?<![.!?…])(?P<marks>[.!?…]++)(?P<closing>[\"'”’»)\]]*+)(?P<gap>\s+)")
_OPENING = "\"'“‘«([¿¡"
_SEVERAL_DOTS = re.compile(r"\w(?:\.\w)+")

# "etc." and its like may also end a sentence; then two sentences count as one.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st rev hon gen col capt lt sgt sr jr vs etc al approx dept est fig ca cf "
    "inc ltd co corp bros vol ed eds min max tel ext ave blvd rd mt ft misc incl excl "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri".split()
)


def find_sentences(text: str) -> list[Span]:
    """Return the spans of the sentences, without the spaces between them; a line ends one too.

    The dot of an abbreviation, of an initial or of a list's number ends no sentence, nor does
    anything before a small letter, except in a text that has no capitals at all.

    >>> [text[a:b] for text in ["Dr. No paid $3.50. I did not."] for a, b in find_sentences(text)]
    ['Dr. No paid $3.50.', 'I did not.']
    """
    small = text.islower()
    found = []
    for line in _LINE.finditer(text):
        start, stop = _stripped(text, *line.span())
        for end in _END.finditer(text, start, stop):
            if end.start() > start and _ends(text, start, end, small):
                found.append((start, end.end("closing")))
                start = end.end()
        if start < stop:
            found.append((start, stop))
    return found


def _stripped(text: str, start: int, stop: int) -> Span:
    line = text[start:stop]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _ends(text: str, start: int, end: re.Match[str], small: bool) -> bool:
    marks = end["marks"]
    following = text[end.end() : end.end() + 4].lstrip(_OPENING)[:1]
    if not following or (not following.isalnum() and following not in "@#"):
        return False
    if following.islower() and (not small or end["closing"] or ".." in marks or "…" in marks):
        return False
    return marks != "." or not _abbreviates(text[start : end.start()], following)


def _abbreviates(sentence: str, following: str) -> bool:
    """Return whether the dot after this belongs to its last word."""
    words = sentence.rsplit(None, 1)
    last = words[-1].lstrip(_OPENING).lower()
    if last in _ABBREVIATIONS or _SEVERAL_DOTS.fullmatch(last):
        return not last[0].isdigit()
    if last.isdecimal():
        return len(words) == 1 or words[0][-1] in ":;"
    return (len(last) == 1 and last.isalpha()) or (last == "no" and following.isdecimal())
