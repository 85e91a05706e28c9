"""A city becomes another city, a country another country: "in Rome" → "in London"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Unpack

from pytest_accept.perturbations.language.known_names import (
    KnownNames,
    Mention,
    capital_after,
    capital_before,
    exchanged,
    of_place,
    own_names,
)
from pytest_accept.perturbations.language.tokens import FUNCTION_WORDS, Token, in_phrases, tokens
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site
from pytest_accept.perturbations.word_lists import read_rows


def locations(*, names: Mapping[str, str] | None = None, **budget: Unpack[Budget]) -> Edits:
    """Exchange cities for cities and countries for countries; the label stays the same. English.

    Every mention of a place in the text changes alike. Names inside of longer names ("Paris
    Hilton", "Bank of England"), cities with their country or state ("Paris, France"), and words
    such as "French" stay. That a place fits what the text says of it, its history or its climate,
    is not checked. `names` is a list of your own instead of ours: names with a type of your
    choice, and names of one type are exchanged. Source: own list; the idea is CheckList's
    (Ribeiro et al. 2020, ACL).

    >>> locations().script((0, 0, 0))("We met in Rome.")
    'We met in London.'
    """
    finder = sites if names is None else place_finder(KnownNames(own_names(names)))
    options = {} if names is None else {"names": dict(names)}
    return Edits("locations", [("locations", finder)], language="en", options=options, **budget)


def sites(text: str) -> Iterable[Site]:
    """Return a site for each known place in the text, over all of its mentions."""
    return _ours()(text)


@cache
def _ours() -> Finder:
    return place_finder(KnownNames((name, kind) for name, kind in read_rows("locations")))


def place_finder(known: KnownNames) -> Finder:
    """Return the finder of these places or organisations."""

    def found(text: str) -> Iterator[Site]:
        mentions = list(known.mentions(text))
        if not mentions:
            return iter(())
        listed = tokens(text)
        fixed = in_phrases(text)
        types = {i: known.type_of(each, listed) for each in mentions for i in each.words}
        sure: list[tuple[Mention, str]] = []
        skipped = []
        for each in mentions:
            kind = types[each.first]
            usable = _free(listed, each) and not any(i in fixed for i in each.words)
            usable = usable and not _titles(text, each)
            if kind is None or not usable or _in_longer(listed, each, types):
                skipped.append(each.name)
            else:
                sure.append((each, kind))
        return exchanged(text, sure, skipped, known.pools)

    return found


def _free(listed: tuple[Token, ...], mention: Mention) -> bool:
    """Return whether no link, handle or hashtag holds the name; "London-based" and "H&M" may."""
    first, last = listed[mention.first], listed[mention.last]
    before = first.gap[-1:]
    starts = first.free or before in ("", " ", "(", "“", '"')
    after = listed[mention.last + 1].gap if mention.last + 1 < len(listed) else ""
    return starts and (last.free or after == "-")


def _titles(text: str, mention: Mention) -> bool:
    """Return whether a name stands alone in quotation marks, and so may be a title."""
    before, after = text[max(mention.start - 1, 0) : mention.start], text[mention.stop :][:1]
    return bool(before and after) and before in "\"“'‘" and after in "\"”'’"


def _in_longer(
    listed: tuple[Token, ...], mention: Mention, types: Mapping[int, str | None]
) -> bool:
    first, last = mention.first, mention.last
    if capital_before(listed, first) or capital_after(listed, last) or of_place(listed, first):
        return True
    return _parted(listed, first - 1, first, types) or _parted(listed, last, last + 1, types)


def _parted(
    listed: tuple[Token, ...], one: int, other: int, types: Mapping[int, str | None]
) -> bool:
    """Return whether a comma joins two names as in "Paris, France", not as in "Paris, Rome"."""
    if one < 0 or other >= len(listed) or listed[other].gap != ", ":
        return False
    capitals = all(listed[i].capital and listed[i].low not in FUNCTION_WORDS for i in (one, other))
    return capitals and types.get(one) != types.get(other)
