"""Behavioural tests as a matrix: capabilities by types of test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from pytest_accept.records import Record, Status, TestType, Verdict

TEST_TYPES: tuple[TestType, ...] = get_args(TestType)

UNNAMED = "(no capability named)"


@dataclass(frozen=True, slots=True)
class Cell:
    """The verdicts of one capability under one type of test; none of them is an empty cell."""

    verdicts: tuple[Verdict, ...]

    @property
    def text(self) -> str:
        """What the cell says, such as "2 of 3 accepted, worst 0.812"."""
        if not self.verdicts:
            return "-"
        accepted = sum(verdict.status == "accepted" for verdict in self.verdicts)
        worst = min(verdict.estimate.value for verdict in self.verdicts)
        return f"{accepted:,} of {len(self.verdicts):,} accepted, worst {worst:.3f}"

    @property
    def status(self) -> Status | None:
        """The worst of the verdicts' statuses."""
        statuses = {verdict.status for verdict in self.verdicts}
        order: tuple[Status, ...] = ("rejected", "inconclusive", "accepted")
        return next((status for status in order if status in statuses), None)


def matrix(record: Record) -> dict[str, dict[TestType, Cell]]:
    """Return the cells by capability, in the order of the tests, and by type of test.

    Empty if no criterion is a behavioural test. With several models each has its own rows.
    """
    several = len(record.models) > 1
    rows: dict[str, dict[TestType, list[Verdict]]] = {}
    for criterion in record.criteria:
        behaviour = criterion.verdict.behaviour
        if behaviour is None:
            continue
        capability = behaviour.capability or UNNAMED
        if several:
            capability += f" of {record.models[criterion.model].name}"
        row = rows.setdefault(capability, {each: [] for each in TEST_TYPES})
        row[behaviour.test_type].append(criterion.verdict)
    return {
        capability: {kind: Cell(tuple(verdicts)) for kind, verdicts in row.items()}
        for capability, row in rows.items()
    }
