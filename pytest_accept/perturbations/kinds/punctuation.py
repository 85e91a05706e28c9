"""Marks added, left out, doubled, or written otherwise: "A film." → "A film!"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.edits import Span
from pytest_accept.perturbations.language.plain_words import set_apart
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import NEGATIONS, WORD, Site

_MARK = re.compile(
    r"""(?=[.!?…,"“”„'‘’])(?:
    (?P<final>\.{3,}|…|[.!?]+) (?=["”’)\]]? (?:(?P<end>\s*\Z) | \s+["“‘(\[]?[^\W\d_a-z]))
  | (?P<comma>(?<=[^\W_]),(?=[ ][^\W_]))
  | (?P<double>["“”„])
  | (?P<single>['‘’])
    )""",
    re.VERBOSE,
)
_QUOTE = re.compile("[\"“”„'‘’]")
_OTHER_QUOTES = {'"': "“”", "'": "‘’", "“": '""', "„": '""', "”": '""', "‘": "''", "’": "''"}
_LAST_WORD = re.compile(r"[^\W_]+(?:['’.]\w+)*\Z")
_BARE_END = re.compile(r"[^\W_]['\"’”]?(?=\s*\Z)")
_FINAL = {
    ".": ("", "!", "...", ".."),
    "!": (".", "!!", "", "!!!"),
    "…": ("...", ".", ""),
    "?": ("??",),
}
_NO_SENTENCE_ENDS = frozenset(
    "approx apr aug ave capt co col corp dec dept dr ed est etc fam feb fig fri gen gov inc jan jr "
    "jul jun lt ltd mar max min mon mr mrs ms mt no nov oct op prof pt rep rev sat sen sep sept "
    "sgt sr st sun thu tue vol vs wed".split()
)
_JOINING = frozenset("and or but which who because so since while though although yet".split())
_ELISIONS = re.compile(r"(?:tis|twas|em|cause|bout|til|till|n|round|\d)\b", re.IGNORECASE)


def punctuation(**budget: Unpack[Budget]) -> Edits:
    """Change marks that no meaning hangs on; the label stays the same. Any language.

    A final mark ('.', '!', '...') is added, left out, doubled or replaced, a comma before "and",
    "which" and the like left out, a pair of ASCII quotation marks made typographic or back.
    Questions stay questions and statements statements; apostrophes, decimal points, abbreviations,
    commas in lists and at negations stay. Source: own list.

    >>> edit = punctuation().script((0, 0, 1))
    >>> edit("A good film.")
    'A good film!'
    """
    return Edits("punctuation", [("punctuation", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return final marks, places for one, commas and quotation marks."""
    apart = set_apart(text)
    pairs = dict(_quotes(text, apart))
    for mark in _MARK.finditer(text):
        if any(start <= mark.start() < stop for start, stop in apart):
            continue
        if mark["final"]:
            yield from _final(text, mark)
        elif mark["comma"]:
            yield from _comma(text, mark.start())
        elif mark.start() in pairs:
            yield _requoted(text, mark.start(), pairs[mark.start()])
    end = _BARE_END.search(text)
    if end and _may_end(text[end.start()]) and not any(a < end.end() <= b for a, b in apart):
        yield Site(end.end(), end.end(), (".", "!", "..."))


def _final(text: str, mark: re.Match[str]) -> Iterator[Site]:
    start, stop = mark.span("final")
    written, at_end = mark["final"], mark["end"] is not None
    found = _LAST_WORD.search(text[max(0, start - 40) : start])
    if not found:
        return
    word = found.group().lower()
    abbreviated = len(word) == 1 or "." in word or word in _NO_SENTENCE_ENDS
    if (written == "." and abbreviated) or (word.isdigit() and not at_end):
        return
    others = _FINAL.get(written) or _longer(written)
    kept = tuple(each for each in others if each or at_end)
    if kept:
        yield Site(start, stop, kept)


def _longer(written: str) -> tuple[str, ...]:
    if set(written) == {"."}:
        return ("…", ".", "")
    if set(written) == {"!"}:
        return ("!", ".", written + "!")
    if set(written) == {"?"}:
        return ("?",)
    return ()


def _comma(text: str, at: int) -> Iterator[Site]:
    before = _LAST_WORD.search(text[max(0, at - 40) : at])
    after = WORD.match(text, at + 2)
    if not before or not after or (text[at - 1].isdigit() and text[at + 2].isdigit()):
        return
    if after.group().lower() in _JOINING and before.group().lower() not in NEGATIONS:
        yield Site(at, at + 1, ("",))


def _quotes(text: str, apart: list[Span]) -> Iterator[Span]:
    """Return where the two marks of each quotation stand."""
    opened: dict[str, int] = {}
    for mark in _QUOTE.finditer(text):
        at, written = mark.start(), mark.group()
        if any(start <= at < stop for start, stop in apart):
            continue
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if written in (before, after):
            continue
        single = written in "'‘’"
        family = written if written in ("'", '"') else "‘" if single else "“"
        if single and before.isalnum() and after.isalnum():
            continue
        opens = (not before or before in " \t\n([") and after.isalnum()
        closes = (before.isalpha() or before in (".", ",", "!", "?")) and not after.isalnum()
        if family in opened and (closes or written in "”’"):
            yield opened.pop(family), at
        elif written in "“„‘" or (opens and not (single and _ELISIONS.match(text, at + 1))):
            opened[family] = at


def _requoted(text: str, start: int, stop: int) -> Site:
    marks = _OTHER_QUOTES[text[start]]
    return Site(start, stop + 1, (marks[0] + text[start + 1 : stop] + marks[1],))


def _may_end(letter: str) -> bool:
    """Return whether sentences in the letter's script end with a full stop."""
    return letter < "\u0900" or "\u1e00" <= letter < "\u2000"
