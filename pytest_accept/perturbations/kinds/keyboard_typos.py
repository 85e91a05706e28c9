"""A letter becomes a neighbour of it on the keyboard: "from" → "frpm"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, Unpack, get_args

from pytest_accept.errors import SettingError, expected
from pytest_accept.perturbations.language.slips import Slips, slips_in
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site

Layout = Literal["qwerty", "qwertz", "azerty"]

_ROWS = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
}
_INDENTS = (0.0, 0.25, 0.75)
_REACH = 1.3


def keyboard_typos(*, layout: Layout = "qwerty", **budget: Unpack[Budget]) -> Edits:
    """Replace a letter by one next to it on the keyboard; the label stays the same. Any language.

    `layout` is the keyboard: "qwerty", "qwertz" or "azerty"; only letters on it have sites. The
    first letter of a word stays, as slips seldom hit it (Yannakoudakis and Fawthrop 1983,
    Information Processing & Management 19), and so do words of less than three letters. Source:
    substitutions are one of the four slips that make up most misspellings (Damerau 1964,
    Communications of the ACM 7); neighbours by the distance of the keys, those of the row first.

    >>> edit = keyboard_typos().script((0, 0, 0))
    >>> edit("a good film")
    'a giod film'
    """
    if layout not in get_args(Layout):
        raise SettingError(expected("layout", "'qwerty', 'qwertz' or 'azerty'", layout))
    slips = _slips(layout)

    def sites(text: str) -> Iterator[Site]:
        return slips_in(text, slips)

    options = {} if layout == "qwerty" else {"layout": layout}
    return Edits("keyboard_typos", [("keyboard typos", sites)], options=options, **budget)


@cache
def _slips(layout: str) -> Slips:
    near = _neighbours(layout)

    def slips(word: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        if len(word) < 3:
            return
        for at in range(1, len(word)):
            if word[at] in near:
                yield at, at + 1, near[word[at]]

    return slips


def _neighbours(layout: str) -> Mapping[str, tuple[str, ...]]:
    keys = {
        letter: (column + indent, row)
        for row, (letters, indent) in enumerate(zip(_ROWS[layout], _INDENTS, strict=True))
        for column, letter in enumerate(letters)
    }

    def distance(one: str, other: str) -> float:
        (x, y), (u, v) = keys[one], keys[other]
        return float(((x - u) ** 2 + (y - v) ** 2) ** 0.5)

    near = {}
    for letter in keys:
        others = [each for each in keys if 0 < distance(letter, each) < _REACH]
        others.sort(key=lambda each: (distance(letter, each), keys[each]))
        near[letter] = tuple(others)
        near[letter.upper()] = tuple(each.upper() for each in others)
    return near
