"""A comparison as GitHub Markdown, for a pull request; texts of the records are inert."""

from __future__ import annotations

from pathlib import Path

from pytest_accept.comparison.cells import cells, header, legend, notes
from pytest_accept.comparison.terminal import changed
from pytest_accept.comparison.values import Comparison, Line
from pytest_accept.reports.inert_markdown import inline
from pytest_accept.whole_files import write_whole

_MARKS = {"worse": "🔻", "gone": "🔻", "better": "🔺", "new": "🆕", "same": ""}
_MOST = 200


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
    parts = [f"## {title}", "", runs, "", *(f"> ⚠ {inline(each)}\n" for each in comparison.notes)]
    parts += _table(comparison, some[:_MOST])
    parts += (
        _fold(
            f"{len(others):,} criteria of which nothing is shown to have changed",
            _table(comparison, others[:_MOST]),
        )
        if others
        else []
    )
    told = min(len(some), _MOST) + min(len(others), _MOST)
    parts += [f"{many - told:,} more criteria are left out here.", ""] if told < many else []
    said = [f"- {inline(whom)}: {inline(note)}" for whom, note in notes(comparison, some)]
    parts += [*said, ""] if said else []
    differing = [
        f"- {inline(each.name)}: {' → '.join(inline(value, 80) for value in each.values)}"
        for each in comparison.differences
    ]
    parts += _fold("What else differs", differing) if differing else []
    parts += [f"<sub>{each}</sub>\n" for each in legend(comparison)]
    return "\n".join(parts).rstrip() + "\n"


def _table(comparison: Comparison, lines: list[Line]) -> list[str]:
    if not lines:
        return []
    names = header(comparison)
    rows = [f"| {' | '.join(inline(each, 40) for each in names)} |", "|:--" * len(names) + "|"]
    for line in lines:
        verdict, *others = cells(line)
        mark = _MARKS.get(line.overall.fate, "")
        said = [f"{mark} {verdict}".strip(), *(inline(each, 160) for each in others)]
        rows.append(f"| {' | '.join(said)} |")
    return [*rows, ""]


def _fold(summary: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "</details>", ""]
