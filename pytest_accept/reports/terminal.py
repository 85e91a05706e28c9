"""The summary at the end of a run: one line a criterion."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_accept.explanation import ALL_CASES, STOPPED_EARLY, demonstrated, measured, required
from pytest_accept.marked_text import printable
from pytest_accept.records import Estimate, Record, Status, Training
from pytest_accept.reports.behaviours import TEST_TYPES, matrix

if TYPE_CHECKING:
    import pytest

_HEADER = ("metric", "population", "measured", "demonstrated", "required", "n", "verdict")
_RIGHT = (2, 5)
_COLOURS: dict[Status, str] = {"accepted": "green", "rejected": "red", "inconclusive": "yellow"}


def rows(record: Record, width: int = 60) -> list[tuple[str, ...]]:
    """Return the cells of every criterion, in the order of the tests; names cut to `width`."""
    several = len(record.models) > 1
    table: list[tuple[str, ...]] = []
    for criterion in record.criteria:
        verdict = criterion.verdict
        model = record.models[criterion.model]
        name = verdict.estimate.name
        if verdict.behaviour is not None and verdict.behaviour.name:
            name = f"{verdict.behaviour.name}: {name}"
        name = f"{name} of {model.name}" if several else name
        bound = demonstrated(verdict)
        table.append(
            (
                printable(name, width),
                printable(verdict.population, width),
                measured(verdict),
                "point only" if verdict.estimate.method == "point" else bound,
                required(verdict),
                f"{verdict.estimate.n:,}",
                verdict.status,
            )
        )
    return table


def stopped_early(estimates: list[Estimate]) -> list[str]:
    """Return which criteria asked no more once they were decided, and what they are about."""
    lines = []
    for method, about in STOPPED_EARLY.items():
        count = sum(each.method == method for each in estimates)
        if count:
            was = "criterion was" if count == 1 else "criteria were"
            lines.append(f"{count:,} {was} judged {about}")
    return lines


def trainings(record: Record) -> list[str]:
    """Return a line on what was trained for the run, and one on each training that failed."""
    if not record.trainings:
        return []
    new = [each for each in record.trainings if not each.cached]
    seconds = sum(each.seconds for each in new)
    said = [f"{len(new):,} {'model' if len(new) == 1 else 'models'} trained in {seconds:,.0f} s"]
    if len(new) < len(record.trainings):
        said.append(f"{len(record.trainings) - len(new):,} from the cache")
    failed = [each for each in record.trainings if each.failure is not None]
    return [
        ", ".join(said),
        *(f"no model: {printable(f'{_named(each)}: {each.failure}')}" for each in failed),
    ]


def _named(training: Training) -> str:
    # Of a user's function the name does not say which seed it was.
    return training.name if training.key else f"{training.name} (seed {training.seed})"


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
    unsure = [each for each in estimates if each.method not in ("point", ALL_CASES)]
    levels = sorted({each.confidence for each in unsure})
    if levels:
        said = " or ".join(f"{100 * level:.6g} %" for level in levels)
        terminal.line(f"each bound holds with {said} confidence, one-sided")
    exact = sum(each.method.startswith(ALL_CASES) for each in estimates)
    if exact:
        are = "criterion is" if exact == 1 else "criteria are"
        terminal.line(f"{exact:,} {are} about exactly the cases given, not about others like them")
    for line in stopped_early(estimates):
        terminal.line(line)
    _show_behaviours(record, terminal)
    for line in trainings(record):
        terminal.line(line)
    unheeded = [c for c in record.criteria if c.outcome == "passed" and not c.verdict]
    if unheeded:
        terminal.line(
            f"{len(unheeded)} not accepted in tests that passed: "
            + ", ".join(dict.fromkeys(printable(each.test) for each in unheeded)),
            red=True,
        )
    for test in record.not_judged:
        terminal.line(f"not judged, the test failed otherwise: {printable(test)}", red=True)
    for note in record.notes:
        terminal.line(f"note: {printable(note)}")


def _show_behaviours(record: Record, terminal: pytest.TerminalReporter) -> None:
    """Write capabilities by types of test, if some criterion is a behavioural test."""
    cells = matrix(record)
    if not cells:
        return
    first = max(len("capability"), *(len(printable(each, 60)) for each in cells))
    widths = [max(len(row[kind].text) for row in cells.values()) for kind in TEST_TYPES]
    titles = zip(TEST_TYPES, widths, strict=True)
    terminal.line("")
    header = [f"{'capability':<{first}}", *(f"{kind:<{width}}" for kind, width in titles)]
    terminal.line("  ".join(header).rstrip(), bold=True)
    for capability, row in cells.items():
        terminal.write(f"{printable(capability, 60):<{first}}")
        for kind, width in zip(TEST_TYPES, widths, strict=True):
            cell = row[kind]
            padded = cell.text if kind == TEST_TYPES[-1] else f"{cell.text:<{width}}"
            terminal.write("  ")
            terminal.write(padded, **({_COLOURS[cell.status]: True} if cell.status else {}))
        terminal.line("")


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        f"{cell:>{width}}" if position in _RIGHT else f"{cell:<{width}}"
        for position, (cell, width) in enumerate(zip(cells, widths, strict=False))
    )
