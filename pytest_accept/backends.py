"""What runs models that are loaded by name: found under `pytest_accept.backends`.

A backend is a function `load(source, asked, chosen)` that returns a Model: `asked` are the
arguments of `load_model` (`pytest_accept.loading.saved.Asked`), `chosen` how it was named. Nothing
of it is imported until a model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pytest_accept.errors import BackendError, SettingError, expected, unknown
from pytest_accept.extras import install_line, missing_packages

GROUP = "pytest_accept.backends"
DEFAULT = "torch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A backend as somebody named it: `NAME`, `NAME:ADDRESS`, `NAME:ADDRESS,option=value,…`."""

    name: str
    address: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Chosen:
        """Return what a text names; SettingError for what names nothing.

        >>> Chosen.of("ray:10.0.0.1:6379,workers=4")
        Chosen(name='ray', address='10.0.0.1:6379', options={'workers': '4'})
        """
        what = "NAME, NAME:ADDRESS or NAME:ADDRESS,option=value,… such as 'ray,workers=4'"
        if not isinstance(text, str):
            raise SettingError(expected("backend", what, text))
        place, *given = (each.strip() for each in text.split(","))
        name, _, address = place.partition(":")
        options = {}
        for each in given:
            key, equals, value = (part.strip() for part in each.partition("="))
            if not key or not equals or not value or key in options:
                raise SettingError(expected("backend", what, text))
            options[key] = value
        if not name:
            raise SettingError(expected("backend", what, text))
        return cls(name=name, address=address or None, options=options)

    def check(self, known: Collection[str], *, address: bool = False) -> None:
        """Raise SettingError for an option that is not `known`, or an address where none may be."""
        for each in self.options:
            if each not in known:
                raise SettingError(unknown(f"option of the backend {self.name!r}", each, known))
        if self.address is not None and not address:
            raise SettingError(
                f"The backend {self.name!r} runs in this process, so it takes no address, but got "
                f"{self.address!r}."
            )

    def number(self, option: str, *, least: float = 0, whole: bool = False) -> float | None:
        """Return an option as a number of `least` or more, None if it was not given."""
        text = self.options.get(option)
        if text is None:
            return None
        try:
            found = float(text)
        except ValueError:
            found = -1.0
        if not least <= found < 1e6 or (whole and found != int(found)):
            what = f"{'an integer' if whole else 'a number'} of {least:g} or more"
            raise SettingError(expected(f"{self.name}: {option}", what, text))
        return found


def names() -> list[str]:
    """Return the backends that are installed, in the order of the alphabet."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def find(chosen: Chosen) -> EntryPoint:
    """Return the entry point of a backend.

    SettingError if there is none of that name, BackendError if its extra is not installed.
    """
    entry = next(iter(entry_points(group=GROUP, name=chosen.name)), None)
    if entry is None:
        raise SettingError(unknown("backend", chosen.name, names()))
    missing = missing_packages(entry)
    if missing:
        raise BackendError(
            f"The backend {chosen.name!r} needs {' and '.join(missing)}, not installed here. "
            f"{install_line(entry)}"
        )
    return entry


def load(source: Any, asked: Any, chosen: Chosen) -> Any:
    """Return the Model that a backend makes of a source; BackendError where it lacks a package."""
    entry = find(chosen)
    try:
        function: Callable[..., Any] = entry.load()
    except ImportError as error:
        remedy = f" {install_line(entry)}".rstrip()
        raise BackendError(
            f"The backend {chosen.name!r} cannot be imported: {error}.{remedy}"
        ) from error
    return function(source, asked, chosen)
