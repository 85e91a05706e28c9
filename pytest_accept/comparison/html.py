"""A comparison as one self-contained page: what got worse first, with intervals and flips."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from pytest_accept.comparison.cells import change, legend, measured, notes, paired, required, value
from pytest_accept.comparison.dumbbells import dumbbell
from pytest_accept.comparison.terminal import changed
from pytest_accept.comparison.values import Comparison, Fate, Line, Paired, Standing
from pytest_accept.records import Example, Status
from pytest_accept.reports.html.chosen import SHOWN
from pytest_accept.reports.html.figures.intervals import Strip, common_scale, strip
from pytest_accept.reports.html.rendering import render
from pytest_accept.reports.html.segments import Segment, texts
from pytest_accept.whole_files import write_whole

_FATES: tuple[Fate, ...] = ("worse", "gone", "better", "new", "same")
_TONES: dict[Fate, Status] = {"worse": "rejected", "gone": "rejected", "better": "accepted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the page shows of a criterion; `plot` is of its runs, `strip` of its paired change."""

    line: Line
    anchor: str
    status: Status
    first: Standing | None
    last: Standing | None
    plot: Markup
    strip: Markup | None
    change: str
    step: str
    required: str
    words: str
    flips: list[tuple[Example, list[list[Segment]]]]


def write(comparison: Comparison, path: Path) -> None:
    """Write the page, all of it or nothing."""
    write_whole(path, page(comparison))


def page(comparison: Comparison) -> str:
    """Return the page; texts of the records are shown as text, whatever is in them."""
    # They come in the order of what became of them: the changed ones first.
    listed = comparison.lines[:SHOWN]
    rows = [_row(comparison, line, place) for place, line in enumerate(listed)]
    fates = Counter(line.overall.fate for line in comparison.lines)
    worse = len(comparison.got_worse)
    paired_lines = [row for row in rows if row.line.overall.paired is not None]
    return render(
        "comparison.html",
        runs=comparison.runs,
        worse=worse,
        many=len(comparison.lines),
        fates=[(fate, fates[fate], _TONES.get(fate, "none")) for fate in _FATES],
        notes=comparison.notes,
        groups=[
            (title, those)
            for title, those in (
                ("Changed", [row for row in rows if changed(row.line)]),
                ("Nothing is shown to have changed", [r for r in rows if not changed(r.line)]),
            )
            if those
        ],
        statuses=[
            s
            for s in ("accepted", "rejected", "inconclusive")
            if any(row.status == s for row in rows)
        ],
        flips=sorted(
            (row for row in paired_lines if _flips(row.line.overall.paired)),
            key=lambda row: not row.flips,
        ),
        said=notes(comparison, listed),
        left_out=len(comparison.lines) - len(listed),
        legend=legend(comparison),
        measured=measured(comparison),
        differences=comparison.differences,
        value=value,
    )


def _row(comparison: Comparison, line: Line, place: int) -> Row:
    present = [each for each in line.standings if each is not None]
    names = [run.name for run in comparison.runs]
    change_of = line.overall.paired
    shown = () if change_of is None else change_of.worse_examples
    words = [line.name, line.population, line.test, *(each.model for each in present)]
    return Row(
        line=line,
        anchor=f"criterion-{place}",
        status=present[-1].status,
        first=line.standings[0],
        last=line.standings[-1],
        plot=dumbbell(f"runs-{place}", list(zip(names, line.standings, strict=True))),
        strip=None if change_of is None else _strip(line, change_of, place),
        change=change(line, None),
        step=change(line, -1) if len(line.steps) > 1 else "",
        required=required(line),
        words=" ".join(words).lower(),
        flips=[(each, texts(each)) for each in shown],
    )


def _strip(line: Line, change: Paired, place: int) -> Markup:
    tones: dict[str, Status] = {"worse": "rejected", "better": "accepted"}
    shown = Strip(
        value=change.value,
        low=change.low,
        high=change.high,
        bar=0.0,
        direction="above" if line.higher_is_better else "below",
        status=tones.get(change.shown, "inconclusive" if change.shown else None),
    )
    return strip(f"change-{place}", f"Change: {paired(change)}", shown, common_scale([shown]))


def _flips(change: Paired | None) -> bool:
    return change is not None and bool(change.lost or change.gained)
