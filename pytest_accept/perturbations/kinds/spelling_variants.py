"""A word is spelt as in British or in American English: "colour" ↔ "color"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import outside_links
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site, replaced_words
from pytest_accept.perturbations.word_lists import read_rows


def spelling_variants(**budget: Unpack[Budget]) -> Edits:
    """Spell a word as in British instead of American English, or the other way; the label stays.

    English. Words whose other spelling is another word, such as "metre" and "practise", stay, and
    so do capitalised words inside of sentences, which may be names ("Pearl Harbor"). Source: own
    list.

    >>> edit = spelling_variants().script((0, 0, 0))
    >>> edit("a colourful film")
    'a colorful film'
    """
    return Edits("spelling_variants", [("spelling variants", sites)], language="en", **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the words with another spelling."""
    for site in outside_links(text, replaced_words(text, _variants)):
        word = text[site.start : site.stop]
        if word.islower() or word.isupper() or (word.istitle() and _begins(text, site.start)):
            yield site


def _begins(text: str, at: int) -> bool:
    """Return whether a sentence begins there."""
    before = text[:at].rstrip(" \t\"'“‘(")
    return not before or before[-1] in ".!?…:;\n"


def _variants(word: str) -> tuple[str, ...]:
    return _other_spelling().get(word, ())


@cache
def _other_spelling() -> dict[str, tuple[str, ...]]:
    pairs = read_rows("spelling_variants")
    return {one: (other,) for pair in pairs for one, other in (pair, pair[::-1])}
