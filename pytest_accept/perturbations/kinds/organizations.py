"""An organisation becomes another one of its type: "my Sony phone" → "my Samsung phone"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Unpack

from pytest_accept.perturbations.kinds.locations import place_finder
from pytest_accept.perturbations.language.known_names import KnownNames, own_names
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Finder, Site
from pytest_accept.perturbations.word_lists import read_rows


def organizations(*, names: Mapping[str, str] | None = None, **budget: Unpack[Budget]) -> Edits:
    """Exchange organisations for others of their type; the label stays the same. English.

    A carmaker becomes a carmaker, a newspaper a newspaper. Every mention in the text changes alike.
    Names that are also words (Apple, Target) are not in our list, and names inside of longer names
    ("Toyota Corolla") stay. `names` is a list of your own instead of ours: names with a type of
    your choice, and names of one type are exchanged. Source: own list.

    >>> organizations().script((0, 0, 0))("I went to Yale, and Yale was fun.")
    'I went to Harvard, and Harvard was fun.'
    """
    finder = sites if names is None else place_finder(KnownNames(own_names(names)))
    options = {} if names is None else {"names": dict(names)}
    return Edits(
        "organizations", [("organizations", finder)], language="en", options=options, **budget
    )


def sites(text: str) -> Iterable[Site]:
    """Return a site for each known organisation in the text, over all of its mentions."""
    return _ours()(text)


@cache
def _ours() -> Finder:
    return place_finder(KnownNames((name, kind) for name, kind in read_rows("organizations")))
