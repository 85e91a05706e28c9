"""A letter of a word is typed twice: "from" → "froom"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.slips import slips_in
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site


def doubled_letters(**budget: Unpack[Budget]) -> Edits:
    """Type a letter of a word of three or more twice; the label stays the same. Any language.

    A capital is doubled by a small letter unless the word is in capitals: "Ffilm", "FFILM". Source:
    insertions are one of the four slips that make up most misspellings (Damerau 1964,
    Communications of the ACM 7); this one needs no second key.

    >>> edit = doubled_letters().script((0, 1, 0))
    >>> edit("a film")
    'a fiilm'
    """
    return Edits("doubled_letters", [("doubled letters", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every letter of longer words; of letters that stand twice already, the first."""
    return slips_in(text, _slips)


def _slips(word: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    if len(word) < 3:
        return
    shouted = word.isupper()
    for at, letter in enumerate(word):
        again = letter if shouted else letter.lower()
        if len(again) == 1 and (at == 0 or letter != word[at - 1]):
            yield at, at + 1, (letter + again,)
