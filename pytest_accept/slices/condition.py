"""A condition that is asked of all examples at once, with a name and the words to write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Condition:
    """What examples a slice has: made by the functions of `pytest_accept.slices`, for `where=`.

    `name` is what a report calls it, `expression` the Python that makes it again. `holds(data)`
    returns (n,) booleans, whether it holds of each example. `a & b` holds where both do, `~a` where
    `a` does not.
    """

    name: str
    expression: str
    holds: Callable[[Any], NDArray[np.bool_]] = field(compare=False, repr=False)

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, row: dict[str, Any]) -> bool:
        """Conditions are asked of a whole Data, not of a row."""
        raise SettingError(
            f"{self.expression} is asked of all examples at once, not of a row. Pass it as "
            "where=..., combined with & and ~ if need be."
        )

    def __and__(self, other: Condition | Mapping[str, Any]) -> Condition:
        return _both(self, _condition(other))

    def __rand__(self, other: Mapping[str, Any]) -> Condition:
        return _both(_condition(other), self)

    def __invert__(self) -> Condition:
        inner = self.expression
        return Condition(
            f"not ({self.name})",
            f"~({inner})" if " & " in inner else f"~{inner}",
            lambda data: ~self.holds(data),
        )


def _both(one: Condition, other: Condition) -> Condition:
    return Condition(
        f"{one.name} & {other.name}",
        f"{one.expression} & {other.expression}",
        lambda data: one.holds(data) & other.holds(data),
    )


def _condition(given: object) -> Condition:
    from pytest_accept.slices.columns import columns

    if isinstance(given, Condition):
        return given
    if isinstance(given, Mapping) and given:
        return columns(given)
    what = "a condition of pytest_accept.slices, or a dict of column and value"
    raise SettingError(expected("condition", what, given))
