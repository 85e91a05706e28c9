"""A number is written as a word, or as digits: "3 films" ↔ "three films"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import outside_links
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site, in_case_of


def number_words(**budget: Unpack[Budget]) -> Edits:
    """Write a whole number up to 100 as a word, or as digits; the label stays the same. English.

    Only where it plainly counts something: "3 films", not "3/10", "3.5", "season 3" or "the two of
    them are". "one" is left alone, because it is a pronoun too. Source: own list.

    >>> edit = number_words().script((0, 0, 0))
    >>> edit("I saw 3 films")
    'I saw three films'
    """
    return Edits("number_words", [("number words", sites)], language="en", **budget)


_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {
    **{str(number): word for number, word in enumerate(_SMALL)},
    **{
        str(20 + 10 * tens + ones): f"{word}-{_SMALL[ones]}" if ones else word
        for tens, word in enumerate(_TENS)
        for ones in range(10)
    },
    "100": "one hundred",
}
_DIGITS = {word: digits for digits, word in _WORDS.items() if digits not in ("0", "1", "100")}
_SCALES = "hundred hundreds thousand thousands million millions billion billions trillion dozen"
_NUMBERS = frozenset([*_SMALL, *_TENS, *_SCALES.split(), "half", "point"])

_NUMBER = re.compile(
    r"(?<![\w.,/:#$€£%+*^=\\&@'’–−-])"
    rf"(?:\d{{1,3}}|(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_SMALL[1:10])}))?|{'|'.join(_SMALL)})"
    r"(?= (?P<noun>[a-z]+)(?![\w'’]|-\d))",
    re.ASCII | re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?:(?<![\w'’-])(?P<second>[\w'’-]+)[ \t]+)?(?<![\w'’-])(?P<first>[\w'’-]+)[ \t]+$"
)

# What a count in digits follows; after a noun the number is often a name: "season 3", "ipod 4".
_BEFORE = frozenset(
    "a the these those my your our his her its their for in after before about over under "
    "only just with of at within around nearly almost maybe exactly approximately least "
    "most than every last next first past other all and or but to plus have has had "
    "having got get gets getting bought buy sold saw see seen took take takes taking made "
    "make makes gave give need needs want wants used use spent spend paid pay cost costs "
    "am is are was were be been being wait waited lasted lasts includes included find "
    "found watched read ate won lost still even like between by another some".split()
)
_LABELS = frozenset(
    "number part season chapter phase round day version episode volume level take page grade year "
    "week step stage world war type size plan room channel class book act scene".split()
)
# What no count stands before.
_NOT_AFTER = frozenset(
    "and or but nor is are was were be been has have had do does did to in on at by for "
    "from with as if when while than then so that this which who out off up down per am "
    "pm gb mb kb tb mp mm cm km m kg g mg lb lbs oz ft hz khz mhz ghz v w fps dpi p k x c "
    "f st rd nd th percent cent cents minds because will would can could should it he she "
    "we they i you the a an my your not no of jan january feb february mar march apr "
    "april may jun june jul july aug august sep sept september oct october nov november "
    "dec december o oclock bit too also always never via min mins hr hrs sec secs yr yrs "
    "wk wks mo mos gig gigs meg megs outta pt mbyte".split()
)
_PLURAL = re.compile(r"people|men|women|children|feet|\w*(?:[^sui]|ie)s", re.IGNORECASE)


def sites(text: str) -> Iterator[Site]:
    """Return the numbers that count what follows them."""
    return outside_links(text, _numbers(text))


def _numbers(text: str) -> Iterator[Site]:
    capitals = text.isupper()
    for number in _NUMBER.finditer(text):
        here, noun = number.group(), number["noun"]
        if noun.lower() in _NOT_AFTER | _NUMBERS or not (noun.islower() or capitals):
            continue
        begins = text[: number.start()].rstrip(" \t")[-1:] in ("", ".", "!", "?", "\n")
        if here.isdigit() and here in _WORDS and _counts(text, number):
            word = _WORDS[here].upper() if capitals else _WORDS[here]
            capital = begins and not text.islower()
            yield Site(*number.span(), (in_case_of("A", word) if capital else word,))
        elif here.lower() in _DIGITS and (here.islower() or capitals or begins):
            first, second = _left(text, number.start())
            if not _in_series(first, second) and first not in _LABELS:
                yield Site(*number.span(), (_DIGITS[here.lower()],))


def _counts(text: str, number: re.Match[str]) -> bool:
    """Return whether digits count the noun after them, rather than number a list or a name."""
    first, second = _left(text, number.start())
    if first:
        return first in _BEFORE and not _in_series(first, second)
    return number.group() not in ("0", "1") and bool(_PLURAL.fullmatch(number["noun"]))


def _left(text: str, at: int) -> tuple[str, str]:
    """Return the word before, and the one before that; nothing where punctuation is between."""
    found = _LEFT.search(text, max(0, at - 40), at)
    return (found["first"].lower(), (found["second"] or "").lower()) if found else ("", "")


def _in_series(first: str, second: str) -> bool:
    """Return whether another number goes before, as in "2 or 3" and "8 out of 10"."""
    if (second, first) == ("out", "of"):
        return True
    numbers = [word.isdecimal() or word.rpartition("-")[2] in _NUMBERS for word in (first, second)]
    return numbers[0] or (numbers[1] and first in ("or", "to", "and", "by", "of", "point"))
