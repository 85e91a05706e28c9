"""A word becomes another one of the same meaning: "the film begins" → "the movie begins"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, Unpack

from pytest_accept.errors import SettingError, expected
from pytest_accept.perturbations.language.articles import with_article
from pytest_accept.perturbations.language.sentiment import signs
from pytest_accept.perturbations.language.tokens import (
    FUNCTION_WORDS,
    Token,
    in_name,
    in_phrases,
    is_negation,
    tokens,
)
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site, in_case_of, words
from pytest_accept.perturbations.word_lists import read_rows

_DETERMINERS = frozenset(
    "a an the my your his her its our their some any no every each another these those "
    "of for in under beyond at by from with about into".split()
)
_VERB_SUBJECTS = frozenset(
    "to i you we they he she it who will would can could should must may might don't didn't "
    "doesn't won't can't not".split()
)
_PARTICLES = frozenset("up off out over down away back around along".split())
_SELVES = frozenset(
    "myself yourself himself herself itself ourselves yourselves themselves".split()
)
_DEGREES = frozenset(
    "very really extremely so too quite rather pretty how as more most less least absolutely "
    "totally completely somewhat fairly truly incredibly".split()
)
_OTHER_SENSE = {
    "film": "camera cameras lens roll rolls digital photo photos photography photographer kodak "
    "fuji plastic surface layer developed slides mm 35mm scanner negatives iso oil".split(),
}
_OTHER_SENSE["films"] = _OTHER_SENSE["film"]


class _Entry(NamedTuple):
    part: str
    others: tuple[str, ...]


def synonyms(
    *, lexicon: Mapping[str, Sequence[str]] | None = None, **budget: Unpack[Budget]
) -> Edits:
    """Exchange words for others of the same meaning; the label stays the same. English.

    Words with one clear sense only, not in names and fixed expressions ("movie star"); "a" and "an"
    are kept right. No word is exchanged for its antonym, for a negation, or for a word of the
    opposite sentiment: a `lexicon` of your own (word to its synonyms, in lower case) is checked for
    this and used instead of ours, wherever its words stand. Source: own lists.

    >>> synonyms().script((0, 0, 0))("A wonderful film.")
    'A fantastic film.'
    >>> synonyms(lexicon={"waiter": ["server"]}).script((0, 0, 0))("Our waiter smiled.")
    'Our server smiled.'
    """
    if lexicon is None:
        return Edits("synonyms", [("synonyms", sites)], language="en", **budget)
    finder = _finder(_checked(lexicon))
    options = {"lexicon": dict(lexicon)}
    return Edits("synonyms", [("synonyms", finder)], language="en", options=options, **budget)


def sites(text: str) -> Iterable[Site]:
    """Return a site for each word that has synonyms and stands in its usual sense."""
    return _ours()(text)


@cache
def _ours() -> Finder:
    entries = {
        word: _Entry(part, tuple(others.split(", ")))
        for word, part, others in read_rows("synonyms")
    }
    guard({word: entry.others for word, entry in entries.items()})
    return _finder(entries)


def guard(lexicon: Mapping[str, Sequence[str]]) -> None:
    """Raise a SettingError for the first word with a synonym that may change the label."""
    for word, others in lexicon.items():
        for other in others:
            why = _against(word.lower(), other.lower())
            if why:
                raise SettingError(f"Expected synonyms, but {word!r} → {other!r} {why}.")


def _against(word: str, other: str) -> str | None:
    if frozenset((word, other)) in _antonyms():
        return "are antonyms"
    parts = {each.group() for each in words(other)}
    own = {each.group() for each in words(word)}
    turning = sorted(each for each in parts ^ own if is_negation(each))
    if turning:
        return f"differ by the negation {turning[0]!r}"
    known = signs()
    found = [{known[each] for each in group if each in known} for group in (own, parts)]
    if any(-sign in found[1] for sign in found[0]):
        return "are of opposite sentiment"
    return None


@cache
def _antonyms() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(row) for row in read_rows("antonyms"))


def _checked(lexicon: object) -> dict[str, _Entry]:
    what = "a mapping from words to lists of their synonyms"
    if not isinstance(lexicon, Mapping) or not lexicon:
        raise SettingError(expected("lexicon", what, lexicon))
    for word, others in lexicon.items():
        listed = isinstance(others, Sequence) and not isinstance(others, str) and others
        if (
            not isinstance(word, str)
            or not listed
            or not all(isinstance(each, str) and each for each in others)
        ):
            raise SettingError(expected("lexicon", what, {word: others}))
    guard(lexicon)
    return {
        word.lower(): _Entry("", tuple(dict.fromkeys(others))) for word, others in lexicon.items()
    }


def _finder(entries: Mapping[str, _Entry]) -> Finder:
    def found(text: str) -> Iterator[Site]:
        listed = tokens(text)
        hits = [at for at, token in enumerate(listed) if token.low in entries]
        if not hits:
            return
        present = {token.low for token in listed}
        fixed = in_phrases(text)
        for at in hits:
            token, entry = listed[at], entries[listed[at].low]
            if not token.free or at in fixed or in_name(listed, at):
                continue
            if entry.part and not _usual_sense(listed, at, entry.part, present):
                continue
            before = listed[at - 1] if at else None
            graded = before is not None and before.low in _DEGREES
            made = [
                in_case_of(token.word, each)
                for each in entry.others
                if each not in present
                and not (graded and each.startswith(("very ", "extremely ", "the ", "a ")))
            ]
            if made:
                yield with_article(token, before, tuple(made), token.stop)

    return found


def _usual_sense(listed: tuple[Token, ...], at: int, part: str, present: set[str]) -> bool:
    """Return whether the words around fit the part of speech, as far as they tell."""
    token = listed[at]
    before = listed[at - 1].low if at and token.next_to_last else ""
    after = listed[at + 1] if at + 1 < len(listed) and listed[at + 1].next_to_last else None
    if not present.isdisjoint(_OTHER_SENSE.get(token.low, ())):
        return False
    if part == "verb":
        return before not in _DETERMINERS and not (after and after.low in _PARTICLES | _SELVES)
    if part == "noun":
        compound = after is not None and after.low not in FUNCTION_WORDS
        if compound and not token.low.endswith("s"):
            return False
        return before not in _VERB_SUBJECTS
    return True
