"""Perturbations of a user's own: a function that finds sites, or one that changes texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Unpack

from pytest_accept.errors import DataError, SettingError, expected
from pytest_accept.perturbations import KINDS
from pytest_accept.perturbations.perturbation import Budget, Edits, Promise
from pytest_accept.perturbations.sites import Finder, Site


def from_sites(
    sites: Finder,
    *,
    name: str | None = None,
    promise: Promise = "same",
    language: str = "any",
    **budget: Unpack[Budget],
) -> Edits:
    """Return a perturbation of the edits that `sites` finds in a text.

    `sites` takes a text and returns (start, stop, replacements): `text[start:stop]` may become any
    of the replacements, the simplest first. `name` defaults to the function's.

    >>> def shouted(text):
    ...     if text.endswith("."):
    ...         yield len(text) - 1, len(text), ["!", "!!!"]
    >>> from_sites(shouted).script((0, 0, 1))("A film.")
    'A film!!!'
    """
    if not callable(sites):
        raise SettingError(expected("sites", "a function from a text to its sites", sites))
    called = name or _name(sites)

    def checked(text: str) -> Iterator[Site]:
        for found in sites(text):
            yield _checked(found, text, called)

    kind = called.replace("_", " ")
    return Edits(called, [(kind, checked)], promise=promise, language=language, **budget)


def from_function(
    function: Callable[[str], str],
    *,
    name: str | None = None,
    promise: Promise = "same",
    language: str = "any",
    protect: Any = (),
) -> Edits:
    """Return the perturbation that calls `function` on a text: always the same single edit.

    A DataError says so where it returns something else than a text. `name` defaults to the
    function's.

    >>> from_function(str.upper).script((0, 0, 0))("A film.")
    'A FILM.'
    """
    if not callable(function):
        raise SettingError(expected("function", "a function from a text to a text", function))
    called = name or _name(function)
    if called in KINDS and str(function.__module__).startswith("pytest_accept"):
        raise SettingError(f"{called} makes perturbations: call it, as in {called}(max_edits=2).")

    def sites(text: str) -> Iterator[Site]:
        changed = function(text)
        if changed != function(text):
            raise DataError(
                f"{called} makes different texts of {_shown(text)} each time. Let it depend on "
                "nothing but the text, or list what it may make: from_sites(...)."
            )
        if not isinstance(changed, str):
            raise DataError(
                f"Expected {called} to return a text, but of {_shown(text)} it made {changed!r} "
                f"({type(changed).__name__})."
            )
        if changed != text:
            yield _difference(text, changed)

    kind = called.replace("_", " ")
    return Edits(called, [(kind, sites)], promise=promise, language=language, protect=protect)


def _difference(text: str, changed: str) -> Site:
    """Return the smallest single edit that makes one text of the other."""
    most = min(len(text), len(changed))
    start = next((i for i in range(most) if text[i] != changed[i]), most)
    rest = most - start
    end = next((i for i in range(rest) if text[-1 - i] != changed[-1 - i]), rest)
    return Site(start, len(text) - end, (changed[start : len(changed) - end],))


def _checked(found: Any, text: str, called: str) -> Site:
    what = "(start, stop, replacements) with 0 <= start <= stop <= the length of the text"
    try:
        start, stop, replacements = found
        fits = 0 <= start <= stop <= len(text) and not isinstance(replacements, str)
        listed = tuple(replacements)
    except (TypeError, ValueError):
        fits = False
    if not fits or not all(isinstance(each, str) for each in listed):
        raise DataError(f"Expected {called} to find {what}, but in {_shown(text)} got {found!r}.")
    return Site(start, stop, listed)


def _name(function: Any) -> str:
    name = getattr(function, "__name__", "") or type(function).__name__
    return "transform" if name == "<lambda>" else name


def _shown(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else shown[:59] + "…"
