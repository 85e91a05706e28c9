"""A phrase that says nothing is added: "The film is slow." → "To be clear, the film is slow."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import set_apart
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site
from pytest_accept.perturbations.word_lists import read_words


def neutral_phrases(**budget: Unpack[Budget]) -> Edits:
    """Open or close a text with a phrase without sentiment, negation or certainty. English.

    The label stays the same. An opening such as "To be clear," goes before a statement only; before
    anything else, and where the first word may be a name, it is a sentence of its own. Source: own
    lists.

    >>> edit = neutral_phrases().script((0, 0, 0))
    >>> edit("The film is slow.")
    'To be clear, the film is slow.'
    """
    return Edits("neutral_phrases", [("neutral phrases", sites)], language="en", **budget)


_FIRST = re.compile(r"\s*(?P<word>[A-Za-z]+)(?:['’][A-Za-z]+)?(?=\s)")
_OPENS_STATEMENT = frozenset(
    "the a an this that these those it there he she we they you my your his her its our their some "
    "most many all every each everyone everything".split()
)
_REFERS_BACK = frozenset(
    "but and or so yet nor also then however because therefore though although still instead too "
    "yes no yeah nope".split()
)
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_LAST_WORD = re.compile(r"[A-Za-z0-9]\s*$")


def sites(text: str) -> Iterator[Site]:
    """Return the beginning of the text and its end, where they take a phrase."""
    if len(text.split(None, 2)) > 1:
        yield from _opening(text)
        yield from _closing(text)


@cache
def _phrases() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return openings of a statement, sentences to open with, and sentences to end with."""
    prefixes = read_words("neutral_prefixes")
    opening = tuple(each for each in prefixes if each.endswith(","))
    return (
        opening,
        tuple(each for each in prefixes if each not in opening),
        read_words("neutral_suffixes"),
    )


def _opening(text: str) -> Iterator[Site]:
    openings, sentences, _ = _phrases()
    first = _FIRST.match(text)
    if not first:
        return
    start, word = first.start("word"), first["word"]
    if word.lower() in _REFERS_BACK:
        return
    letter = word[0]
    capitals = _in_capitals(text)
    states = word == "I" or word.lower() in _OPENS_STATEMENT or (word == "i" and text.islower())
    clauses = [f"{_cased(each, text)} " for each in openings] if states else []
    others = [f"{_cased(each, text)} " for each in sentences]
    if not states or word == "I" or capitals or letter.islower():
        yield Site(start, start, (*clauses, *others))
        return
    small = letter.lower()
    changed = [*(each + small for each in clauses), *(each + letter for each in others)]
    yield Site(start, start + 1, changed)


def _closing(text: str) -> Iterator[Site]:
    *_, suffixes = _phrases()
    stop = len(text.rstrip())
    links = set_apart(text)
    if links and links[-1][1] == stop:
        if text.islower():
            return  # without a capital it would read on: "see #photos i wrote this today."
        between = " "
    elif _ENDS.search(text):
        between = " "
    elif _LAST_WORD.search(text):
        between = ". "
    else:
        return
    yield Site(stop, stop, tuple(between + _cased(each, text) for each in suffixes))


def _cased(phrase: str, text: str) -> str:
    """Return the phrase in the case of the text, if that has but one."""
    if text.islower():
        return phrase.lower()
    return phrase.upper() if _in_capitals(text) else phrase


def _in_capitals(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) > 1
