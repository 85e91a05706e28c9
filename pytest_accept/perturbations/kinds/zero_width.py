"""Invisible characters inside of words: "film" → "fi\\u200blm"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import plain_words
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

_SPACE, _NON_JOINER, _JOINER = "\u200b", "\u200c", "\u200d"
_WORD_JOINER, _BYTE_ORDER_MARK, _SOFT_HYPHEN = "\u2060", "\ufeff", "\u00ad"
_ALL = (_SPACE, _NON_JOINER, _JOINER, _WORD_JOINER, _BYTE_ORDER_MARK, _SOFT_HYPHEN)
_UNJOINED = (_SPACE, _WORD_JOINER, _BYTE_ORDER_MARK)

_JOINING = re.compile(r"[\u0600-\u08ff]")  # joiners would show between letters of these blocks
_STACKED = re.compile(
    r"[\u0900-\u109f\u1100-\u11ff\u1700-\u1c4f\ua8e0-\ua8ff\ua980-\uabff\ud7b0-\ud7ff]"
)


def zero_width(**budget: Unpack[Budget]) -> Edits:
    """Insert an invisible character inside of a word; the label stays the same. Any language.

    It stands between two letters: a zero-width space, non-joiner, joiner, word joiner, byte order
    mark or soft hyphen. Letters stay together with their marks, and so do words of scripts whose
    letters stack. Source: format characters (category Cf) of the Unicode Standard, section 23.2.

    >>> edit = zero_width().script((0, 0, 0))
    >>> ascii(edit("a film"))
    "'a f\\\\u200bilm'"
    """
    return Edits("zero_width", [("zero width", sites)], **budget)


def sites(text: str) -> Iterator[Site]:
    """Return every place between two letters of the plain words."""
    for word in plain_words(text):
        start, stop = word.span()
        letters = word.group()
        if _STACKED.search(letters):
            continue
        inserted = _UNJOINED if _JOINING.search(letters) else _ALL
        for at in range(start + 1, stop):
            if text[at - 1].isalpha() and text[at].isalpha():
                yield Site(at, at, inserted)
