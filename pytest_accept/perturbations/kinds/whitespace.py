"""White space doubled, added around the text, or of another sort: "A film" → "A  film"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.slips import makes_loaded_word, slips_in
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site

_SPACE = re.compile(r"(?<=\S) (?=\S)")
_OTHERWISE = ("  ", "\u00a0", "\t", "\n")

# Apart from these a word may say its opposite: "un happy", "worth less".
_PREFIXES = frozenset("anti de dis il im in ir mis non un".split())
_SUFFIXES = frozenset(("free", "less"))


def whitespace(*, split_words: bool = False, **budget: Unpack[Budget]) -> Edits:
    """Change the white space of a text; the label stays the same. Any language.

    A space is doubled, or becomes a no-break space, a tab or a new line; it is missing after a
    comma; the text begins or ends with one. With `split_words` one also falls inside of words of
    four or more letters, but not after a negative prefix. Source: own list; the characters are
    white space in the Unicode Standard.

    >>> edit = whitespace().script((0, 1, 0))
    >>> edit("A good film")
    'A  good film'
    """
    finders: list[tuple[str, Finder]] = [("white space", sites)]
    if split_words:
        finders.append(("split words", _split_words))
    options = {"split_words": True} if split_words else {}
    return Edits("whitespace", finders, options=options, **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the beginning, every single space, and the end."""
    if not text or text.isspace():
        return
    yield Site(0, 0, (" ",))
    for space in _SPACE.finditer(text):
        at = space.start()
        missing = text[at - 1] == "," and text[at - 2 : at - 1].isalpha() and text[at + 1].isalpha()
        yield Site(at, at + 1, (*_OTHERWISE, "") if missing else _OTHERWISE)
    yield Site(len(text), len(text), (" ", "\n"))


def _split_words(text: str) -> Iterator[Site]:
    return slips_in(text, _splits)


def _splits(word: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for at in range(2, len(word) - 1):
        head, tail = word[:at].lower(), word[at:].lower()
        if head in _PREFIXES or tail in _SUFFIXES:
            continue
        if not makes_loaded_word(head) and not makes_loaded_word(tail):
            yield at, at, (" ",)
