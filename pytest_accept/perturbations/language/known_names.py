"""Names of a list in a text, and their exchange for others of the same type throughout the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pytest_accept.errors import SettingError, expected
from pytest_accept.perturbations.language.articles import article_for, has_article
from pytest_accept.perturbations.language.tokens import FUNCTION_WORDS, Token, tokens
from pytest_accept.perturbations.sites import Site

_FIRST_WORD = re.compile(r"\w+")
_THE = "the "
_ALSO = {
    "United States": ("US", "USA", "America", "American"),
    "USA": ("US", "States", "America", "American"),
    "United Kingdom": ("UK", "Britain", "British", "England"),
    "UK": ("Kingdom", "Britain", "British", "England"),
    "England": ("UK", "Kingdom", "Britain", "British"),
    "Netherlands": ("Holland", "Dutch"),
    "New York": ("NYC", "NY"),
    "Los Angeles": ("LA",),
    "San Francisco": ("SF",),
}
"""Words for the same place, or for one that holds it."""


class Mention(NamedTuple):
    """Where a known name stands in a text: characters, and the words counted from `first`."""

    name: str
    start: int
    stop: int
    first: int
    last: int

    @property
    def words(self) -> range:
        """The numbers of its words."""
        return range(self.first, self.last + 1)


class KnownNames:
    """Names, each of one or several types; a name with "the " before it is one that needs it."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self.types: dict[str, list[str]] = {}
        pools: dict[str, list[str]] = {}
        for name, kind in rows:
            bare = name.removeprefix(_THE)
            sort = f"{_THE}{kind}" if bare != name else kind
            self.types.setdefault(bare, []).append(sort)
            pools.setdefault(sort, []).append(bare)
        self.pools = {kind: tuple(dict.fromkeys(names)) for kind, names in pools.items()}
        self._by_word: dict[str, list[str]] = {}
        for name in sorted(self.types, key=len, reverse=True):
            match = _FIRST_WORD.search(name)
            if match:
                self._by_word.setdefault(match.group(), []).append(name)

    def mentions(self, text: str) -> Iterator[Mention]:
        """Return where the names stand in the text as they are written, the longest at a place."""
        listed = tokens(text)
        plain = text.replace("’", "'")
        end = 0
        for at, token in enumerate(listed):
            word = token.low.partition("'")[0]
            if token.start < end or not word:
                continue
            for name in self._by_word.get(token.word[: len(word)], ()):
                stop = token.start + len(name)
                if plain.startswith(name, token.start) and not plain[stop : stop + 1].isalnum():
                    end = stop
                    last = at
                    while last + 1 < len(listed) and listed[last + 1].start < stop:
                        last += 1
                    yield Mention(name, token.start, stop, at, last)
                    break

    def type_of(self, mention: Mention, listed: tuple[Token, ...]) -> str | None:
        """Return the type of a name that has one: the one with "the", if "the" stands before."""
        before = listed[mention.first - 1] if mention.first else None
        with_the = before is not None and before.low == "the"
        for kind in self.types[mention.name]:
            if with_the or not kind.startswith(_THE):
                return kind
        return None


def exchanged(
    text: str,
    mentions: Iterable[tuple[Mention, str]],
    doubtful: Iterable[str],
    pools: Mapping[str, tuple[str, ...]],
) -> Iterator[Site]:
    """Return a site for each name: all its mentions become the same other name of its type.

    A name of which one mention is `doubtful` is left alone. No name is put there that the text
    holds already, by this or another name, and none that the "a" or "an" before does not fit.
    """
    skipped = set(doubtful)
    listed = tokens(text)
    present = {token.word for token in listed}
    groups: dict[tuple[str, str], list[Mention]] = {}
    for mention, kind in mentions:
        if mention.name not in skipped:
            groups.setdefault((mention.name, kind), []).append(mention)
    for (name, kind), found in sorted(groups.items(), key=lambda item: item[1][0].start):
        start, stop = found[0].start, found[-1].stop
        articles = {
            listed[each.first - 1].low
            for each in found
            if each.first and has_article(listed[each.first], listed[each.first - 1])
        }
        marks = {text[each.stop : each.stop + 2].replace("’", "'") for each in found}
        possessive = "'s" in marks
        bare = name.endswith("s") and any(each[:1] == "'" for each in marks - {"'s"})
        edges = [each.start for each in found[1:]], [each.stop for each in found[:-1]]
        between = [text[a:b] for b, a in zip(*edges, strict=True)]
        choices = [
            other
            for other in pools[kind]
            if other != name
            and other not in text
            and present.isdisjoint(_ALSO.get(other, ()))
            and not any(article_for(other) != article for article in articles)
            and not (possessive and other.endswith("'s"))
            and (not bare or other.endswith("s"))
        ]
        made = tuple("".join(_woven(other, between)) for other in choices)
        if made:
            yield Site(start, stop, made)


def _woven(name: str, between: Iterable[str]) -> Iterator[str]:
    yield name
    for part in between:
        yield part
        yield name


def capital_before(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether the word before a name seems to belong to the same, longer name."""
    if at == 0:
        return False
    before = listed[at - 1]
    if _joins(listed[at].gap) and before.word[0].isdigit():
        return listed[at].gap == "-"
    if not _joins(listed[at].gap) or not before.capital:
        return False
    return "&" in listed[at].gap or before.low not in FUNCTION_WORDS


def capital_after(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether the word after a name, or "of" and what follows, seems to belong to it."""
    if at + 1 >= len(listed):
        return False
    after = listed[at + 1]
    if not _joins(after.gap):
        return False
    if after.low == "of":
        return at + 2 < len(listed) and listed[at + 2].capital
    if after.word[0].isdigit() or "&" in after.gap:
        return True
    initial = len(after.word) == 1 and at + 2 < len(listed) and listed[at + 2].gap.startswith(".")
    return after.capital and (initial or after.low not in FUNCTION_WORDS)


def _joins(gap: str) -> bool:
    return gap.strip(" \t") in ("", "-", "&", "/", "’", "'", ".-", "+") and gap != ""


def of_place(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether a name follows "Bank of", "University of the" and the like."""
    before = at - 1
    if before >= 0 and listed[before].low == "the":
        before -= 1
    return before >= 1 and listed[before].low == "of" and listed[before - 1].capital


def own_names(option: Mapping[str, str] | None, types: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return a user's names with their types, checked; `types` are the allowed ones, if not any."""
    allowed = sorted(types)
    what = "a mapping from names to their types"
    if allowed:
        what += f", each one of {', '.join(map(repr, allowed))}"
    if not isinstance(option, Mapping) or not option:
        raise SettingError(expected("names", what, option))
    for name, kind in option.items():
        fits = isinstance(name, str) and isinstance(kind, str) and _FIRST_WORD.match(name)
        if not fits or (allowed and kind not in allowed):
            raise SettingError(expected("names", what, {name: kind}))
    return list(option.items())
