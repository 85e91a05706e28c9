"""Lexicons of our own for the slots of templates: text files here, and parts of the word lists.

The lists of adjectives and nouns are kept apart from those of the perturbations, because cases must
not change when a perturbation learns a word.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pytest_accept.errors import SettingError, unknown

_OWN = (
    "animals",
    "foods",
    "nationalities",
    "negative_adjectives",
    "neutral_adjectives",
    "objects",
    "people",
    "places",
    "positive_adjectives",
    "professions",
    "religions",
    "works",
)

# Name: the word list, the column, and what other columns must hold.
_PARTS: dict[str, tuple[str, int, dict[int, str]]] = {
    "cities": ("locations", 0, {1: "city"}),
    "countries": ("locations", 0, {1: "country"}),
    "female_first_names": ("first_names", 0, {1: "f"}),
    "first_names": ("first_names", 0, {}),
    "last_names": ("last_names", 0, {}),
    "male_first_names": ("first_names", 0, {1: "m"}),
    "negative_verbs": ("negatable_verbs", 0, {3: "negative"}),
    "negative_verbs_past": ("negatable_verbs", 2, {3: "negative"}),
    "positive_verbs": ("negatable_verbs", 0, {3: "positive"}),
    "positive_verbs_past": ("negatable_verbs", 2, {3: "positive"}),
}

# Their object is who feels, not what is felt about: "I disappoint the film" says something else.
_FELT_BY_OBJECT = {"disappoint", "annoy", "impress", "bore", "satisfy", "entertain"}

NAMES = tuple(sorted((*_OWN, *_PARTS)))


def lexicon(name: str) -> list[str]:
    """Return a small list of English words for a slot of a template.

    Adjectives that can be said of anything: "positive_adjectives", "negative_adjectives",
    "neutral_adjectives". Nouns in the singular: "objects", "works" (of art), "foods", "animals",
    "people", "professions", "places". Verbs for "I … it": "positive_verbs", "negative_verbs", and
    their past, "positive_verbs_past" and "negative_verbs_past". Names: "first_names",
    "female_first_names", "male_first_names", "last_names", "cities", "countries". Adjectives:
    "nationalities", "religions".

    The list is a copy: add to it, or take a part of it. Raises SettingError for another name.

    >>> lexicon("objects")[:3]
    ['phone', 'camera', 'laptop']
    """
    if name not in NAMES:
        raise SettingError(unknown("lexicon", name, NAMES))
    return list(_words(name))


@cache
def _words(name: str) -> tuple[str, ...]:
    if name in _OWN:
        lines = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        return tuple(line for line in lines if line and not line.startswith("#"))
    from pytest_accept.perturbations.word_lists import read_rows

    source, column, wanted = _PARTS[name]
    return tuple(
        row[column]
        for row in read_rows(source)
        if row[-1] != "word"  # a name that is also a word
        and row[0] not in _FELT_BY_OBJECT
        and all(row[at] == value for at, value in wanted.items())
    )
