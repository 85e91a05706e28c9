"""Words, or the whole text, in capitals or small letters: "A film" → "A FILM"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import PIECE
from pytest_accept.perturbations.language.slips import has_mark_after
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

_SAID_OTHERWISE = frozenset({"AIDS", "IT", "US", "WHO"})
_CASED = re.compile(r"[\u0000-\u058f\u1e00-\u1fff]+")


def casing(**budget: Unpack[Budget]) -> Edits:
    """Change the case of the text or of a word; the label stays the same. Any language.

    The whole text goes into small letters or capitals; a word goes into small letters, capitals,
    or small letters with a capital first. Links, handles, hashtags and emoticons keep their case,
    and so do words that would change their length or not be the same word again, such as "Straße".
    Source: case mapping of the Unicode Standard, section 3.13.

    >>> edit = casing().script((0, 0, 1))
    >>> edit("A good film: https://example.org/Film")
    'A GOOD FILM: https://example.org/Film'
    """
    return Edits("casing", [("casing", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the whole text, and every word, with what it reads in another case."""
    pieces = list(PIECE.finditer(text))
    whole = (_recased(text, pieces, str.lower), _recased(text, pieces, str.upper))
    kept = tuple(each for each in whole if each != text)
    if kept:
        yield Site(0, len(text), kept)
    shouted = text.isupper()
    for piece in pieces:
        word, (start, stop) = piece.group(), piece.span()
        forms = _forms(word) if piece.lastgroup == "word" else ()
        if not forms or (word in _SAID_OTHERWISE and not shouted) or _has_marks(text, start, stop):
            continue
        if len(word) == len(text):
            forms = tuple(each for each in forms if each not in kept)
        if forms:
            yield Site(start, stop, forms)


def _has_marks(text: str, start: int, stop: int) -> bool:
    return has_mark_after(text, stop) or (start > 0 and has_mark_after(text, start - 1))


def _recased(text: str, pieces: list[re.Match[str]], change: Callable[[str], str]) -> str:
    parts, at = [], 0
    for piece in pieces:
        word = piece.group()
        if piece.lastgroup == "word" and _may_change(word):
            parts += [text[at : piece.start()], change(word)]
            at = piece.end()
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[str, ...]:
    if not _may_change(word):
        return ()
    small = word.lower()
    forms = (small, word.upper(), small[0].upper() + small[1:])
    return tuple(dict.fromkeys(each for each in forms if each != word))


@lru_cache(maxsize=8192)
def _may_change(word: str) -> bool:
    """Return whether the word, in any case, is as long as before and the same without case."""
    forms = (word.lower(), word.upper())
    return bool(_CASED.fullmatch(word)) and all(
        len(each) == len(word) and each.casefold() == word.casefold() for each in forms
    )
