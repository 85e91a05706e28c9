"""People's names become those that readers take for another origin: "John" → "Ahmed"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from pytest_accept.errors import check_count
from pytest_accept.perturbations.edits import Edit
from pytest_accept.perturbations.kinds.person_names import clear_mentions
from pytest_accept.perturbations.language.known_names import KnownNames, Mention
from pytest_accept.perturbations.word_lists import read_rows
from pytest_accept.swaps.spelling import renamed
from pytest_accept.swaps.swap import Swap


class _Names(NamedTuple):
    known: KnownNames
    words: frozenset[tuple[str, str]]
    origins: dict[tuple[str, str], list[str]]
    pools: dict[tuple[str, str], list[str]]


def names_by_origin(*, each: int = 1) -> Swap:
    """Exchange people's names for those that readers take for another origin, throughout the text.

    English. First names become first names of the same gender, so that pronouns still fit, and last
    names become last names: "John Smith" → "Ahmed Haddad". The origins are English, African
    American, Hispanic, Arab, Indian, Chinese, Japanese, Nigerian and Eastern European, as readers
    perceive the names, whoever bears them. `each`: how many texts are drawn of each origin.

    Names that are also words or places change only next to another name or a title. A text with a
    name of the list that is part of a longer one ("Harry Potter") is left alone. Source: own
    lists; the idea is that of the audit studies by names (Bertrand and Mullainathan 2004).

    >>> made = names_by_origin().counterfactuals("Emily agreed.")
    >>> [(each.identity, each.text) for each in made][:2]
    [('African American', 'Tanisha agreed.'), ('Hispanic', 'Ximena agreed.')]
    """
    check_count("each", each)
    called = "names_by_origin()" if each == 1 else f"names_by_origin(each={each})"

    def find(parts: tuple[str, ...], random: Random) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        return _found(parts, random, each)

    return Swap(called, "name", find)


@cache
def _names() -> _Names:
    rows = read_rows("names_by_origin")
    pools: dict[tuple[str, str], list[str]] = {}
    for name, kind, origins, *word in rows:
        for origin in () if word else origins.split(","):
            pools.setdefault((origin, kind), []).append(name)
    return _Names(
        known=KnownNames((name, kind) for name, kind, *_ in rows),
        words=frozenset((name, kind) for name, kind, _, *word in rows if word),
        origins={(name, kind): origins.split(",") for name, kind, origins, *_ in rows},
        pools=pools,
    )


def _found(
    parts: tuple[str, ...], random: Random, each: int
) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    names = _names()
    mentions: list[tuple[int, Mention, str]] = []
    for side, text in enumerate(parts):
        sure, skipped = clear_mentions(text, names.known, names.words)
        if any(_only_a_name(name, names) for name in skipped):
            return
        mentions += [(side, mention, kind) for mention, kind in sure]
    if not mentions:
        return
    people = {
        (mention.name, kind): names.origins[mention.name, kind] for _, mention, kind in mentions
    }
    whole = "\n".join(parts)
    for origin in dict.fromkeys(origin for origin, _ in names.pools):
        others = [person for person, theirs in people.items() if origin not in theirs]
        pools = {kind: list(names.pools[origin, kind]) for kind in ("f", "m", "last")}
        for pool in pools.values():
            random.shuffle(pool)
        for _ in range(each if others else 0):
            put = _drawn(others, pools, whole)
            edits = [
                renamed(
                    parts[side],
                    mention,
                    put[mention.name, kind],
                    kind=f"name → {origin}",
                    side=side,
                )
                for side, mention, kind in mentions
                if (mention.name, kind) in put
            ]
            if put and all(edits):
                yield origin, tuple(edit for edit in edits if edit is not None)


def _drawn(
    people: list[tuple[str, str]], pools: dict[str, list[str]], text: str
) -> dict[tuple[str, str], str]:
    """Return other names for people, taken out of the pools; none if there are not enough."""
    put = {}
    for name, kind in people:
        while pools[kind] and pools[kind][-1] in text:
            pools[kind].pop()
        if not pools[kind]:
            return {}
        put[name, kind] = pools[kind].pop()
    return put


def _only_a_name(name: str, names: _Names) -> bool:
    return any((name, kind) not in names.words for kind in names.known.types[name])
