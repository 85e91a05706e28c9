"""A criterion as it is posed: all that is known of it before a model has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pytest_accept.records import Direction

Bounded = Literal["share", "mean"]
"""What the interval is of: a share of examples (each yes or no), or a mean within the range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PosedCriterion:
    """One line of a plan, before statistics.

    `n` counts the observations that the interval is of, None if nobody knows before predicting; it
    is of `some` of the `examples` then, as that says, and `at_most` so many. `trials` counts
    independent draws, where those are what is observed of them. Of examples in `clusters` no more
    is known than that they tell as much as `independent` ones, at best and at worst, if each
    cluster is of one kind; `by_cluster`: more of them is no matter of what the model says.
    `bounded` is None where it takes answers to say how wide the interval will be. `certain`: what
    the model answers decides it, whatever that is. `nothing` says why it never will be decided.
    `sequential`: it is asked only until it is decided, about the "population" or the "data".
    `predictions` are those that no earlier criterion asks for, None if their number takes a
    tokenizer to tell; `costs` is what there is beside them.
    """

    test: str
    metric: str
    options: str
    population: str
    model: str
    data: str
    total: int
    examples: int | None
    n: int | None
    some: str = ""
    at_most: int | None = None
    trials: int | None = None
    clusters: int | None = None
    independent: tuple[float, float] | None = None
    by_cluster: bool = False
    bounded: Bounded | None = None
    span: tuple[float, float]
    bar: float
    direction: Direction
    confidence: float
    point: bool = False
    searched: bool = False
    certain: bool = False
    nothing: str = ""
    sequential: str = ""
    seeds: int | None = None
    predictions: int | None = 0
    costs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The metric with its options, as far as they are known."""
        return f"{self.metric}({self.options})" if self.options else self.metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """A test, or what is left of it, of which no plan can be made, and why."""

    test: str
    reason: str
    planned_before: int = 0
