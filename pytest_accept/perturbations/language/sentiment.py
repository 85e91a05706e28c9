"""Words that carry sentiment in an English text, and whether a text is of one mind.

No classifier: it tells where an edit of one word may be trusted to move the label of the whole
text, and says so only of texts whose words agree.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from pytest_accept.perturbations.language.tokens import Token, is_negation, tokens
from pytest_accept.perturbations.word_lists import read_rows

_SIGNS = {"positive": 1, "negative": -1}
_REACH = 5
_CLAUSE_ENDS = re.compile(r"[.,;:!?…()\n—–]|--")
_TURNS = frozenset("but although though however yet except unless".split())
_HAPPY = re.compile(
    r"[:;=][-o^']?[)D\]pP]+(?!\w)|\b[xX]D+\b|<3|[❤♥😀-😆😉-😋😍😘😊🙂🤣🥰👍🎉💕💖💯]|\^_?\^"
)
_UNHAPPY = re.compile(r"[:;=]'?[-o^]?[(\[/\\|](?!/)|[😒-😔😖😞-😢😤-😭😱🙁☹👎💔🤮😠😡🤬]|-_+-")
_LIKES = frozenset("i we they you really to also not did do don't didn't".split())


class Gradable(NamedTuple):
    """An adjective or adverb that carries sentiment: its sign, +1 or -1, and its kind."""

    adverb: bool
    sign: int
    extreme: bool


class Carrier(NamedTuple):
    """A word of a text that carries sentiment: its number, and its sign in its clause."""

    at: int
    sign: int
    negated: bool


@cache
def gradables() -> dict[str, Gradable]:
    """Return the words of gradable.txt."""
    return {
        word: Gradable(kind == "adverb", _SIGNS[sign], degree == "extreme")
        for word, kind, sign, degree in read_rows("gradable")
    }


@cache
def signs() -> dict[str, int]:
    """Return all words that carry sentiment with their sign: 1 or -1."""
    others = {word: _SIGNS[sign] for word, sign in read_rows("sentiment_words")}
    return others | {word: each.sign for word, each in gradables().items()}


@lru_cache(maxsize=256)
def carriers(text: str) -> tuple[Carrier, ...]:
    """Return the words of a text that carry sentiment; a negation before one turns its sign."""
    known = signs()
    listed = tokens(text)
    found = []
    negated_until = -1
    for at, token in enumerate(listed):
        if _CLAUSE_ENDS.search(token.gap) or token.low in _TURNS:
            negated_until = -1
        sign = 0 if _idle_well(listed, at) else known.get(token.low, 0)
        if token.low == "like" and at and listed[at - 1].low in _LIKES:
            sign = 1
        if sign:
            negated = at <= negated_until
            found.append(Carrier(at, -sign if negated else sign, negated))
        if is_negation(token.low):
            negated_until = at + _REACH
    return tuple(found)


def _idle_well(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether "well" praises nothing, as in "as well" and "oh well"."""
    return at > 0 and listed[at].low == "well" and listed[at - 1].low in ("as", "oh")


@lru_cache(maxsize=256)
def one_mind(text: str) -> int:
    """Return 1 or -1 if everything that carries sentiment in a text agrees, 0 if not, or nothing.

    Emoticons and emoji count as well.
    """
    found = {each.sign for each in carriers(text)} | faces(text)
    return found.pop() if len(found) == 1 else 0


def faces(text: str) -> set[int]:
    """Return the signs of the emoticons and emoji of a text."""
    found = set()
    if _HAPPY.search(text):
        found.add(1)
    if _UNHAPPY.search(text):
        found.add(-1)
    return found


def same_clause(listed: tuple[Token, ...], one: int, other: int) -> bool:
    """Return whether no comma or other stop, and no "but", parts two words."""
    return not any(
        _CLAUSE_ENDS.search(each.gap) or each.low in _TURNS for each in listed[one + 1 : other + 1]
    )
