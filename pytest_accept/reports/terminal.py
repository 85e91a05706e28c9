"""The summary at the end of a run: one line a criterion."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_accept.explanation import demonstrated, measured, printable, required
from pytest_accept.records import Record, Status

if TYPE_CHECKING:
    import pytest

_HEADER = ("metric", "population", "measured", "demonstrated", "required", "n", "verdict")
_RIGHT = (2, 5)
_COLOURS: dict[Status, str] = {"accepted": "green", "rejected": "red", "inconclusive": "yellow"}


def rows(record: Record) -> list[tuple[str, ...]]:
    """Return the cells of every criterion, in the order of the tests."""
    several = len(record.models) > 1
    table: list[tuple[str, ...]] = []
    for criterion in record.criteria:
        verdict = criterion.verdict
        model = record.models[criterion.model]
        name = f"{verdict.estimate.name} of {model.name}" if several else verdict.estimate.name
        bound = demonstrated(verdict)
        table.append(
            (
                printable(name, 60),
                printable(verdict.population, 60),
                measured(verdict),
                "point only" if verdict.estimate.method == "point" else bound,
                required(verdict),
                f"{verdict.estimate.n:,}",
                verdict.status,
            )
        )
    return table


def show(record: Record, terminal: pytest.TerminalReporter) -> None:
    """Write the table of criteria and the notes on models and data."""
    counts = Counter(criterion.verdict.status for criterion in record.criteria)
    said = ", ".join(f"{counts[status]} {status}" for status in _COLOURS if counts[status])
    many = len(record.criteria)
    terminal.section(f"acceptance: {many} {'criterion' if many == 1 else 'criteria'}, {said}")
    table = rows(record)
    widths = [max(map(len, column)) for column in zip(_HEADER, *table, strict=True)]
    terminal.line(_aligned(_HEADER, widths).rstrip(), bold=True)
    for row, criterion in zip(table, record.criteria, strict=True):
        terminal.write(_aligned(row[:-1], widths) + "  ")
        terminal.line(row[-1], **{_COLOURS[criterion.verdict.status]: True})
    estimates = [criterion.verdict.estimate for criterion in record.criteria]
    levels = sorted({each.confidence for each in estimates if each.method != "point"})
    if levels:
        said = " or ".join(f"{100 * level:.6g} %" for level in levels)
        terminal.line(f"each bound holds with {said} confidence, one-sided")
    unheeded = [c for c in record.criteria if c.outcome == "passed" and not c.verdict]
    if unheeded:
        terminal.line(
            f"{len(unheeded)} not accepted in tests that passed: "
            + ", ".join(dict.fromkeys(each.test for each in unheeded)),
            red=True,
        )
    for test in record.not_judged:
        terminal.line(f"not judged, the test failed otherwise: {test}", red=True)
    for note in record.notes:
        terminal.line(f"note: {printable(note)}")


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        f"{cell:>{width}}" if position in _RIGHT else f"{cell:<{width}}"
        for position, (cell, width) in enumerate(zip(cells, widths, strict=False))
    )
