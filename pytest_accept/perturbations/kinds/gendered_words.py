"""Words for men become words for women, and the other way round: "his wife" → "her husband"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Unpack

from pytest_accept.errors import SettingError, expected
from pytest_accept.perturbations.language.articles import with_article
from pytest_accept.perturbations.language.tokens import (
    FUNCTION_WORDS,
    Token,
    in_name,
    in_phrases,
    quoted,
    tokens,
)
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site, in_case_of
from pytest_accept.perturbations.word_lists import read_rows

_HIS_OR_HIM = "her"
_HE = frozenset("he he's he'd he'll him his himself".split())
_SHE = frozenset("she she's she'd she'll her hers herself".split())
_NAMED = frozenset(("mr", "ms", "mrs", "dad", "mom", "mum", "daddy", "mommy", "grandma"))
_NAMED |= frozenset(("grandpa", "father", "mother", "uncle", "aunt", "auntie", "sir", "madam"))
_EXCLAIMED = frozenset(("man", "boy", "girl", "lady", "brother", "sister", "mother", "father"))
_TITLES = frozenset(("mr", "ms", "mrs"))
_RULERS = frozenset(("king", "queen", "prince", "princess", "duke", "duchess"))
_SIBLINGS = frozenset(("brothers", "sisters"))
_CALLED = frozenset(("man", "boy"))
_COUNTED = frozenset(
    "a an the this that my your his her our their another every each any one no some".split()
)
_NO_NOUN = frozenset(
    "again alone so too now yesterday today tomorrow tonight very well much more most less "
    "always never back away together anyway instead because immediately everything something "
    "nothing anything one two everyone lol haha please either often once twice".split()
)
_DEGREES = frozenset("most more much very less two one".split())
"""Words that follow "his" as well as stand after it: "his most uncanny film"."""

_BEFORE_HIS = frozenset(
    "of with in on at for from by about into under over through without and or but because like "
    "is was are were than near behind beside between against that when while during if".split()
)
_OWNED = frozenset(
    "own new old best first last next mother father mom dad mum parents husband boyfriend sister "
    "brother son daughter kids children child family friend friends boss colleague cat dog house "
    "home room car bike phone job work career life name age birthday voice face eyes hair hand "
    "hands head heart arm arms leg legs mouth back body mind feelings story book books film films "
    "movie movies song songs album music performance acting role character work team company "
    "email mail number money clothes dress shoes bag opinion advice help love great amazing good "
    "beautiful debut latest many whole entire little younger older teacher doctor neighbour "
    "neighbor wedding show class school".split()
)
_BODIES = frozenset(
    "pregnant pregnancy womb uterus ovaries vagina penis prostate testicles menopause menstrual "
    "breastfeeding breastfed beard bearded moustache mustache gay lesbian transgender "
    "circumcised gynecologist gynaecologist bra tampon".split()
)

_GIVES = frozenset(
    "give gives gave given giving tell tells told telling show shows showed send sends sent buy "
    "buys bought get gets got bring brings brought make makes made call calls called teach taught "
    "ask asks asked offer offered pay paid wish wished let lets keep kept saw see find found help "
    "helps helped cook cooked read".split()
)
"""Verbs after which "her" may be one of two objects: "gave her money"."""


def gendered_words(*, pairs: Mapping[str, str] | None = None, **budget: Unpack[Budget]) -> Edits:
    """Exchange words for women and men; the label stays the same. English.

    First comes the whole text with all of them exchanged, then each word by itself, wherever it
    stands: all of "he", "him" and "his" count as one, and so do all of "she" and "her". A text with
    such pronouns and with other words for women and men changes only as a whole, for they may speak
    of the same person. "her" becomes "his" or "him" by the word after it, and is left alone, and
    the whole text with it, where that is not sure. First and last names stay: `person_names`
    exchanges those. Texts that speak of bodies ("pregnant"), quotations and set phrases ("mother
    tongue", "hey man") are left alone. `pairs` are further pairs of words in lower case, for both
    directions. Source: own list.

    >>> edited = gendered_words()
    >>> edited.script((0, 0, 0))("He told his wife.")
    'She told her husband.'
    >>> edited.script((0, 1, 0))("My wife met an actor.")
    'My husband met an actor.'
    """
    finder = sites if pairs is None else _finder(_checked(pairs))
    options = {} if pairs is None else {"pairs": dict(pairs)}
    return Edits(
        "gendered_words", [("gendered words", finder)], language="en", options=options, **budget
    )


def sites(text: str) -> Iterable[Site]:
    """Return a site for the whole text, if it has several such words, and some for parts of it."""
    return _finder(_ours())(text)


@cache
def _ours() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for male, female, *only in read_rows("gendered_words"):
        if only != ["<"]:
            found.setdefault(male, female)
        if only != [">"]:
            found.setdefault(female, male)
    return found


def _checked(pairs: object) -> Mapping[str, str]:
    what = "a mapping from words to their counterparts, single words in lower case"
    if not isinstance(pairs, Mapping):
        raise SettingError(expected("pairs", what, pairs))
    for one, other in pairs.items():
        for each in (one, other):
            if not isinstance(each, str) or not each or each != each.lower() or " " in each:
                raise SettingError(expected("pairs", what, {one: other}))
    return {**_ours(), **pairs, **{other: one for one, other in pairs.items()}}


def exchange(text: str) -> tuple[list[tuple[str, Site]], bool]:
    """Return all words for women and men with their exchange, and whether that is all of them.

    Each comes as (the word in lower case, the site). Not sure: something must stay as it is, such
    as a "her" that may be "him" or "his", or the text speaks of bodies.
    """
    listed = tokens(text)
    made, sure = _made(text, listed, _ours())
    return [(listed[at].low, site) for at, site in made.items()], sure


def _finder(counterparts: Mapping[str, str]) -> Finder:
    def found(text: str) -> Iterator[Site]:
        listed = tokens(text)
        made, sure = _made(text, listed, counterparts)
        if not made:
            return
        groups = [list(made)] if sure else []
        groups += _groups(listed, made, counterparts)
        whole = [_together(text, [made[at] for at in group]) for group in groups]
        yield from dict.fromkeys(whole)

    return found


def _made(
    text: str, listed: tuple[Token, ...], counterparts: Mapping[str, str]
) -> tuple[dict[int, Site], bool]:
    if any(token.low in _BODIES for token in listed):
        return {}, False
    swaps, sure = _swaps(text, listed, counterparts)
    return {
        at: with_article(listed[at], listed[at - 1] if at else None, (put,), listed[at].stop)
        for at, put in swaps
    }, sure


def _groups(
    listed: tuple[Token, ...], made: Iterable[int], counterparts: Mapping[str, str]
) -> list[list[int]]:
    """Return the words that can be exchanged while the others stay."""
    he, she = ([i for i, token in enumerate(listed) if token.low in each] for each in (_HE, _SHE))
    pronouns = {*he, *she}
    others = [i for i, each in enumerate(listed) if each.low in counterparts and i not in pronouns]
    if pronouns and others:
        return []
    known = set(made)
    if pronouns:
        return sorted(group for group in (he, she) if group and known.issuperset(group))
    by_word: dict[str, list[int]] = {}
    for at in others:
        by_word.setdefault(_singular(listed[at].low), []).append(at)
    return [
        [at for at in group if at in known]
        for word, group in by_word.items()
        if known.intersection(group)
        and _singular(counterparts.get(listed[group[0]].low, "")) not in by_word
    ]


def _singular(word: str) -> str:
    word = word.removesuffix("'s").replace("esses", "ess").removesuffix("s")
    return word.replace("men", "man").replace("wive", "wife").replace("ladie", "lady")


def _together(text: str, sites: list[Site]) -> Site:
    parts, at = [], sites[0].start
    for each in sites:
        parts += [text[at : each.start], each.replacements[0]]
        at = each.stop
    return Site(sites[0].start, at, ("".join(parts),))


def _swaps(
    text: str, listed: tuple[Token, ...], counterparts: Mapping[str, str]
) -> tuple[list[tuple[int, str]], bool]:
    """Return the words to exchange, with what for, and whether they are all of the text's."""
    fixed = in_phrases(text) | quoted(text)
    swaps, sure = [], True
    for at, token in enumerate(listed):
        pronoun = token.low in (_HIS_OR_HIM, "him", "his", "hers")
        if not pronoun and token.low not in counterparts:
            continue
        if not _spoken_of(listed, at, text) or at in fixed:
            sure = sure and not token.free
            continue
        put = _pronoun(listed, at) if pronoun else counterparts[token.low]
        if put is None:
            sure = False
            continue
        if "’" in token.word:
            put = put.replace("'", "’")
        swaps.append((at, in_case_of(token.word, put)))
    return swaps, sure


def _spoken_of(listed: tuple[Token, ...], at: int, text: str) -> bool:
    """Return whether a word stands for a person: no part of a name, no exclamation."""
    token = listed[at]
    if not token.free or _exclaimed(listed, at, text):
        return False
    following = listed[at + 1] if at + 1 < len(listed) else None
    named = following is not None and following.capital and following.low not in FUNCTION_WORDS
    before = listed[at - 1] if at and token.next_to_last else None
    if token.low in _SIBLINGS and before is not None and before.capital and not before.opens:
        return False  # "the Farrelly brothers"
    if token.low in _TITLES:
        return token.capital and not token.shouted and named
    if token.low not in _NAMED:
        return not in_name(listed, at)
    if not token.capital or token.shouted:
        return True
    named = named and following is not None and following.next_to_last
    preceded = at > 0 and listed[at - 1].capital and token.next_to_last and not listed[at - 1].opens
    return not preceded and (not named or token.low in ("uncle", "aunt"))


def _exclaimed(listed: tuple[Token, ...], at: int, text: str) -> bool:
    """Return whether a word is a mere call or laugh ("hey man", "he he"), or may name a thing."""
    token = listed[at]
    first = at
    while first > max(at - 3, 0) and listed[first].next_to_last:
        first -= 1
    around = {each.low for each in listed[first:at]}
    if token.low in _CALLED and _COUNTED.isdisjoint(around):
        return True
    if token.low == "he":
        return "he" in (each.low for each in (*listed[at - 1 : at], *listed[at + 1 : at + 2]))
    if token.low in _RULERS:
        return token.capital and not token.shouted
    after = text[token.stop : token.stop + 1]
    return token.low in _EXCLAIMED and token.opens and after in (",", "!", ".", "")


def _pronoun(listed: tuple[Token, ...], at: int) -> str | None:
    """Return "him", "his", "her" or "hers", or None where the word after it does not tell."""
    token = listed[at]
    after = listed[at + 1] if at + 1 < len(listed) and listed[at + 1].next_to_last else None
    if token.low in ("him", "hers"):
        return {"him": "her", "hers": "his"}[token.low]
    alone = after is None or after.low in FUNCTION_WORDS | _NO_NOUN
    if token.low == "his":
        return _of_his(listed, at, alone=alone)
    if after is None or alone:
        return "him"
    before = listed[at - 1].low if at and token.next_to_last else ""
    owned = after.low == "own" or (after.low in _OWNED and before not in _GIVES)
    placed = before in _BEFORE_HIS or not before
    if owned or (placed and (after.low in _OWNED or not after.low.endswith(("ing", "ly")))):
        return "his"
    return None


def _of_his(listed: tuple[Token, ...], at: int, *, alone: bool) -> str | None:
    """Return "hers" where "his" stands alone, else "her"; None before what is no word."""
    if at + 1 == len(listed):
        return "hers"
    after, gap = listed[at + 1], listed[at + 1].gap.strip()
    if after.next_to_last:
        return "hers" if alone and after.low not in _DEGREES else "her"
    if gap in ('"', "“", "'", "‘", "("):
        return "her"
    return "hers" if gap[:1] in (".", ",", ";", ":", "!", "?", ")") else None
