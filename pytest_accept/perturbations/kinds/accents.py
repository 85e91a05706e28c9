"""Letters get an accent or lose one: "film" → "fílm", "café" → "cafe"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import plain_words
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

_ACUTE = "\u0301"
_MARKS = (_ACUTE, "\u0300", "\u0302", "\u0303", "\u0308")  # acute, grave, circumflex, tilde, dots
_REMOVED = frozenset(
    (*_MARKS, "\u0304", "\u0306", "\u030a", "\u030b", "\u030c", "\u0327", "\u0328")
)
_LATIN_OR_GREEK = re.compile(r"[A-Za-z\u0391-\u03a9\u03b1-\u03c9]")
_STRESSED = re.compile(r"[\u0391-\u03a9\u03b1-\u03c9АЕИОУЫЭЮЯаеиоуыэюя]")
_FOLLOWING = re.compile("[\u0300-\u036f]+")


def accents(**budget: Unpack[Budget]) -> Edits:
    """Put an accent on a letter, or take its accent away; the label stays the same. Any language.

    Latin, Greek and Cyrillic letters have sites. An accented letter loses its accent; another one
    gets an acute, grave, circumflex, tilde or two dots: as one character where there is one, and as
    a combining mark after the letter. Source: the decompositions of the Unicode Standard.

    >>> edit = accents().script((0, 4, 0))
    >>> edit("a café")
    'a cafe'
    """
    return Edits("accents", [("accents", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every letter of the plain words that can have, or has, an accent."""
    for word in plain_words(text):
        start, end = word.span()
        marks = _FOLLOWING.match(text, end)
        for at in range(start, end):
            stop = marks.end() if marks and at == end - 1 else at + 1
            # A mark after a word would be no part of it for those who protect words.
            others = _single(text[at:stop]) if at == end - 1 else _others(text[at:stop])
            if others:
                yield Site(at, stop, others)


@lru_cache(maxsize=4096)
def _others(letter: str) -> tuple[str, ...]:
    """Return what a letter, with the marks after it, may become."""
    apart = unicodedata.normalize("NFD", letter)
    base, marks = apart[0], apart[1:]
    if marks:
        known = _LATIN_OR_GREEK.match(base) and _REMOVED.issuperset(marks)
        return (base,) if known else ()
    if "A" <= letter <= "Z" or "a" <= letter <= "z":
        accented = [unicodedata.normalize("NFC", letter + mark) for mark in _MARKS]
        single = [each for each in accented if len(each) == 1]
        return (*single, *(letter + mark for mark in _MARKS))
    if _STRESSED.match(letter):
        composed = unicodedata.normalize("NFC", letter + _ACUTE)
        return tuple(dict.fromkeys((composed, letter + _ACUTE)))
    return ()


@lru_cache(maxsize=4096)
def _single(letter: str) -> tuple[str, ...]:
    """Return those of one character."""
    return tuple(each for each in _others(letter) if len(each) == 1)
