"""What is known of a model and its data, and the criteria that are planned for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_accept.starter.asked import GROUPS, Asked
from pytest_accept.starter.defended import beyond
from pytest_accept.starter.literals import literal
from pytest_accept.starter.suite import Line

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading.glance import Glance
    from pytest_accept.records import Direction

SMALLEST_GROUP = 30
MOST_GROUPS = 20


@dataclass(slots=True, kw_only=True)
class Plan:
    """The criteria of one model on one table of data, as a task adds them.

    `groups` are the columns that the user named, () if none were.
    """

    asked: Asked
    glance: Glance
    data: Data
    groups: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def against(
        self, metric: str, direction: Direction, trivial: float, who: str, **more: Any
    ) -> None:
        """Plan that a metric is better than what a trivial answer gets, by the third decimal."""
        bar = beyond(trivial, direction)
        test, of = more.pop("test", f"test_{metric}"), more.get("of")
        about = "" if of is None else f" of {of!r}"
        if (direction == "above" and bar >= 1) or (direction == "below" and bar <= 0):
            self.left_out.append(f"{metric}{about}: {who} gets {trivial:.4f}, which nothing beats")
            return
        self.lines.append(
            Line(
                test=test,
                assertion=f"assert_{metric}_{direction}",
                direction=direction,
                bar=bar,
                reason=f"{who} gets {trivial:.4f}",
                **more,
            )
        )

    def within(self, test: str, assertion: str, bar: float, what: str, **more: Any) -> None:
        """Plan that something undesired stays below a bar of ours."""
        self.lines.append(
            Line(
                test=test,
                assertion=assertion,
                direction="below",
                bar=bar,
                reason=f"a convention: {what}",
                **more,
            )
        )

    def group_columns(self) -> tuple[str, ...] | None:
        """Return the columns of groups: those named, else one of a usual name, None if there is
        none that can be compared.
        """
        if self.groups:
            return self.groups
        for name in self.data.columns:
            if name.lower() not in GROUPS:
                continue
            problem = self._unusable(name)
            if problem is None:
                return (name,)
            self.left_out.append(f"groups of the column {name!r}: {problem}")
        return None

    def _unusable(self, name: str) -> str | None:
        values = self.data.column(name)
        if any(each is None or each == "" for each in values):
            return "some examples have no value in it"
        if any(isinstance(each, list | dict) for each in values):
            return "its values are no plain ones"
        counts = Counter(values)
        if not 2 <= len(counts) <= MOST_GROUPS:
            return f"it has {len(counts):,} different values (2 to {MOST_GROUPS} are compared)"
        least, n = min(counts.items(), key=lambda each: each[1])
        if n < SMALLEST_GROUP:
            return f"of {least!r} there are {n:,} examples, and {SMALLEST_GROUP} are needed"
        return None


def group_option(columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the keyword `group` of an assertion."""
    return "group", literal(columns[0] if len(columns) == 1 else list(columns))
