"""A hashtag is added to a text: "A film." → "A film. #post"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.insertions import at_both_ends
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

HASHTAGS = ("#post", "#note", "#text", "#today", "#update")


def hashtags(**budget: Unpack[Budget]) -> Edits:
    """Put a hashtag at the beginning or the end of a text; the label stays the same. Any language.

    The hashtags carry no sentiment and name no subject. A blank text stays as it is. Source: own
    list.

    >>> edit = hashtags().script((0, 1, 0))
    >>> edit("a good film")
    'a good film #post'
    """
    return Edits("hashtags", [("added hashtag", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the beginning and the end of the text."""
    return at_both_ends(text, HASHTAGS)
