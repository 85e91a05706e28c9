"""A Record of 100,000 criteria: read, written and shown in time and memory that grow with it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import DataError
from pytest_accept.comparison import compare
from pytest_accept.comparison import html as compared_html
from pytest_accept.comparison import terminal as compared
from pytest_accept.records import Criterion, Record
from pytest_accept.reports import csv, html, json, junit, markdown, model_card, terminal
from tests.reports.small_records import criterion, record

PROCESSOR_SECONDS = 30  # ten times what the slowest of these takes


def large(n: int, *, shift: float = 0.0) -> Record:
    """Return a Record of n criteria, one in a hundred not accepted, no two of them alike."""
    kinds = {each: criterion(each) for each in ("accepted", "rejected", "inconclusive")}
    made: list[Criterion] = []
    for at in range(n):
        status = "accepted" if at % 100 else ("rejected", "inconclusive")[at // 100 % 2]
        verdict = kinds[status].verdict
        population = f"reviews[source={at}]"
        value = verdict.estimate.value + at * 1e-8 + shift
        estimate = replace(verdict.estimate, population=population, value=value)
        verdict = replace(verdict, population=population, estimate=estimate)
        test = f"acceptance/test_words.py::test_{at // 10}"
        made.append(replace(kinds[status], test=test, verdict=verdict))
    return record(*made)


@pytest.mark.slow
def test_a_hundred_thousand(tmp_path: Path) -> None:
    made = large(100_000)
    file = tmp_path / "record.json"

    def timed(name: str, do: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = do()
        assert time.process_time() - began < PROCESSOR_SECONDS, name
        return result

    timed("json", lambda: json.write(made, file))
    assert timed("read", lambda: json.read_record(file)) == made
    timed("csv", lambda: csv.write(made, tmp_path / "r.csv"))
    timed("junit", lambda: junit.write(made, tmp_path / "r.xml"))
    timed("markdown", lambda: markdown.write(made, tmp_path / "r.md"))
    assert len(timed("terminal", lambda: terminal.rows(made))) == 100_000
    assert (tmp_path / "r.csv").read_bytes().count(b"\n") == 100_001
    assert (tmp_path / "r.md").stat().st_size < 70_000
    part = replace(made, criteria=made.criteria[:10_000])
    comparison = timed("compare", lambda: compare([("old", part), ("new", part)]))
    assert len(comparison.lines) == 10_000
    timed("compare terminal", lambda: compared.lines(comparison))


def test_a_page_lists_the_gravest_and_counts_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = import_module("pytest_accept.reports.html.page")  # the package has a function so called
    monkeypatch.setattr(page, "SHOWN", 6)
    monkeypatch.setattr(page, "DRAWN", 2)
    made, before = large(400), large(400, shift=0.01)
    html.write(made, tmp_path / "page.html", earlier=(before,))
    shown = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert shown.count('<details class="criterion"') == 6
    for source in (0, 100, 200, 300):
        assert f"reviews[source={source}]" in shown  # all that are not accepted
    assert "6 of 400 criteria are listed here, the gravest." in shown
    assert "has the others: 394 accepted." in shown
    assert shown.count("<h4>Over 2 runs</h4>") == 2
    assert re.search(r'<span class="count">396</span>\s*<span class="verdict accepted">', shown)


def test_a_page_of_few_says_nothing_of_others(tmp_path: Path) -> None:
    html.write(large(3), tmp_path / "page.html")
    assert "are listed here" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_page_of_a_comparison_lists_what_changed_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compared_html, "SHOWN", 4)
    old, new = large(30), large(30)
    changed = list(new.criteria)
    changed[20] = replace(
        changed[20], verdict=replace(changed[20].verdict, status="rejected"), outcome="failed"
    )
    comparison = compare([("old", old), ("new", replace(new, criteria=tuple(changed)))])
    compared_html.write(comparison, tmp_path / "page.html")
    shown = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "reviews[source=20]" in shown
    assert "26 more criteria" in shown


def test_a_card_refuses_what_nobody_would_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="room for 1,000 results, but 1,001 were measured"):
        model_card.write(large(1_001), tmp_path / "README.md")
