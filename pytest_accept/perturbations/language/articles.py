"""Which of "a" and "an" fits before a word, and sites that keep it right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_accept.perturbations.language.tokens import Token
from pytest_accept.perturbations.sites import Site, in_case_of

_VOWEL_SOUND = re.compile(r"[aeiouáéíóúäöåø]|hono|honest|hour|heir", re.IGNORECASE)
_CONSONANT_SOUND = re.compile(
    r"u(?:ni(?!n|m)|s[aeiu]|k\b|til|topi|rin)|eu|ewe|one\b|once\b|ouija", re.I
)


def article_for(word: str) -> str:
    """Return the article of a word by its first sound, as far as its spelling tells.

    >>> [article_for(word) for word in ("film", "hour", "useful", "uninteresting", "error")]
    ['a', 'an', 'a', 'an', 'an']
    """
    sounds = _VOWEL_SOUND.match(word) and not _CONSONANT_SOUND.match(word)
    return "an" if sounds else "a"


def has_article(token: Token, before: Token | None) -> bool:
    """Return whether "a" or "an" stands right before a word."""
    return before is not None and before.low in ("a", "an") and token.next_to_last


def with_article(
    token: Token, before: Token | None, replacements: Sequence[str], stop: int
) -> Site:
    """Return the site that puts something at a word's start, up to `stop`.

    Where "a" or "an" stands before and must change for one of the replacements, it is part of the
    site.
    """
    start = token.start
    if before is None or not has_article(token, before):
        return Site(start, stop, tuple(replacements))
    fitting = [article_for(each) for each in replacements]
    if all(each == before.low for each in fitting):
        return Site(start, stop, tuple(replacements))
    whole = tuple(
        f"{_cased(before.word, article)}{token.gap}{each}"
        for article, each in zip(fitting, replacements, strict=True)
    )
    return Site(before.start, stop, whole)


def _cased(word: str, article: str) -> str:
    if word == "A":
        return article.capitalize()
    return in_case_of(word, article)
