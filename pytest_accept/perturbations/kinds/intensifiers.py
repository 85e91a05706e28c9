"""An intensifier stands before a word of sentiment: "a good film" → "a very good film"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.articles import with_article
from pytest_accept.perturbations.language.degrees import degrees
from pytest_accept.perturbations.language.tokens import tokens
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

_STRONGER = ("very ", "really ", "extremely ", "incredibly ")
_STRONGER_EXTREME = ("really ", "absolutely ", "truly ")
_STRONGER_GREAT = ("really ", "truly ")


def intensifiers(**budget: Unpack[Budget]) -> Edits:
    """Put "very", "absolutely" and the like before a word of sentiment; the text's own label gets
    more probable ("up"). English.

    Only in texts whose words agree in sentiment, and not where the word is negated, asked for,
    wished for, or has an intensifier already. Source: own list; the expectation is that of
    CheckList (Ribeiro et al. 2020, ACL).

    >>> intensifiers().script((0, 0, 0))("It is an interesting film.")
    'It is a very interesting film.'
    """
    return Edits("intensifiers", [("intensifiers", sites)], promise="up", language="en", **budget)


def sites(text: str) -> Iterator[Site]:
    """Return a site before each word of sentiment whose degree can rise."""
    listed = tokens(text)
    for at, word, _, definite in degrees(text):
        if definite and word.extreme:
            continue
        token = listed[at]
        put: tuple[str, ...] = _STRONGER_EXTREME if word.extreme else _STRONGER
        if token.low == "great":
            put = _STRONGER_GREAT
        if token.shouted:
            put = tuple(each.upper() for each in put)
        if token.capital and not token.shouted:
            put = tuple(each.capitalize() + token.word.lower() for each in put)
            yield Site(token.start, token.stop, put)
            continue
        before = listed[at - 1] if at else None
        yield with_article(token, before, put, token.start)
