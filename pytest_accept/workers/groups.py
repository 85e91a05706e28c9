"""Which acceptance tests share models, as far as their fixtures say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCES = frozenset(("load_model", "fine_tune", "probe", "accept_model"))
"""The fixtures that models come from."""


def groups_of(items: Iterable[pytest.Item]) -> dict[str, str]:
    """Return the name of the group of each acceptance test, by node id.

    A test's models are the fixtures it depends on that ask for `load_model`, `fine_tune`, `probe`
    or `accept_model` themselves, each by where it is defined and by its parameters. Tests of one
    model are one group, and so are those of several models if a test needs them together: then no
    worker loads a model that another one holds.

    What the fixtures do not say counts as one model a file: a test that asks for `load_model`
    itself, or is marked `acceptance` and has its model from elsewhere.
    """
    models = {item.nodeid: found for item in items if (found := _models(item))}
    joined = _Joined()
    for found in models.values():
        joined.join(found)
    return {nodeid: joined.name(found[0]) for nodeid, found in models.items()}


def is_acceptance(item: pytest.Item) -> bool:
    """Return whether a test has our marker or one of the fixtures that models come from."""
    if not SOURCES.isdisjoint(getattr(item, "fixturenames", ())):
        return True
    return item.get_closest_marker("acceptance") is not None


def _models(item: pytest.Item) -> list[str]:
    """Return names of the models that a test needs, empty for an ordinary test."""
    if not is_acceptance(item):
        return []
    # pytest has no public way to ask what a test's fixtures depend on.
    info = getattr(item, "_fixtureinfo", None)
    known = getattr(info, "name2fixturedefs", {})
    params = getattr(getattr(item, "callspec", None), "params", {})
    found = []
    if not SOURCES.isdisjoint(getattr(info, "initialnames", ())):
        found.append(_file(item))
    for name in getattr(item, "fixturenames", ()):
        for definition in _active(name, known):
            if name not in SOURCES and not SOURCES.isdisjoint(definition.argnames):
                given = {each: params[each] for each in _closure(name, known) if each in params}
                found.append(_name(definition, given))
    return found or [_file(item)]


def _active(name: str, known: dict[str, Any]) -> Iterator[Any]:
    """Yield a fixture's definition, and those it overrides as far as it asks for them."""
    for definition in reversed(known.get(name, ())):
        yield definition
        if name not in definition.argnames:
            return


def _closure(name: str, known: dict[str, Any]) -> list[str]:
    """Return the names of a fixture and of all that it depends on."""
    found = {name: None}
    waiting = [name]
    while waiting:
        for definition in _active(waiting.pop(), known):
            new = [each for each in definition.argnames if each not in found]
            found.update(dict.fromkeys(new))
            waiting += new
    return list(found)


def _name(definition: Any, given: dict[str, object]) -> str:
    """Return what tells a model from others: where its fixture is, and with which parameters."""
    where = f"{definition.baseid}::{definition.argname}"
    said = ", ".join(f"{name}={_said(value)}" for name, value in sorted(given.items()))
    return f"{where}[{said}]" if said else where


def _said(value: object) -> str:
    if isinstance(value, str | int | float | bool | Path | None):
        return repr(value)
    # Objects live as long as the collected tests, so no two of them share an address.
    return f"{type(value).__name__} {id(value)}"


def _file(item: pytest.Item) -> str:
    return f"{item.nodeid.partition('::')[0]}::"


class _Joined:
    """Sets of names that grow together (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def name(self, of: str) -> str:
        """Return the name that stands for all that a name was joined with."""
        while (parent := self._parents.setdefault(of, of)) != of:
            of = parent
        return of

    def join(self, names: list[str]) -> None:
        """Put names, and all they were joined with before, into one set."""
        first = self.name(names[0])
        for each in names[1:]:
            self._parents[self.name(each)] = first
