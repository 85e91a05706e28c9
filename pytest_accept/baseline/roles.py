"""Which part a model plays in a suite: the name it is asked for by, whatever takes its place."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any
from weakref import WeakKeyDictionary

from pytest_accept.errors import SettingError

_roles: WeakKeyDictionary[Any, dict[str, None]] = WeakKeyDictionary()


def remember(model: Any, source: Any, *, root: Path, name: str | None = None) -> None:
    """Note that a suite asked for `source` (called `name`, if it said so) and got this model."""
    if name is None and not isinstance(source, str | PurePath):
        return
    _roles.setdefault(model, {})[name or _relative(source, root)] = None


def role_of(model: Any) -> str:
    """Return the name that a Model (or Predictions) is asked for by, else its own.

    SettingError if it was asked for by several names.
    """
    roles = roles_of(model)
    if len(roles) > 1:
        raise SettingError(
            f"The suite asks for one and the same model as {' and as '.join(map(repr, roles))}, so "
            "it is not clear whose baseline is meant. Name it: against=baseline.of("
            f"{roles[0]!r}), with the fixture baseline."
        )
    return roles[0]


def roles_of(model: Any) -> list[str]:
    """Return every name that a Model is asked for by; its own, if it was not."""
    described = model.describe() if hasattr(model, "describe") else model.model
    return list(_roles.get(model, {})) or [str(described.name)]


def _relative(source: str | PurePath, root: Path) -> str:
    """Return a source without what only this machine knows."""
    path = Path(source)
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
