"""Where an English adjective or adverb that carries sentiment can be made stronger or weaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_accept.perturbations.language.sentiment import (
    Carrier,
    Gradable,
    carriers,
    gradables,
    one_mind,
    same_clause,
)
from pytest_accept.perturbations.language.tokens import (
    Token,
    asked,
    in_name,
    in_phrases,
    quoted,
    tokens,
)

LINKS = frozenset(
    "is are was were be been being am i'm it's he's she's that's we're you're they're there's "
    "isn't feel feels felt feeling seem seems seemed look looks looked sound sounds sounded taste "
    "tastes tasted smell smells smelled become becomes became get gets got getting stay stays "
    "stayed its thats im youre theyre hes shes".split()
)
"""Verbs between a subject and what it is said to be."""

_GRADED = frozenset(
    "very really extremely absolutely incredibly truly so too quite rather fairly pretty somewhat "
    "totally completely utterly bit kind sort little more most less least as how however that this "
    "such super highly deeply simply just only almost nearly mostly not never no any all even "
    "almost equally more particularly especially unbelievably insanely amazingly awfully terribly "
    "damn damned freaking fucking fuckin bloody exceptionally remarkably always usually often "
    "sometimes generally mostly perfectly genuinely seriously surprisingly sooo soo way much far "
    "do does did done doing make made better best worst ever still or if than what "
    "good bad well thoroughly strangely oddly overly slightly would could should might may will "
    "can wish please love loves loved like likes enjoy hate hates prefer want need".split()
)
_UNREAL = frozenset(
    "if would could should wish wished hope hopes hoped hoping expect expected expecting thought "
    "supposed unless whether than suppose imagine may might can will be used claim claims claimed "
    "doubt doubts said say says instead maybe perhaps guess probably".split()
)
_AFTER = frozenset(
    "enough as than at of on from when so like for with because to by in about that".split()
)
_OBJECTS = frozenset(
    "me you him her us them it everyone everybody people the a an my your his our their this these "
    "those some someone anyone all".split()
)
_DETERMINERS = frozenset("a an the my your his her its our their these those some many".split())
_BEFORE_BARE = frozenset("another one every each has have had with of for in by at and or".split())
_NO_NOUN = frozenset("and or but is was are were".split())
_AFTER_NOUNS = frozenset(("upset", "fun", "glad"))
_ONES = frozenset(("one", "ones"))
_PEOPLE = frozenset(("i", "we", "he", "she"))
_DEFINITE = _DETERMINERS - {"a", "an", "some", "many"}


class Degree(NamedTuple):
    """A word whose degree can change: its number in the text, what it is, where it stands.

    `predicate`: after "is", "feels" and the like, with no noun to follow.
    `definite`: after "the", "my" and the like.
    """

    at: int
    word: Gradable
    predicate: bool
    definite: bool


def degrees(text: str) -> Iterator[Degree]:
    """Return the words whose degree can change, if the whole text is of one mind.

    Left out are words that have a degree word before them, are negated, asked for, wished for or
    compared, and those in names, quotations and fixed expressions.
    """
    if not one_mind(text):
        return
    listed = tokens(text)
    fixed = in_phrases(text) | quoted(text)
    questions = asked(text)
    known = gradables()
    for each in carriers(text):
        word = known.get(listed[each.at].low)
        if word is None or each.at in fixed or listed[each.at].sentence in questions:
            continue
        if _fits(listed, each, word):
            before = listed[each.at - 1].low if each.at else ""
            yield Degree(each.at, word, _predicate(listed, each.at), before in _DEFINITE)


def _fits(listed: tuple[Token, ...], carrier: Carrier, word: Gradable) -> bool:
    at = carrier.at
    token = listed[at]
    before = listed[at - 1] if at and token.next_to_last else None
    after = listed[at + 1] if at + 1 < len(listed) and listed[at + 1].next_to_last else None
    if carrier.negated or not token.free or in_name(listed, at) or _unreal(listed, at):
        return False
    if before is not None and (_barred(listed, at) or not before.free):
        return False
    if word.adverb:
        return before is not None and before.low not in LINKS and _ends(after)
    if before is not None and before.low in LINKS:
        return after is None or not _complemented(token, after)
    loose = before is not None and before.low not in _DETERMINERS
    if token.low.endswith(("ed", "ing") if loose else "ed") or token.low in _AFTER_NOUNS:
        return False
    return after is not None and _noun_follows(after, before)


def _barred(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether the words before bar a degree: "how good", "such a good"."""
    before = listed[at - 1].low
    exclaimed = at > 1 and listed[at - 2].low in ("what", "such")
    joined = before == "and" and _superlative(listed[max(at - 4, 0) : at - 1])
    return exclaimed or joined or before in _GRADED


def _superlative(found: tuple[Token, ...]) -> bool:
    """Return whether a superlative is among the words: "best looking and", "nicest and"."""
    return any(
        each.low in ("best", "worst", "most", "least")
        or (each.low.endswith("est") and len(each.low) > 5)
        for each in found
    )


def _complemented(token: Token, after: Token) -> bool:
    """Return whether what follows bars a degree: "good enough", "annoying me"."""
    barred = after.low in ("enough", "as", "than")
    return barred or (token.low.endswith("ing") and after.low in _OBJECTS)


def _ends(after: Token | None) -> bool:
    return after is None or after.low not in (
        "enough over before after above below into beyond past known".split()
    )


def _noun_follows(after: Token, before: Token | None) -> bool:
    if after.word[0].isdigit() or not after.free or after.low in _AFTER | _OBJECTS:
        return False
    determined = before is not None and before.low in _DETERMINERS
    bare = before is not None and not determined and not after.low.endswith("s")
    if bare and before is not None and before.low not in _BEFORE_BARE:
        return False
    return after.low not in _NO_NOUN | (_ONES if determined else _PEOPLE)


def _predicate(listed: tuple[Token, ...], at: int) -> bool:
    if not at or listed[at - 1].low not in LINKS:
        return False
    if at + 1 == len(listed) or not listed[at + 1].next_to_last:
        return True
    return listed[at + 1].low in _AFTER | {"and", "but", "when", "i", "right", "today", "now"}


def _unreal(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether the clause wishes, supposes or reports what it says."""
    for before in range(at - 1, -1, -1):
        if not same_clause(listed, before, before + 1):
            return False
        if listed[before].low in _UNREAL:
            return True
    return False
