"""A link is added to a text: "A film." → "A film. https://example.org"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.insertions import at_both_ends
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

URLS = (
    "https://example.org",
    "https://www.example.com",
    "http://example.net",
    "https://example.org/page",
    "https://www.example.com/items/1024",
    "https://example.net/p?id=37",
)


def urls(**budget: Unpack[Budget]) -> Edits:
    """Put a link at the beginning or the end of a text; the label stays the same. Any language.

    The links lead nowhere and say nothing of the text. A blank text stays as it is. Source: the
    domain names that are reserved for examples (RFC 2606).

    >>> edit = urls().script((0, 1, 0))
    >>> edit("a good film")
    'a good film https://example.org'
    """
    return Edits("urls", [("added link", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the beginning and the end of the text."""
    return at_both_ends(text, URLS)
