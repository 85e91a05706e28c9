"""An inner letter of a word is left out: "from" → "frm"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.slips import slips_in
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site


def dropped_letters(**budget: Unpack[Budget]) -> Edits:
    """Leave out an inner letter of a word of four or more; the label stays the same. Any language.

    The first and the last letter stay, because readers rely on them (Rayner et al. 2006,
    Psychological Science 17). Source: omissions are one of the four slips that make up most
    misspellings (Damerau 1964, Communications of the ACM 7).

    >>> edit = dropped_letters().script((0, 0, 0))
    >>> edit("a good film")
    'a good flm'
    """
    return Edits("dropped_letters", [("dropped letters", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every inner letter of longer words; of letters that stand twice, the first."""
    return slips_in(text, _slips)


def _slips(word: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    if len(word) < 4:
        return
    for at in range(1, len(word) - 1):
        if word[at] != word[at - 1]:
            yield at, at + 1, ("",)
