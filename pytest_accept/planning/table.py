"""A plan on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pytest_accept.marked_text import printable
from pytest_accept.planning.posed import Unplanned
from pytest_accept.planning.prospect import Decides, Prospect

if TYPE_CHECKING:
    import pytest

_HEADER = (
    "criterion", "population", "n", "required", "accepted from", "rejected from", "if truly",
    "accepted", "needed n", "predictions", "seconds", "decides?",
)  # fmt: skip
_RIGHT = {"n", "accepted", "needed n", "predictions", "seconds"}
_OF_A_RECORD = {"if truly", "accepted", "needed n", "seconds"}  # left out where nobody knows any
_COLOURS: dict[Decides, str] = {"yes": "green", "no": "red", "perhaps": "yellow"}
_TITLES: dict[Decides, str] = {
    "no": "cannot be decided with this data",
    "perhaps": "perhaps not decided with this data",
    "unknown": "not known before it has run once",
}
_NOTHING = "-"
_UNKNOWN = "unknown"


def rows(prospects: Iterable[Prospect], *, several: bool) -> list[tuple[str, ...]]:
    """Return the cells of every line; `several`: the models are named."""
    table: list[tuple[str, ...]] = []
    for each in prospects:
        posed = each.posed
        name = f"{each.name} of {posed.model}" if several and posed.model else each.name
        at, beyond = (">=", "<=") if posed.direction == "above" else ("<=", ">=")
        about = {"exact": "", "spread": "~", "worst": "*", "none": ""}[each.basis]
        table.append(
            (
                printable(name, 48),
                printable(posed.population, 36),
                _count(each),
                f"{at} {posed.bar:g}",
                _value(each.accepted_from, at, about),
                _value(each.rejected_from, beyond, about),
                _true(each),
                _chance(each, about),
                _needed(each, about),
                ("?" if posed.predictions is None else f"{posed.predictions:,}")
                + ("+" if posed.costs else ""),
                _NOTHING if each.seconds is None else f"{each.seconds:,.1f}",
                "?" if each.decides == "unknown" else each.decides,
            )
        )
    return table


def show(
    terminal: pytest.TerminalReporter,
    prospects: Sequence[Prospect],
    unplanned: Sequence[Unplanned],
    *,
    totals: Sequence[str],
) -> None:
    """Write the table, what its marks mean, what cannot be decided or planned, and totals."""
    many = len(prospects)
    terminal.section(f"acceptance plan: {many} {'criterion' if many == 1 else 'criteria'}")
    if prospects:
        _show_table(terminal, prospects)
    for decides, title in _TITLES.items():
        reasons: dict[str, list[str]] = {}
        for each in prospects:
            if each.decides == decides:
                reasons.setdefault(printable(each.reason), []).append(_said(each))
        if reasons:
            terminal.line(f"{title}:", **_marked(decides))
        for reason, found in reasons.items():
            if len(found) == 1:
                terminal.line(f"  {found[0]}: {reason}")
                continue
            terminal.line(f"  {reason}:")
            for criterion in found:
                terminal.line(f"    {criterion}")
    if unplanned:
        terminal.line("not planned:", yellow=True)
    for test in unplanned:
        rest = "what follows its criteria: " if test.planned_before else ""
        terminal.line(f"  {printable(test.test)}: {rest}{printable(test.reason)}")
    for line in totals:
        terminal.line(line)


def _show_table(terminal: pytest.TerminalReporter, prospects: Sequence[Prospect]) -> None:
    several = len({each.posed.model for each in prospects if each.posed.model}) > 1
    columns = [
        (title, cells)
        for title, *cells in zip(_HEADER, *rows(prospects, several=several), strict=True)
        if title not in _OF_A_RECORD or not {*cells} <= {_NOTHING, _UNKNOWN}
    ]
    aligned = [_aligned(title, cells) for title, cells in columns]
    header, *table = zip(*aligned, strict=True)
    terminal.line("  ".join(header).rstrip(), bold=True)
    for row, each in zip(table, prospects, strict=True):
        terminal.write("  ".join(row[:-1]) + "  ")
        terminal.line(row[-1].rstrip(), **_marked(each.decides))
    levels = sorted({each.posed.confidence for each in prospects})
    said = " or ".join(f"{100 * level:.6g} %" for level in levels)
    terminal.line(
        f"accepted (rejected) from: a model of that true value or beyond is, 4 times in 5; {said} "
        "confidence, one-sided"
    )
    bases = {each.basis for each in prospects}
    if "spread" in bases:
        terminal.line("~ if values vary as in the record")
    if "worst" in bases:
        terminal.line("* if values vary as much as they can: it may be better, not worse")
    early = sum(bool(each.posed.sequential) for each in prospects)
    if early:
        which = "1 criterion is" if early == 1 else f"{early:,} criteria are"
        terminal.line(f"{which} sequential: at most so many predictions, and none once decided")
    costs = dict.fromkeys(cost for each in prospects for cost in each.posed.costs)
    if costs:
        terminal.line(f"+ and besides: {'; '.join(costs)}")


def _marked(decides: Decides) -> dict[str, bool]:
    return {_COLOURS[decides]: True} if decides in _COLOURS else {}


def _said(each: Prospect) -> str:
    at = ">=" if each.posed.direction == "above" else "<="
    what = f"{each.name} of {each.posed.population}" if each.posed.population else each.name
    return f"{printable(what, 100)} {at} {each.posed.bar:g} ({each.posed.test.rpartition('/')[2]})"


def _count(each: Prospect) -> str:
    posed = each.posed
    if each.n is None:
        return "?" if posed.at_most is None else f"at most {posed.at_most:,}"
    said = f"{each.n:,}" if posed.n is not None else f"~{each.n:,}"
    if posed.clusters is not None:
        said = f"{said} in {posed.clusters:,}"
    return said if posed.seeds is None or posed.n == posed.seeds else f"{said} x {posed.seeds:,}"


def _value(value: float | None, at: str, about: str) -> str:
    return _NOTHING if value is None else f"{about}{at} {value:.4g}"


def _true(each: Prospect) -> str:
    if each.true is None:
        return _UNKNOWN
    return f"{each.true:.4g}" + ("" if each.given else " (record)")


def _chance(each: Prospect, about: str) -> str:
    """Return how probable it is to be accepted, or rejected where that is likelier."""
    if each.accepts is None:
        return _NOTHING
    chance = each.accepts
    if 0.005 <= chance < 0.995:
        return f"{about}{100 * chance:.0f} %"
    return about + (">99 %" if chance > 0.5 else "<1 %")


def _needed(each: Prospect, about: str) -> str:
    if each.needed is None:
        return _NOTHING
    rejecting = each.true is not None and (each.true < each.posed.bar) == (
        each.posed.direction == "above"
    )
    return f"{about}{each.needed:,}" + (" to reject" if rejecting else "")


def _aligned(title: str, cells: Sequence[str]) -> list[str]:
    """Return the title of a column and its cells, all of one width."""
    width = max(map(len, (title, *cells)))
    side = ">" if title in _RIGHT else "<"
    return [f"{each:{side}{width}}" for each in (title, *cells)]
