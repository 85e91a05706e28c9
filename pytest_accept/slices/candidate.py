"""A slice to look at, and what several of them are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import is_missing
from pytest_accept.slices.condition import Condition

if TYPE_CHECKING:
    from pytest_accept.data import Data

Members = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A slice to look at: its name, what to pass as `where=`, and who is in it (n,).

    `kind` is what it is about: two conditions on the same are no pair. `of` are the positions of
    the two candidates of a pair.
    """

    name: str
    where: Condition | dict[str, Any]
    members: Members
    kind: str
    of: tuple[int, ...] = ()

    @property
    def expression(self) -> str:
        """The argument as a user writes it: "where=longer_than(40)"."""
        where = self.where
        return f"where={where.expression if isinstance(where, Condition) else repr(where)}"


def quarters(
    data: Data,
    kind: str,
    numbers: Iterable[float],
    condition: Callable[[Any, Any], Condition],
    *,
    ends: tuple[Any, Any] = (None, None),
) -> list[Candidate]:
    """Return four slices of about as many numbers each, or fewer where many are equal."""
    array = np.array([each for each in numbers if not is_missing(each)])
    at = np.quantile(array, [0.25, 0.5, 0.75], method="inverted_cdf")
    edges = [each for each in np.unique(at).tolist() if each > array.min()]
    bounds = [ends[0], *edges, ends[1]]
    if len(bounds) < 3:
        return []
    made = [condition(low, high) for low, high in pairwise(bounds)]
    return [of_condition(data, kind, each) for each in made]


def of_condition(data: Data, kind: str, condition: Condition) -> Candidate:
    """Return the examples of which a condition holds."""
    return Candidate(name=condition.name, where=condition, members=condition.holds(data), kind=kind)


def without(found: Sequence[Candidate], lost: Collection[int]) -> list[Candidate]:
    """Return the candidates but those at some places, and but their pairs."""
    kept: list[Candidate] = []
    moved: dict[int, int] = {}
    for place, each in enumerate(found):
        if place in lost or any(half in lost for half in each.of):
            continue
        moved[place] = len(kept)
        kept.append(replace(each, of=tuple(moved[half] for half in each.of)))
    return kept
