"""A letter becomes a look-alike from another script: "film" → "fіlm" with a Cyrillic і."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from string import ascii_letters
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import plain_words
from pytest_accept.perturbations.language.slips import has_mark_after
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site
from pytest_accept.perturbations.word_lists import read_rows

_FULL_WIDTH = (0xFF21, 0xFF41)
_MATHEMATICAL = ((0x1D5A0, 0x1D5BA), (0x1D670, 0x1D68A), (0x1D400, 0x1D41A))


def homoglyphs(**budget: Unpack[Budget]) -> Edits:
    """Replace a letter by a look-alike; the label stays the same. Any language.

    Latin letters become Cyrillic or Greek ones, then full-width or mathematical ones (sans-serif,
    monospace, bold); Cyrillic and Greek letters become Latin ones. Source: the confusables of
    Unicode Technical Standard 39, a short selection (`word_lists/homoglyphs.txt`).

    >>> edit = homoglyphs().script((0, 0, 0))
    >>> ascii(edit("a film"))
    "'\\\\u0430 film'"
    """
    return Edits("homoglyphs", [("homoglyphs", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every letter of the plain words that has a look-alike."""
    alike = _look_alikes()
    for word in plain_words(text):
        start, stop = word.span()
        for at in range(start, stop - has_mark_after(text, stop)):
            if text[at] in alike:
                yield Site(at, at + 1, alike[text[at]])


@cache
def _look_alikes() -> Mapping[str, tuple[str, ...]]:
    listed = {latin: others for latin, *others in read_rows("homoglyphs")}
    found = {}
    for letter in ascii_letters:
        blocks = (_FULL_WIDTH, *_MATHEMATICAL)
        forms = [_form(letter, *block) for block in blocks]
        found[letter] = (*listed.get(letter, ()), *forms)
    for latin, others in listed.items():
        found |= dict.fromkeys(others, (latin,))
    return found


def _form(letter: str, capital_a: int, small_a: int) -> str:
    first = capital_a - ord("A") if letter.isupper() else small_a - ord("a")
    return chr(first + ord(letter))
