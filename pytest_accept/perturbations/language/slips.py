"""Slips of single letters: where in a text they may fall, and the words that they may not make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from pytest_accept.perturbations.language.plain_words import plain_words
from pytest_accept.perturbations.sites import Site
from pytest_accept.perturbations.word_lists import read_words

Slips = Callable[[str], Iterable[tuple[int, int, Sequence[str]]]]
"""Returns the slips in one word: (start, stop, replacements), counted from the word's beginning."""

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"[\d_]")
_SYLLABLES_ON = "\u2e80"


def slips_in(text: str, slips: Slips) -> Iterator[Site]:
    """Return the sites of slips in the plain words of a text.

    Words with digits stay, and so do scripts whose signs are words or syllables. What stands after
    an apostrophe counts as a word of its own.
    """
    for word in plain_words(text):
        begin, end = word.span()
        last = end - begin - has_mark_after(text, end)
        for start, stop, replacements in _slips(slips, word.group()):
            if stop <= last:
                yield Site(begin + start, begin + stop, replacements)


def has_mark_after(text: str, at: int) -> bool:
    """Return whether an accent or a joiner stands there, which belongs to the letter before."""
    following = text[at : at + 1]
    return bool(following) and unicodedata.category(following) in ("Mn", "Mc", "Me", "Cf")


def makes_loaded_word(word: str) -> bool:
    """Return whether nobody would take the word for a slip, because it says something else.

    So are insults and opinions ("shirt" → "shit", "food" → "good"), and what a slip makes of common
    opinions ("like" → "lie").
    """
    return word.casefold() in _loaded_words()


@cache
def _loaded_words() -> frozenset[str]:
    return frozenset(read_words("loaded_words"))


@cache
def _longest_loaded() -> int:
    return max(map(len, _loaded_words()))


@lru_cache(maxsize=8192)
def _slips(slips: Slips, word: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    if _DIGIT.search(word) or max(word) >= _SYLLABLES_ON:
        return ()
    found = []
    for run in _LETTERS.finditer(word):
        letters, begin = run.group(), run.start()
        if not letters.isalpha():
            continue
        # A slip takes or adds few letters; and a run of a million of them is no word of a list.
        long = len(letters) > _longest_loaded() + 8
        for start, stop, replacements in slips(letters):
            if long:
                found.append((begin + start, begin + stop, tuple(replacements)))
                continue
            head, tail = letters[:start], letters[stop:]
            kept = tuple(each for each in replacements if not makes_loaded_word(head + each + tail))
            if kept:
                found.append((begin + start, begin + stop, kept))
    return tuple(found)
