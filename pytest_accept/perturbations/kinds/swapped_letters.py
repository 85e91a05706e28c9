"""Two neighbouring letters of a word change places, as fast typing does: "from" → "form"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.slips import slips_in
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site


def swapped_letters(**budget: Unpack[Budget]) -> Edits:
    """Swap two neighbouring letters inside of a word; the label stays the same. Any language.

    The first and the last letter of longer words stay, because readers rely on them (Rayner et al.
    2006, Psychological Science 17). Source: transpositions are one of the four slips that make up
    most misspellings (Damerau 1964, Communications of the ACM 7).

    >>> edit = swapped_letters().script((0, 0, 0))
    >>> edit("a good film")
    'a good flim'
    """
    return Edits("swapped_letters", [("swapped letters", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every pair of different neighbouring letters, without a longer word's outer ones."""
    return slips_in(text, _slips)


def _slips(word: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    inner = range(1, len(word) - 2) if len(word) > 3 else range(len(word) - 1)
    for at in inner:
        one, other = word[at], word[at + 1]
        if one != other:
            yield at, at + 2, (other + one,)
