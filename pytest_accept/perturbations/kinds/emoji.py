"""An emoji without sentiment is added to a text: "A film." → "A film. 📷"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.insertions import at_both_ends
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

# Single characters: none needs a variation selector or a joiner to look as meant.
EMOJI = ("📷", "📎", "🕒", "📄", "📍", "📅", "📁", "🔢")


def emoji(**budget: Unpack[Budget]) -> Edits:
    """Put an emoji of a thing at the beginning or the end of a text; the label stays the same.

    Any language. The things (a camera, a paper clip, a clock) carry no sentiment; faces, hands and
    hearts are not among them. A blank text stays as it is. Source: own list.

    >>> edit = emoji().script((0, 1, 0))
    >>> edit("a good film")
    'a good film 📷'
    """
    return Edits("emoji", [("added emoji", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the beginning and the end of the text."""
    return at_both_ends(text, EMOJI)
