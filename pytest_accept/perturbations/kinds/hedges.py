"""A hedge weakens what is said: "it was good" → "it was fairly good", "I guess it was good"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Unpack

from pytest_accept.perturbations.language.articles import with_article
from pytest_accept.perturbations.language.degrees import LINKS, Degree, degrees
from pytest_accept.perturbations.language.sentiment import (
    carriers,
    gradables,
    one_mind,
    same_clause,
)
from pytest_accept.perturbations.language.tokens import Token, asked, in_phrases, tokens
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site
from pytest_accept.perturbations.word_lists import read_rows

_FRONT = ("I guess ", "Maybe ")
_OWN = frozenset("i we we're".split())
_HAVING = LINKS | {"has", "have", "had", "there's"}
_STARTS = frozenset(
    "the this that these those my our his her their it he she they we i it's he's she's they're "
    "we're that's there's".split()
)
_HEDGED = frozenset(
    "guess maybe perhaps think probably suppose somewhat fairly hope wish if would could should "
    "believe may might seems appears appear kind sort must hoping when let thank thanks".split()
)

_OPINION = frozenset("am was do don't did didn't really absolutely truly also can".split())
_UNFIT = frozenset(("more", "less"))


def hedges(**budget: Unpack[Budget]) -> Edits:
    """Weaken a statement by "somewhat", "a bit", "I guess" and the like; the text's own label gets
    less probable ("down"). English.

    Only in texts whose words agree in sentiment, and not where the word is negated, asked for,
    wished for, or has an intensifier or hedge already. Source: own list; the expectation is that of
    CheckList (Ribeiro et al. 2020, ACL).

    >>> hedges().script((0, 1, 0))("The film is boring.")
    'The film is somewhat boring.'
    >>> hedges().script((0, 0, 0))("The film is boring.")
    'I guess the film is boring.'
    """
    return Edits("hedges", [("hedges", sites)], promise="down", language="en", **budget)


def sites(text: str) -> Iterator[Site]:
    """Return a site at each sentence that carries sentiment, and before each gradable word."""
    if not one_mind(text):
        return
    listed = tokens(text)
    found = list(_fronts(text, listed))
    for each in degrees(text):
        token = listed[each.at]
        fits = not (each.word.extreme or each.definite or token.capital)
        put = _weaker(each) if fits else ()
        if put:
            before = listed[each.at - 1] if each.at else None
            found.append(with_article(token, before, put, token.start))
    yield from sorted(found, key=lambda site: (site.start, site.stop))


def _weaker(degree: Degree) -> tuple[str, ...]:
    """Return the hedges that fit: "a bit" is said of bad things and "a kind of good film" never."""
    plain = ("fairly ", "somewhat ") if degree.word.sign > 0 else ("somewhat ",)
    if not degree.predicate or degree.word.adverb:
        return plain
    return (*plain, "kind of ") if degree.word.sign > 0 else (*plain, "a bit ", "kind of ")


def _fronts(text: str, listed: tuple[Token, ...]) -> Iterator[Site]:
    """Return the sites that put "I guess" before a statement of sentiment."""
    questions = asked(text)
    fixed = in_phrases(text)
    said = {
        each.at
        for each in carriers(text)
        if listed[each.at].low in _said() and each.at not in fixed
    }
    for at, token in enumerate(listed):
        if (at and listed[at - 1].sentence == token.sentence) or token.sentence in questions:
            continue
        if not token.free or not (token.low in _STARTS or token.word == "I"):
            continue
        clause = _clause(listed, at)
        judged = said.intersection(clause)
        if len(clause) < 3 or not _judges(listed, clause, judged) or listed[at + 1].low in _UNFIT:
            continue
        if any(listed[i].low in _HEDGED for i in clause):
            continue
        if token.low == "i" and listed[at + 1].low not in _said() | _OPINION:
            continue
        if token.low == "i" and listed[at + 1].low == "am" and listed[at + 2].low.endswith("ing"):
            continue
        word = token.word if token.low == "i" else token.word[0].lower() + token.word[1:]
        fronts = _FRONT[:1] if token.low in _OWN else _FRONT
        put = fronts if token.capital else tuple(each.lower() for each in fronts)
        yield Site(token.start, token.stop, tuple(each + word for each in put))


def _judges(listed: tuple[Token, ...], clause: range, judged: set[int]) -> bool:
    """Return whether a clause says what it judges, and not only in passing: "the cute guy left"."""
    known = gradables()
    return any(
        listed[i].low not in known
        or known[listed[i].low].adverb
        or any(listed[before].low in _HAVING for before in range(clause.start, i))
        for i in judged
    )


def _clause(listed: tuple[Token, ...], at: int) -> range:
    """Return the words from one on to the end of its clause."""
    stop = at + 1
    while stop < len(listed) and same_clause(listed, stop - 1, stop):
        stop += 1
    return range(at, stop)


@cache
def _said() -> frozenset[str]:
    """Return the words that judge: those with degrees, verbs such as "love", and superlatives."""
    verbs = (form for *forms, _ in read_rows("negatable_verbs") for form in forms)
    return frozenset({*gradables(), *verbs, "best", "worst", "favorite", "favourite"})
