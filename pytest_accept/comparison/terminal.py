"""A comparison as lines for a terminal: one a criterion, the changed ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_accept.comparison.cells import cells, header, legend, measured, notes
from pytest_accept.comparison.values import Comparison, Fate, Line
from pytest_accept.marked_text import printable
from pytest_accept.records import Status

_WIDEST = (34, 60, 44)
_NUMBERS = ("before", "now")
_FATES: tuple[Fate, ...] = ("worse", "gone", "better", "new", "same")
_STATUSES: tuple[Status, ...] = ("accepted", "rejected", "inconclusive")
_COLOURS = {"worse": "31", "gone": "31", "better": "32", "new": "36"}


def lines(comparison: Comparison, *, only_changed: bool = False, colour: bool = False) -> list[str]:
    """Return the comparison as lines; `only_changed` leaves out criteria of which nothing is shown
    to have changed, and counts them.
    """
    shown = [each for each in comparison.lines if not only_changed or changed(each)]
    said = [*_heading(comparison), *(f"! {printable(each)}" for each in comparison.notes), ""]
    if shown:
        said += _table(comparison, shown, colour=colour)
    left = len(comparison.lines) - len(shown)
    if left:
        said.append(f"{left:,} more of which nothing is shown to have changed")
    said += [f"  {printable(whom)}: {printable(note)}" for whom, note in notes(comparison, shown)]
    said += _differences(comparison)
    return [*said, *(f"  {each}" for each in legend(comparison))]


def changed(line: Line) -> bool:
    """Return whether a verdict changed, a criterion came or went, or a paired interval shows a
    change.
    """
    paired = line.overall.paired
    return line.overall.fate != "same" or (paired is not None and bool(paired.shown))


def _heading(comparison: Comparison) -> Iterator[str]:
    fates = Counter(each.overall.fate for each in comparison.lines)
    counts = ", ".join(f"{fates[each]} {each}" for each in _FATES if fates[each])
    yield f"acceptance compared: {len(comparison.lines):,} criteria, verdicts {counts or 'none'}"
    if measured(comparison):
        yield f"measured {measured(comparison)}"
    names = [printable(run.name) for run in comparison.runs]
    widest = max(map(len, names))
    for name, run in zip(names, comparison.runs, strict=True):
        counted = zip(_STATUSES, (run.accepted, run.rejected, run.inconclusive), strict=True)
        ended = ", ".join(f"{count:,} {status}" for status, count in counted if count)
        models = printable("; ".join(run.models), 80)
        yield f"  {name:<{widest}}  {printable(run.started)}  {ended or 'none judged'}  {models}"


def _table(comparison: Comparison, shown: Sequence[Line], *, colour: bool) -> Iterator[str]:
    names = [printable(each, 40) for each in header(comparison)]
    rows = [_cut(cells(line)) for line in shown]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    right = {place for place, name in enumerate(names) if name in _NUMBERS}
    yield _aligned(names, widths, right)
    for row, line in zip(rows, shown, strict=True):
        text = _aligned(row, widths, right)
        code = _COLOURS.get(line.overall.fate) if colour else None
        end = widths[0]
        yield text if code is None else f"\x1b[{code}m{text[:end]}\x1b[0m{text[end:]}"


def _cut(row: tuple[str, ...]) -> list[str]:
    cut = [printable(each, width) for each, width in zip(row, _WIDEST, strict=False)]
    return [*cut, *(printable(each) for each in row[len(_WIDEST) :])]


def _aligned(row: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    padded = (
        f"{cell:>{width}}" if place in right else f"{cell:<{width}}"
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _differences(comparison: Comparison) -> Iterator[str]:
    if not comparison.differences:
        return
    rows = [
        (
            f"{each.kind} {each.name}" if each.kind in ("setting", "test") else each.name,
            " → ".join(printable(value, 60) for value in each.values),
        )
        for each in comparison.differences
    ]
    yield "what else differs:"
    for name, values in rows:
        yield f"  {printable(name, 80)}: {values}"
