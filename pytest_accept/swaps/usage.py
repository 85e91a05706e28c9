"""How an English word for people is used where it stands: before a noun, as one, or after "is"."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pytest_accept.perturbations.language.tokens import FUNCTION_WORDS, Token, tokens
from pytest_accept.perturbations.word_lists import read_rows, read_words

Usage = Literal["adjective", "one", "several"]

_ARTICLES = frozenset("a an another every each any one no fellow this that".split())
_SINGULAR = frozenset("a an another every each".split())
_BETWEEN = frozenset(
    "young younger old older elderly little poor rich black white brown gay lesbian straight trans "
    "transgender disabled single married teenage male female illegal legal undocumented "
    "innocent ordinary average moderate radical good bad nice great other fellow working religious "
    "devout native foreign famous local new many real true typical stupid dumb next "
    "last first only".split()
)
_IS = frozenset("am is are was were be been being become becomes became".split())
_SOMEBODY = frozenset(
    "i you he she we they who i'm you're he's she's we're they're who's everyone somebody someone "
    "anybody anyone nobody".split()
)
_CONTRACTED = frozenset("i'm you're he's she's we're they're who's".split())
_ADVERBS = frozenset(
    "not also really very half part originally proudly all both just so too actually".split()
)
_THINGS = frozenset(
    "movie movies film films flick flicks drama dramas comedy comedies story stories thriller "
    "thrillers saga sagas show shows series book books novel novels song songs music genre food "
    "restaurant restaurants band bands team teams school schools club clubs magazine".split()
)
"""Of these, a noun before them says the kind: a gangster film is no gangster."""

_PREFIXES = frozenset("non anti ex pro fellow".split())
_COMPOUNDS = frozenset(
    "african native asian latin central north south east west northern southern eastern western "
    "anglo mexican italian irish german chinese japanese korean arab cuban polish indian hispanic "
    "black".split()
)


def at(text: str, start: int) -> int | None:
    """Return the number of the token that begins there, or holds that place after a hyphen."""
    for number, token in enumerate(tokens(text)):
        if token.start <= start < token.stop:
            return number
    return None


def usage(text: str, start: int, stop: int, *, the: bool = False) -> Usage | None:
    """Return how a word that is both adjective and noun is used; None if that is not clear.

    An adjective before a noun for people, or after "he is" and the like; one person, after an
    article or "fellow" and with no noun following. "the" makes it one if who or that follows, or if
    `the` says that it always does.
    """
    number = at(text, start)
    if number is None:
        return None
    listed = tokens(text)
    if _before_people(listed, number):
        return "adjective"
    following = listed[number + 1] if number + 1 < len(listed) else None
    if following is not None and (not following.next_to_last or text[stop] in "'’"):
        following = None
    before = number - 1
    while before >= 0 and listed[before].low in _BETWEEN and listed[before + 1].next_to_last:
        before -= 1
    if before < 0 or not listed[before + 1].next_to_last:
        return None
    if _is_one(listed[before].low, following, the=the):
        return "one"
    stands_alone = following is None or following.low in FUNCTION_WORDS - {"of"}
    return "adjective" if stands_alone and _said_of_somebody(listed, number) else None


def _is_one(article: str, following: Token | None, *, the: bool) -> bool:
    """Return whether a word after an article is a noun, by the word that follows, if any."""
    if following is None:
        return article in _ARTICLES or (article == "the" and the)
    if following.low not in FUNCTION_WORDS:
        # "a Muslim deserves": after a singular no noun ends so.
        verb = following.word.islower() and re.search(r"[^su]s$", following.word)
        return bool(verb) and article in _SINGULAR
    if following.low == "of":  # "the most American of films"
        return False
    who = following.low in ("who", "that", "whose", "whom")
    return article in _ARTICLES or (article == "the" and (the or who))


def in_longer_name(text: str, start: int) -> bool:
    """Return whether a word seems to belong to a longer name: "Muslim Brotherhood"."""
    number = at(text, start)
    if number is None:
        return False
    listed = tokens(text)
    token = listed[number]
    if number + 1 < len(listed) and _joins(token, listed[number + 1], listed[number + 1]):
        return True
    if not number:
        return False
    before = listed[number - 1]
    if before.low == "of" and number > 1 and listed[number - 2].capital:
        return not listed[number - 2].shouted
    named = not before.opens or before.word in _first_names()
    return named and _joins(token, before, token)


def in_compound(text: str, start: int) -> bool:
    """Return whether a word is glued to another one that is no mere "non-" or "anti-", or follows
    one that makes another people of it: "Native Americans".
    """
    number = at(text, start)
    if number is None:
        return True
    listed = tokens(text)
    token = listed[number]
    before = listed[number - 1] if number else None
    if before is not None and token.gap in (" ", "-") and before.low in _COMPOUNDS:
        return True
    if token.free:
        return False
    prefixed = before is not None and token.gap == "-" and before.low in _PREFIXES
    after = text[token.stop : token.stop + 1]
    return not prefixed or (after in ("-", "/", "_", "@") and bool(after))


def _joins(token: Token, other: Token, second: Token) -> bool:
    if not second.next_to_last or not token.capital or not other.capital:
        return False
    if token.shouted and other.shouted:
        return False
    return other.low not in FUNCTION_WORDS


def _before_people(listed: tuple[Token, ...], number: int) -> bool:
    for after, following in enumerate(listed[number + 1 : number + 3], number + 2):
        if not following.next_to_last:
            return False
        if following.low in people() or following.low.partition("'")[0] in people():
            beyond = listed[after] if after < len(listed) else None
            return beyond is None or not beyond.next_to_last or beyond.low not in _THINGS
        if following.low not in _BETWEEN:
            return False
    return False


def _said_of_somebody(listed: tuple[Token, ...], number: int) -> bool:
    before = number - 1
    while before >= 0 and listed[before].low in _ADVERBS and listed[before + 1].next_to_last:
        before -= 1
    if before < 0 or not listed[before + 1].next_to_last:
        return False
    verb = listed[before]
    if verb.low in _CONTRACTED:
        return True
    if verb.low.removesuffix("n't") not in _IS or not before:
        return False
    subject = listed[before - 1]
    return subject.low in _SOMEBODY or subject.low in people()


@cache
def _first_names() -> frozenset[str]:
    return frozenset(name for name, _, *word in read_rows("first_names") if not word)


@cache
def people() -> frozenset[str]:
    """Return the nouns for people, and for what they are or have in common."""
    return frozenset(read_words("people"))
