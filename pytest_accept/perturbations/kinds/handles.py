"""Somebody is addressed by a handle: "A film." → "@example_user_2041 A film."."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.insertions import at_end, before
from pytest_accept.perturbations.language.sentences import find_sentences
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

# Longer than the 15 characters that X allows, so that they are nobody's there.
HANDLES = (
    "@example_user_2041",
    "@example_account_7",
    "@placeholder_user_16",
    "@sample_account_305",
)


def handles(**budget: Unpack[Budget]) -> Edits:
    """Put a handle before a sentence or at the end of a text; the label stays the same.

    Any language. The handles are invented and say nothing of anybody. A blank text stays as it is.
    Source: own list.

    >>> edit = handles().script((0, 0, 0))
    >>> edit("a good film")
    '@example_user_2041 a good film'
    """
    return Edits("handles", [("added handle", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the beginning of the text, those of its other sentences, and its end."""
    for start, _ in find_sentences(text):
        yield from before(text, start, HANDLES)
    yield from at_end(text, HANDLES)
