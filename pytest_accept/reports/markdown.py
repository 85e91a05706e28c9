"""The Record as GitHub Markdown: for a pull request, and for the summary of a job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pytest_accept.explanation import explain, measured
from pytest_accept.marked_text import printable
from pytest_accept.records import Criterion, Evidence, Record
from pytest_accept.reports import terminal
from pytest_accept.reports.behaviours import TEST_TYPES, matrix
from pytest_accept.reports.caveats import caveats
from pytest_accept.reports.decision import Answer, decide, is_expected_miss
from pytest_accept.reports.inert_markdown import block, in_html, inline
from pytest_accept.reports.run_history import pasts
from pytest_accept.whole_files import write_whole

COMMENT = 65_536
"""GitHub's limit for a comment on a pull request, in characters."""

_ANSWERS: dict[Answer, str] = {"yes": "✅ Yes", "no": "❌ No", "open": "❔ Not shown"}
_MARKS = {"accepted": "✅", "rejected": "❌", "inconclusive": "❔"}
_HEADER = (
    "| metric | population | measured | demonstrated | required | n | verdict |",
    "|:--|:--|--:|:--|:--|--:|:--|",
)
_MOST_LINES = 20
_MOST_NAMED = 5
_WIDTH = 300


def write(record: Record, path: Path, *, earlier: tuple[Record, ...] = ()) -> None:
    """Write a report that fits into a comment on a pull request.

    Of several `earlier` Records the last one is what the verdicts are compared with.
    """
    write_whole(path, markdown(record, COMMENT, earlier))


def markdown(record: Record, limit: int, earlier: tuple[Record, ...] = ()) -> str:
    """Return the report in at most `limit` bytes of UTF-8; what had no room in it is counted.

    First the answer and one line a criterion, then the explanation and evidence of each that is not
    accepted, then what the models and data are. Text of the data and of the suite is inert.
    """
    decision = decide(record)
    top = [f"## May we ship? {_ANSWERS[decision.answer]}", "", decision.reason, ""]
    room = _Room(limit - sum(map(_size, top)) - 600)  # of which the header and what is left out
    changes = room.those(_changes(record, earlier[-1]) if earlier else [])
    limits = room.those(_caveats(record))
    cells = terminal.rows(record, width=120)
    rows = [_row(*each) for each in zip(record.criteria, cells, strict=True)]
    accepted = [each.verdict.status == "accepted" for each in record.criteria]
    kept = {n for n, row in enumerate(rows) if not accepted[n] and room.take(row)}
    context = room.those(_context(record))
    behaviours = room.those(_behaviours(record))
    details, untold = _details(record, room)
    kept |= {n for n, row in enumerate(rows) if accepted[n] and room.take(row)}
    table = [*_HEADER, *(rows[n] for n in sorted(kept)), ""] if rows else []
    left = _left_out(len(rows) - len(kept), untold)
    told = [*top, *changes, *limits, *table, *left, *behaviours, *details, *context]
    return "\n".join([*told, *room.those(_notes(record))])


class _Room:
    """Bytes that are left; what does not fit is not taken."""

    def __init__(self, size: int) -> None:
        self.size = size

    def take(self, line: str) -> bool:
        if _size(line) > self.size:
            return False
        self.size -= _size(line)
        return True

    def those(self, lines: Iterable[str]) -> list[str]:
        return [each for each in lines if self.take(each)]


def _size(line: str) -> int:
    return len(line.encode()) + 1


def _row(criterion: Criterion, cells: tuple[str, ...]) -> str:
    name, population, *numbers, verdict = cells
    shown = [each.replace(">=", "≥").replace("<=", "≤") for each in numbers]
    expected = ", as expected" if is_expected_miss(criterion) else ""
    said = f"{_MARKS[verdict]} {verdict}{expected}"
    return f"| {' | '.join([inline(name), inline(population), *shown, said])} |"


def _details(record: Record, room: _Room) -> tuple[list[str], int]:
    """Return what is folded away: of each criterion that is not accepted, why, with its evidence.

    And of how many there is no room for it. Evidence that several share is shown once.
    """
    shown: dict[tuple[Evidence, ...], str] = {}
    folded, untold = [], 0
    for criterion in record.criteria:
        verdict = criterion.verdict
        if verdict.status == "accepted":
            continue
        name = f"{verdict.estimate.name} on {verdict.population}"
        other = shown.get(verdict.evidence) if verdict.evidence else None
        line = "" if criterion.line is None else f" (line {criterion.line})"
        lines = [
            f"{criterion.test}{line}",
            "",
            explain(verdict if other is None else replace(verdict, evidence=())),
        ]
        lines += [f"  evidence: that of {other}"] if other else []
        lines += ["", verdict.definition] if verdict.definition else []
        fold = _fold(f"{_MARKS[verdict.status]} {verdict.status}: {in_html(name, 160)}", lines)
        if room.take(fold):
            folded.append(fold)
            shown.setdefault(verdict.evidence, name)
        else:
            untold += 1
    return folded, untold


