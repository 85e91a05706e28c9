"""Things put into a text as words of their own, with a space between."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from pytest_accept.perturbations.sites import Site


def before(text: str, at: int, items: Sequence[str]) -> Iterator[Site]:
    """Return the site that puts an item before what begins there, unless that is half a letter."""
    if not unicodedata.category(text[at]).startswith("M"):
        yield Site(at, at, tuple(f"{each} " for each in items))


def at_end(text: str, items: Sequence[str]) -> Iterator[Site]:
    """Return the site that puts an item at the end, before spaces: none in a blank text."""
    stop = len(text.rstrip())
    if stop:
        yield Site(stop, stop, tuple(f" {each}" for each in items))


def at_both_ends(text: str, items: Sequence[str]) -> Iterator[Site]:
    """Return the sites that put an item at the beginning or the end: none in a blank text."""
    start = len(text) - len(text.lstrip())
    if start < len(text):
        yield from before(text, start, items)
        yield from at_end(text, items)
