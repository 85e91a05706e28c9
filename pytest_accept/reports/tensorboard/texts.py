"""Texts for TensorBoard, which renders Markdown: whatever comes from data or a suite is code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pytest_accept.explanation import explain, shown_answer, shown_text
from pytest_accept.records import Criterion, Evidence, Record
from pytest_accept.reports import terminal
from pytest_accept.reports.caveats import caveats
from pytest_accept.reports.decision import decide
from pytest_accept.reports.inert_markdown import block, inline


def summary(record: Record) -> str:
    """Return whether we may ship, and one row a criterion."""
    decision = decide(record)
    parts = [f"## May we ship? {decision.answer.capitalize()}\n\n{decision.reason}"]
    header = ("metric", "population", "measured", "demonstrated", "required", "n", "verdict")
    if record.criteria:
        parts.append(_table(header, terminal.rows(record, width=120)))
    said = [each.text for each in caveats(record)]
    said += [f"not judged: {test}" for test in record.not_judged]
    return "\n\n".join([*parts, *map(inline, [*said, *record.notes])])


def evidence(criterion: Criterion) -> str:
    """Return a verdict in words, with its definition and what a person would want to see of it."""
    verdict = criterion.verdict
    parts = [f"**{verdict.status}** in {inline(criterion.test)}", inline(verdict.definition)]
    parts.append(block(explain(replace(verdict, evidence=()))))
    parts += [part for each in verdict.evidence for part in _shown(each)]
    return "\n\n".join(part for part in parts if part)


def _shown(evidence: Evidence) -> Iterable[str]:
    yield inline(evidence.title)
    if evidence.examples:
        rows = [(shown_answer(e), e.expected, shown_text(e), e.origin) for e in evidence.examples]
        yield _table(("said", "labelled", "text", "from"), rows)
    if evidence.parts:
        numbers = [
            (p.name, *(f"{x:.3f}" for x in (p.value, p.low, p.high)), f"{p.n:,}", p.where)
            for p in evidence.parts
        ]
        yield _table(("part", "measured", "at least", "at most", "n", "where"), numbers)
    if evidence.lines:
        yield block("\n".join(evidence.lines))


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(header)
    lines = [names, ("---",) * len(names), *(tuple(map(inline, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
