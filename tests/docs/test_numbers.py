"""The numbers of the tables on sizes are computed, not remembered."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import needed_examples, proportion_interval, smallest_shown
from pytest_accept.statistics.interval import Interval
from tests.docs.blocks import DOCS


def rows(page: str, beginning: str) -> list[list[str]]:
    """Return the cells of the table whose head begins so."""
    text = (DOCS / page).read_text(encoding="utf-8")
    table = text[text.index(f"| {beginning}") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def number(cell: str) -> float:
    return float(cell.replace(",", "").replace("%", ""))


def of_rate(rate: float) -> Interval:
    """Return an interval whose value is the rate, for the plan of further examples."""
    return Interval(
        value=rate,
        low=0.0,
        high=1.0,
        confidence=0.95,
        n=1000,
        clusters=None,
        method="Clopper-Pearson",
    )


def test_how_many_examples() -> None:
    for bar, *needed in rows("bars-and-sizes.md", "bar | true value"):
        for distance, cell in zip((0.01, 0.02, 0.03, 0.05), needed, strict=True):
            if cell:
                rate = round(number(bar) + distance, 3)
                assert needed_examples(of_rate(rate), number(bar)) == number(cell)


def test_how_good_a_model_must_be() -> None:
    for n, *shown in rows("bars-and-sizes.md", "n | bar"):
        for bar, cell in zip((0.80, 0.90, 0.95), shown, strict=True):
            interval = proportion_interval(int(number(n) * bar), int(number(n)), confidence=0.95)
            value = smallest_shown(interval, bar, direction="above")
            assert cell == ("never" if value is None else f"{value:.3f}")


def test_without_an_error() -> None:
    text = (DOCS / "bars-and-sizes.md").read_text(encoding="utf-8")
    found = re.search(r"needs (\d+) examples to show\s+0.90, (\d+) to show 0.95 and (\d+)", text)
    assert found is not None
    for bar, n in zip((0.90, 0.95, 0.99), map(int, found.groups()), strict=True):
        assert proportion_interval(n, n, confidence=0.95).low >= bar
        assert proportion_interval(n - 1, n - 1, confidence=0.95).low < bar


def test_a_gate_on_the_point() -> None:
    n, bar = 200, 0.90
    right = np.arange(n + 1)
    bounds = [proportion_interval(int(k), n, confidence=0.95) for k in right]
    low, high = (np.array([getattr(b, side) for b in bounds]) for side in ("low", "high"))
    table = rows("statistics.md", "true accuracy")
    assert len(table) == 5
    for rate, *shares in table:
        chance = stats.binom.pmf(right, n, number(rate))
        expected = (right / n >= bar, low >= bar, high < bar, (low < bar) & (high >= bar))
        for cell, holds in zip(shares, expected, strict=True):
            assert number(cell) == pytest.approx(100 * chance[holds].sum(), abs=0.51)
