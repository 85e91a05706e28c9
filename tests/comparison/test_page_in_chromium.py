"""The page of a comparison in a browser: nothing runs, nothing is asked for, the filter works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept.comparison import compare, html
from pytest_accept.records import Record
from tests.chromium import keep_screenshot, launched, visited
from tests.reports.rich_records import rich_record
from tests.reports.test_html_hostile import PAYLOADS, poisoned

pytestmark = pytest.mark.slow

ROWS = "table.compared tr[data-verdict]"


def moved(record: Record) -> Record:
    """Return a record whose every value is another one, so that verdicts change."""
    criteria = []
    for each in record.criteria:
        estimate = each.verdict.estimate
        turned = replace(estimate, value=estimate.low, low=estimate.low - 0.3)
        criteria.append(
            replace(each, verdict=replace(each.verdict, status="rejected", estimate=turned))
        )
    return replace(record, criteria=tuple(criteria))


def test_in_a_browser(tmp_path: Path) -> None:
    every = " ".join(PAYLOADS.values())
    records = {
        "plain": [rich_record(), moved(rich_record())],
        "hostile": [poisoned(rich_record(), every), moved(poisoned(rich_record(), every))],
    }
    with launched() as browser:
        for kind, (old, new) in records.items():
            name = every if kind == "hostile" else "run"
            path = tmp_path / f"{kind}.html"
            html.write(compare([(f"{name} 1", old), (f"{name} 2", new)]), path)
            with visited(browser, path, viewport={"width": 1280, "height": 900}) as page:
                assert page.evaluate("typeof hacked") == "undefined"
                assert (
                    page.locator("main script, main img, main [onload], main [style]").count() == 0
                )
                rows = page.locator(ROWS)
                assert rows.count() == len(new.criteria)
                page.fill("#search", "no such words")
                assert not any(rows.nth(i).is_visible() for i in range(rows.count()))
                page.fill("#search", "")
                assert rows.first.is_visible()
                if kind == "plain":
                    assert keep_screenshot(page, "comparison").stat().st_size > 20_000
