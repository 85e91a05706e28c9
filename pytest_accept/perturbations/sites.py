"""Where a text can be edited: places with what may stand there instead, and words that stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

# An accent of its own belongs to the letter before: "not" with one is another word.
_PART = r"\w[\w\u0300-\u036f]*"
WORD = re.compile(rf"{_PART}(?:['’]{_PART})*")

NEGATIONS = frozenset(
    "no not never none nobody nothing nowhere neither nor cannot without hardly barely scarcely "
    "aint cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont "
    "wouldnt".split()
)
"""Words that turn the meaning of a sentence; words that end in n't count as well."""


class Site(NamedTuple):
    """A place where a text can be edited: `text[start:stop]` may become any of `replacements`.

    The simplest replacement comes first: it is the one that a search reports if several will do.
    An insertion has `start == stop`.
    """

    start: int
    stop: int
    replacements: Sequence[str]


Finder = Callable[[str], Iterable[Site]]
"""Finds the sites of one kind of edit in a text, from its beginning to its end."""


def words(text: str) -> Iterator[re.Match[str]]:
    """Return the words of a text: letters, digits and underscores, with apostrophes inside."""
    return WORD.finditer(text)


def in_case_of(word: str, replacement: str) -> str:
    """Return the replacement in the word's case: "Film" → "Movie", "FILM" → "MOVIE".

    >>> in_case_of("Film", "motion picture")
    'Motion picture'
    """
    if len(word) > 1 and word.isupper():
        return replacement.upper()
    if word[:1].isupper():
        return replacement[:1].upper() + replacement[1:]
    return replacement


def replaced_words(text: str, lexicon: Callable[[str], Sequence[str]]) -> Iterator[Site]:
    """Return a site for every word that the lexicon (asked in lower case) has replacements for."""
    for word in words(text):
        found = lexicon(word.group().lower())
        if found:
            yield Site(
                word.start(), word.end(), tuple(in_case_of(word.group(), each) for each in found)
            )


class Protection:
    """Words that an edit must leave as they are: it may move them, not change, add or remove them.

    `words` are compared without case; `negations` adds the words that turn a sentence's meaning.
    """

    def __init__(self, protected: Iterable[str] = (), *, negations: bool = True) -> None:
        self._words = {each.casefold() for each in protected}
        self.negations = negations
        if negations:
            self._words |= NEGATIONS

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where protected words stand."""
        return [word.span() for word in words(text) if self._covers(word.group())]

    def allows(self, text: str, start: int, stop: int, replacement: str) -> bool:
        """Return whether the words around an edit hold the same protected words after it."""
        left, right = start, stop
        while left > 0 and not text[left - 1].isspace():
            left -= 1
        while right < len(text) and not text[right].isspace():
            right += 1
        after = text[left:start] + replacement + text[stop:right]
        return self._held(text[left:right]) == self._held(after)

    def _held(self, text: str) -> list[str]:
        return sorted(w.group().casefold() for w in words(text) if self._covers(w.group()))

    def _covers(self, word: str) -> bool:
        folded = word.casefold()
        return folded in self._words or (self.negations and folded.endswith(("n't", "n’t")))


def touches(site: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether an edit there would change, or grow onto, what stands in one of the spans."""
    return any(site[0] <= stop and start <= site[1] for start, stop in spans)


def crosses(site: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether an edit there would change the edge of a span, or take away the space there.

    An insertion at the edge does neither.
    """
    low, high = site
    return low < high and any(
        low <= stop and start <= high and not (start <= low and high <= stop)
        for start, stop in spans
    )