def _fold(summary: str, lines: Iterable[str]) -> str:
    code = block("\n".join(lines))
    return f"<details><summary>{summary}</summary>\n\n{code}\n\n</details>\n"


def _left_out(rows: int, details: int) -> list[str]:
    said = []
    if rows:
        said.append(f"{rows:,} criteria")
    if details:
        said.append(f"the evidence of {details:,} criteria that are not accepted")
    if not said:
        return []
    return [f"> Left out, for want of room: {' and '.join(said)}. An html report has all.", ""]


def _caveats(record: Record) -> list[str]:
    """Return what limits the answer, with the tests that it is about where that is grave."""
    lines = []
    for caveat in caveats(record):
        text = inline(caveat.text, _WIDTH) if caveat.text in record.notes else caveat.text
        tests = dict.fromkeys([*caveat.tests, *(each.test for each in caveat.criteria)])
        named = [inline(each, 160) for each in tests if caveat.grave]
        more = [f"{len(named) - _MOST_NAMED:,} more"] if len(named) > _MOST_NAMED else []
        said = f"**{text}** {', '.join(named[:_MOST_NAMED] + more)}" if caveat.grave else text
        lines.append(f"- {said.rstrip()}")
    return [*_shortened(lines), ""] if lines else []


def _changes(record: Record, before: Record) -> list[str]:
    """Return which verdicts are others than in the run before, each with what was measured."""
    said = []
    for criterion, past in zip(record.criteria, pasts(record, [before]), strict=True):
        now = criterion.verdict
        if past.before is None or past.before[1].status == now.status:
            continue
        then = past.before[1]
        name = inline(f"{now.estimate.name} on {now.population}", 160)
        said.append(
            f"- {name}: {_MARKS[then.status]} {then.status} ({measured(then)}) → "
            f"{_MARKS[now.status]} {now.status} ({measured(now)})"
        )
    since = f"the run of {inline(before.started)}"
    if not said:
        return [f"No verdict has changed since {since}.", ""]
    return [f"Verdicts that changed since {since}:", "", *_shortened(said), ""]


def _behaviours(record: Record) -> list[str]:
    """Return the table of capabilities by types of test, if a criterion is a behavioural test."""
    cells = matrix(record)
    if not cells:
        return []
    lines = [f"| capability | {' | '.join(TEST_TYPES)} |", "|:--" * (1 + len(TEST_TYPES)) + "|"]
    for capability, row in list(cells.items())[:_MOST_LINES]:
        said = [f"{_MARKS[c.status]} {c.text}" if c.status else "" for c in row.values()]
        lines.append(f"| {' | '.join([inline(capability, 60), *said])} |")
    if len(cells) > _MOST_LINES:
        lines += ["", f"and {len(cells) - _MOST_LINES:,} more capabilities"]
    return ["\n".join([*lines, ""])]


def _context(record: Record) -> list[str]:
    """Return what was judged on what."""
    lines = []
    for model in record.models:
        about = (model.task, model.dtype, model.precision, model.device)
        of = [*map(inline, filter(None, about))]
        of += _fingerprint(model.fingerprint)
        lines.append(
            f"- model {inline(model.name, 160)} from {inline(model.source, 160)}: {', '.join(of)}"
        )
    for data in record.data:
        of = [f"{data.n:,} examples", *_fingerprint(data.fingerprint)]
        lines.append(
            f"- data {inline(data.name, 160)} from {inline(data.source, 160)}: {', '.join(of)}"
        )
    lines = _shortened(lines)
    unsure = [each.verdict.estimate for each in record.criteria]
    levels = sorted({each.confidence for each in unsure if each.low < each.high})
    if levels:
        said = " or ".join(f"{100 * level:.6g} %" for level in levels)
        lines.append(f"- each bound holds with {said} confidence, one-sided")
    lines += [f"- {inline(each, _WIDTH)}" for each in terminal.trainings(record)[:_MOST_LINES]]
    lines.append(f"- run of {inline(record.started)}, {record.seconds:,.0f} s{_versions(record)}")
    return [*lines, ""]


def _notes(record: Record) -> list[str]:
    notes = [printable(each, _WIDTH) for each in record.notes]
    return [_fold("notes", notes)] if notes else []


def _fingerprint(fingerprint: str | None) -> list[str]:
    return [f"fingerprint {inline(fingerprint[:12])}"] if fingerprint else []


def _versions(record: Record) -> str:
    found = {} if record.environment is None else record.environment.versions
    names = ("pytest-model-acceptance", "transformers", "torch")
    return "".join(f", {name} {inline(found[name])}" for name in names if name in found)


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"- and {more:,} more"] if more > 0 else lines
