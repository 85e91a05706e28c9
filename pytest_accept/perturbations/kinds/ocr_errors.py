"""Letters are mistaken for others of like shape, as optical recognition does: "from" → "frorn"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import plain_words
from pytest_accept.perturbations.language.slips import has_mark_after, makes_loaded_word
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site
from pytest_accept.perturbations.word_lists import read_rows


def ocr_errors(**budget: Unpack[Budget]) -> Edits:
    """Read letters as others that look like them; the label stays the same. Any language.

    Only Latin letters, and the digits 0 and 1, have sites; words of one or two letters have none
    but "I". Source: own list (`word_lists/ocr_confusions.txt`).

    >>> edit = ocr_errors().script((0, 0, 0))
    >>> edit("a modern film")
    'a rnodern film'
    """
    return Edits("ocr_errors", [("OCR errors", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every letter, or pair of letters, of the plain words that may be mistaken."""
    for word in plain_words(text):
        begin = word.start()
        end = word.end() - has_mark_after(text, word.end())
        for start, stop, replacements in _mistaken(word.group()):
            if begin + stop <= end:
                yield Site(begin + start, begin + stop, replacements)


@cache
def _confusions() -> dict[str, tuple[str, ...]]:
    return {printed: tuple(read) for printed, *read in read_rows("ocr_confusions")}


@lru_cache(maxsize=8192)
def _mistaken(word: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    if len(word) < 3 and word != "I" and not word.isdigit():
        return ()
    confusions = _confusions()
    found = []
    for start in range(len(word)):
        for stop in (start + 1, start + 2):
            head, tail = word[:start], word[stop:]
            kept = tuple(
                read
                for read in confusions.get(word[start:stop], ())
                if not makes_loaded_word(head + read + tail)
            )
            if kept and stop <= len(word):
                found.append((start, stop, kept))
    return tuple(found)
