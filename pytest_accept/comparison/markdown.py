"""A comparison as GitHub Markdown, for a pull request; texts of the records are inert."""

from __future__ import annotations

from pathlib import Path

from pytest_accept.comparison.cells import cells, header, legend, measured, notes
from pytest_accept.comparison.terminal import changed
from pytest_accept.comparison.values import Comparison, Line
from pytest_accept.reports.inert_markdown import inline
from pytest_accept.whole_files import write_whole

_MARKS = {"worse": "🔻", "gone": "🔻", "better": "🔺", "new": "🆕", "same": ""}
_MOST = 50_000
"""Bytes of the tables together: GitHub takes 65,536 in a comment."""


def write(comparison: Comparison, path: Path) -> None:
    """Write the comparison."""
    write_whole(path, markdown(comparison))


def markdown(comparison: Comparison) -> str:
    """Return the changed criteria as a table, the others folded away, and what else differs."""
    worse = len(comparison.got_worse)
    many = len(comparison.lines)
    title = "No verdict got worse" if not worse else f"{worse:,} of {many:,} verdicts got worse"
    runs = " → ".join(inline(each.name) for each in comparison.runs)
    some = [each for each in comparison.lines if changed(each)]
    others = [each for each in comparison.lines if not changed(each)]
    parts = [f"## {title}", "", runs, ""]
    parts += [f"Measured {measured(comparison)}.", ""] if measured(comparison) else []
    parts += [*(f"> ⚠ {inline(each)}\n" for each in comparison.notes)]
    tables, left = _tables(comparison, some, others)
    parts += tables[0]
    quiet = f"{len(others):,} criteria of which nothing is shown to have changed"
    parts += _fold(quiet, tables[1]) if others else []
    parts += [f"{left:,} more criteria are left out here.", ""] if left else []
    said = [f"- {inline(whom)}: {inline(note)}" for whom, note in notes(comparison, some)]
    parts += [*said, ""] if said else []
    differing = [
        f"- {inline(each.name)}: {' → '.join(inline(value, 80) for value in each.values)}"
        for each in comparison.differences
    ]
    parts += _fold("What else differs", differing) if differing else []
    parts += [f"<sub>{each}</sub>\n" for each in legend(comparison)]
    return "\n".join(parts).rstrip() + "\n"


def _tables(comparison: Comparison, *groups: list[Line]) -> tuple[list[list[str]], int]:
    """Return a table of each group, and how many criteria there is no room for."""
    names = header(comparison)
    head = [f"| {' | '.join(inline(each, 40) for each in names)} |", "|:--" * len(names) + "|"]
    room, left = _MOST, 0
    tables: list[list[str]] = []
    for group in groups:
        rows = [_row(line) for line in group]
        kept = []
        for row in rows:
            room -= len(row.encode()) + 1
            if room > 0:
                kept.append(row)
        left += len(rows) - len(kept)
        tables.append([*head, *kept, ""] if kept else [])
    return tables, left


def _row(line: Line) -> str:
    verdict, *others = cells(line)
    said = [f"{_MARKS.get(line.overall.fate, '')} {verdict}".strip()]
    return f"| {' | '.join([*said, *(inline(each, 160) for each in others)])} |"


def _fold(summary: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "</details>", ""]
