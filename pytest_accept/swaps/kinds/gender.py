"""People of one gender become people of the other: their names, and the words for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

from pytest_accept.errors import check_count
from pytest_accept.perturbations.edits import Edit
from pytest_accept.perturbations.kinds.gendered_words import exchange
from pytest_accept.perturbations.kinds.person_names import clear_mentions
from pytest_accept.perturbations.language.known_names import KnownNames, Mention
from pytest_accept.perturbations.language.tokens import FUNCTION_WORDS, tokens
from pytest_accept.perturbations.word_lists import read_rows
from pytest_accept.swaps.spelling import renamed
from pytest_accept.swaps.swap import Swap

_OTHER = {"f": "m", "m": "f"}
_CALLED = {"f": "female", "m": "male"}
_USUAL = "English"
"""The origin of names that no list has one for, which are mostly known in English."""

_PRONOUNS = {
    **dict.fromkeys("he he's he'd he'll him his himself".split(), "m"),
    **dict.fromkeys("she she's she'd she'll her hers herself".split(), "f"),
}


def gendered_words() -> Swap:
    """Exchange all words for women and men in a text: "He told his wife" → "She told her husband".

    English. All of them change together, or none: a text in which one must stay ("her" that may be
    "him" or "his", set phrases, bodies) is left alone. So is a text that names somebody by a first
    name that tells a gender, or says "he" or "she" beside a full name: `names_by_gender` exchanges
    names that it knows with their pronouns, and ``gendered_words() | names_by_gender()`` takes
    the texts of both. Source: own list, that of the perturbation `gendered_words`.

    >>> [each.text for each in gendered_words().counterfactuals("He told his wife.")]
    ['She told her husband.']
    """
    return Swap("gendered_words()", "gender", _words)


def names_by_gender(*, each: int = 3) -> Swap:
    """Exchange first names for those of the other gender, and words for women and men with them.

    English. Every known first name of a text changes, and all of its pronouns and other such words:
    "John told his sister" → "Mary told her brother". The perceived origin of a name stays
    (`names_by_origin`). `each`: how many texts are drawn, with other names.

    Names that are also words or places ("Rose", "Will") change only next to another name or a
    title. A text in which one known name cannot be told to be a person's, or one pronoun not be
    exchanged, is left alone. Source: own lists, those of the perturbation `person_names` and of
    `names_by_origin`.

    Any other name may flip a prediction that is close. How often one of the same gender does is
    ``flip_rate(model, data, person_names())`` on the same texts.

    >>> [each.text for each in names_by_gender(each=2).counterfactuals("John told his sister.")]
    ['Karen told her brother.', 'Emily told her brother.']
    """
    check_count("each", each)
    called = "names_by_gender()" if each == 3 else f"names_by_gender(each={each})"

    def find(parts: tuple[str, ...], random: Random) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        return _names(parts, random, each)

    return Swap(called, "name", find)


class _FirstNames(NamedTuple):
    """Names with their types, which of them are also words, and what may stand for them."""

    known: KnownNames
    words: frozenset[tuple[str, str]]
    pools: dict[tuple[str, str], list[str]]
    origins: dict[str, str]


@cache
def _known() -> _FirstNames:
    by_origin = read_rows("names_by_origin")
    rows = dict.fromkeys((name, kind) for name, kind, *_ in by_origin)
    words = {(name, kind) for name, kind, _, *word in by_origin if word}
    for name, kind, *word in (
        *read_rows("first_names"),
        *((name, "last", *word) for name, *word in read_rows("last_names")),
    ):
        rows[name, kind] = None
        words |= {(name, kind)} if word else set()
    pools: dict[tuple[str, str], list[str]] = {}
    for name, kind, origin, *_ in by_origin:
        if (name, kind) not in words:
            pools.setdefault((origin, kind), []).append(name)
    origins = {name: origin for name, kind, origin, *_ in by_origin if kind in _OTHER}
    return _FirstNames(KnownNames(rows), frozenset(words), pools, origins)


def _words(parts: tuple[str, ...], random: Random) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    exchanged = [exchange(text) for text in parts]
    genders = [_gender(word) for made, _ in exchanged for word, _ in made]
    if not genders or not all(sure for _, sure in exchanged):
        return
    if any(_named(text)[0] or _named(text)[1] for text in parts):
        return
    said = any(word in _PRONOUNS or word == "her" for made, _ in exchanged for word, _ in made)
    if said and any(map(_has_full_name, parts)):
        return
    identity = _identity(genders)
    yield identity, _word_edits(parts, f"gender → {identity}")


def _names(
    parts: tuple[str, ...], random: Random, each: int
) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    named = [_named(text) for text in parts]
    mentions = [(side, m, kind) for side, (sure, _) in enumerate(named) for m, kind in sure]
    if not mentions or any(doubtful for _, doubtful in named):
        return
    if not all(sure for _, sure in map(exchange, parts)):
        return
    if any(token.low in ("jr", "sr") for text in parts for token in tokens(text)):
        return
    genders = {mention.name: kind for _, mention, kind in mentions}
    identity = _identity(list(genders.values()))
    label = f"name → {identity}"
    words = _word_edits(parts, label)
    for drawn in _draws(genders, "\n".join(parts), random, each):
        edits = [
            renamed(parts[side], mention, drawn[mention.name], kind=label, side=side)
            for side, mention, _ in mentions
        ]
        if all(edits):
            yield identity, (*(edit for edit in edits if edit is not None), *words)


def _draws(
    genders: dict[str, str], text: str, random: Random, each: int
) -> Iterator[dict[str, str]]:
    """Yield other names for the names of a text, never one for two people."""
    first_names = _known()
    wanted = {
        name: (first_names.origins.get(name, _USUAL), _OTHER[kind])
        for name, kind in genders.items()
    }
    free: dict[tuple[str, str], list[str]] = {}
    for pool in dict.fromkeys(wanted.values()):
        names = [name for name in first_names.pools[pool] if name not in text]
        free[pool] = random.sample(names, len(names))
    for _ in range(each):
        if any(len(names) < len(wanted) for names in free.values()):
            return
        yield {name: free[pool].pop() for name, pool in wanted.items()}


def _named(text: str) -> tuple[list[tuple[Mention, str]], list[str]]:
    """Return the first names that tell a gender, and those that may be no name of a person."""
    known, words, *_ = _known()
    sure, skipped = clear_mentions(text, known, words)
    first = [(mention, kind) for mention, kind in sure if kind in _OTHER]
    # A word that is no name here ("Will it rain?") tells nothing; "Tom" in "Tom Hanks" does.
    doubtful = [
        name
        for name in skipped
        if any(kind in _OTHER and (name, kind) not in words for kind in known.types[name])
    ]
    return first, doubtful


def _has_full_name(text: str) -> bool:
    """Return whether there seems to be somebody's full name, whose gender a reader may know."""
    listed = tokens(text)
    return any(
        one.capital
        and two.capital
        and two.next_to_last
        and not (one.shouted or two.shouted)
        and one.low not in FUNCTION_WORDS
        and two.low not in FUNCTION_WORDS
        and two.low not in _genders()
        for one, two in pairwise(listed)
    )


def _word_edits(parts: tuple[str, ...], kind: str) -> tuple[Edit, ...]:
    return tuple(
        Edit(site.start, site.stop, site.replacements[0], kind, side)
        for side, text in enumerate(parts)
        for _, site in exchange(text)[0]
    )


def _identity(genders: list[str]) -> str:
    """Return whose text it becomes; "exchanged" if it speaks of both."""
    found = set(genders)
    return _CALLED[_OTHER[found.pop()]] if len(found) == 1 else "exchanged"


@cache
def _genders() -> dict[str, str]:
    found: dict[str, str] = {}
    for male, female, *_ in read_rows("gendered_words"):
        found |= {male: "m", female: "f"}
    return {**found, **_PRONOUNS}


def _gender(word: str) -> str:
    return _genders()[word]
