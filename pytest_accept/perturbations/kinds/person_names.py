"""A first or last name becomes another one of the same kind: "John agreed" → "Ahmed agreed"."""

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
    own_names,
)
from pytest_accept.perturbations.language.tokens import TITLES, Token, in_phrases, tokens
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site
from pytest_accept.perturbations.word_lists import read_rows

_LAST = "last"


def person_names(*, names: Mapping[str, str] | None = None, **budget: Unpack[Budget]) -> Edits:
    """Exchange people's names for others; the label stays the same. English.

    A first name becomes one of the same gender, so that pronouns still fit, a last name another
    last name, and every mention of a name in the text changes alike. Names that are also words,
    places or brands ("Rose", "Will", "Brown") change only next to another name or a title; parts of
    longer names that are not known ("Papa John's", "Harry Potter") stay, and so do people who are
    known by their full name ("Michael Jackson"). `names` is a list of your own instead of ours:
    names with "f", "m", "u" (first names of women, men, both) or "last". Source: own lists; the
    idea is CheckList's (Ribeiro et al. 2020, ACL).

    >>> person_names().script((0, 0, 0))("John said that John liked it.")
    'Ahmed said that Ahmed liked it.'
    """
    if names is None:
        return Edits("person_names", [("person names", sites)], language="en", **budget)
    rows = own_names(names, ("f", "m", "u", _LAST))
    finder = _finder(KnownNames(rows), frozenset())
    options = {"names": dict(names)}
    return Edits(
        "person_names", [("person names", finder)], language="en", options=options, **budget
    )


def sites(text: str) -> Iterable[Site]:
    """Return a site for each known name in the text, over all of its mentions."""
    return _ours()(text)


@cache
def _ours() -> Finder:
    rows: list[tuple[str, str]] = []
    doubtful = set()
    for kind, name, *word in (
        *((kind, name, *word) for name, kind, *word in read_rows("first_names")),
        *((_LAST, name, *word) for name, *word in read_rows("last_names")),
    ):
        rows.append((name, kind))
        if word:
            doubtful.add((name, kind))
    return _finder(KnownNames(rows), frozenset(doubtful))


def _finder(known: KnownNames, words: frozenset[tuple[str, str]]) -> Finder:
    """Return the finder of these names, some of which are also words."""
    pools = {
        kind: tuple(name for name in names if (name, kind) not in words)
        for kind, names in known.pools.items()
    }

    def found(text: str) -> Iterator[Site]:
        sure, skipped = clear_mentions(text, known, words)
        return exchanged(text, sure, skipped, pools)

    return found


def clear_mentions(
    text: str, known: KnownNames, words: frozenset[tuple[str, str]]
) -> tuple[list[tuple[Mention, str]], list[str]]:
    """Return the mentions that are clearly of people, with their types, and all other names.

    `words` are the (name, type)s that are also words.
    """
    mentions = list(known.mentions(text))
    if not mentions:
        return [], []
    listed = tokens(text)
    fixed = in_phrases(text) | in_phrases(text, "famous_people")
    sure: list[tuple[Mention, str]] = []
    skipped = []
    for group in _groups(mentions, listed):
        kinds = _read(group, known, words, listed)
        usable = all(listed[i].free and i not in fixed for each in group for i in each.words)
        if kinds and usable:
            sure += zip(group, kinds, strict=True)
        else:
            skipped += [each.name for each in group]
    return sure, skipped


def _groups(mentions: list[Mention], listed: tuple[Token, ...]) -> Iterator[list[Mention]]:
    """Return mentions that follow each other directly, or with an initial between, together."""
    group: list[Mention] = []
    for mention in mentions:
        if group and not _follows(group[-1], mention, listed):
            yield group
            group = []
        group.append(mention)
    yield group


def _follows(one: Mention, other: Mention, listed: tuple[Token, ...]) -> bool:
    between = listed[one.last + 1 : other.first]
    if not between:
        return listed[other.first].next_to_last
    (initial, *more) = between
    gap = listed[other.first].gap.strip(" ")
    one_letter = len(initial.word) == 1 and initial.capital and initial.next_to_last
    return not more and one_letter and gap in ("", ".")


def _read(
    group: list[Mention],
    known: KnownNames,
    words: frozenset[tuple[str, str]],
    listed: tuple[Token, ...],
) -> list[str] | None:
    """Return the types of the names of one person, or None if they are no clear name."""
    first = group[0].first
    titled = _titled(listed, first)
    if titled:
        first -= 1
    if first and listed[first].next_to_last and listed[first - 1].low == "the":
        return None
    if capital_before(listed, first) or capital_after(listed, group[-1].last):
        return None
    types = [known.types[each.name] for each in group]
    if len(group) == 1:
        ordered = sorted(types[0], key=lambda kind: (kind == _LAST) != titled)
        fitting = [kind for kind in ordered if titled or (group[0].name, kind) not in words]
        return fitting[:1] or None
    given = [next((kind for kind in each if kind != _LAST), None) for each in types[:-1]]
    if _LAST not in types[-1] or len(group) > 3:
        return None
    kinds = [kind for kind in (*given, _LAST) if kind is not None]
    if len(kinds) < len(group):
        return None
    clear = any((each.name, kind) not in words for each, kind in zip(group, kinds, strict=True))
    return kinds if clear or titled else None


def _titled(listed: tuple[Token, ...], at: int) -> bool:
    if at == 0:
        return False
    before = listed[at - 1]
    return before.capital and before.low in TITLES and listed[at].gap.strip(" ") in ("", ".")
