"""Arguments of trainings, checked before anything is loaded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_accept.errors import SettingError, expected, unknown


def seed(given: Any) -> int:
    """Return a seed; SettingError if it is none."""
    if not _is_integer(given) or not 0 <= int(given) < 2**32:
        raise SettingError(expected("seed", "an integer from 0 to 4294967295", given))
    return int(given)


def integer(name: str, given: Any) -> int:
    """Return an integer above 0; SettingError if it is none."""
    if not _is_integer(given) or int(given) < 1:
        raise SettingError(expected(name, "an integer above 0", given))
    return int(given)


def number(
    name: str, given: Any, what: str, *, above: float = -math.inf, least: float = -math.inf,
    most: float = math.inf,
) -> float:  # fmt: skip
    """Return a finite number above `above` and from `least` to `most`; SettingError, saying `what`
    it should be, if it is none.
    """
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not math.isfinite(given) or not (above < given and least <= given <= most):
        raise SettingError(expected(name, what, given))
    return float(given)


def choice(name: str, given: Any, known: Iterable[str]) -> str:
    """Return one of the known words; SettingError with the nearest if it is none."""
    if given in tuple(known):
        return str(given)
    raise SettingError(unknown(name, given, known))


def nothing_else(function: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise SettingError for an option that a function does not have."""
    if given:
        raise SettingError(unknown(f"option of {function}", next(iter(given)), sorted(known)))


def _is_integer(given: Any) -> bool:
    return hasattr(given, "__index__") and not isinstance(given, bool)
