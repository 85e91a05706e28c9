"""What there is, against what the pages say there is."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import entry_points

import pytest

import pytest_accept
from pytest_accept import markers, perturbations, swaps
from tests.docs.blocks import DOCS, PAGES, ROOT

README = ROOT / "README.md"


@cache
def text() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def said(name: str) -> bool:
    """Whether the name stands in code somewhere: in backticks or in a block."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text()) is not None


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) < 200


def test_every_page_says_which_question_it_answers() -> None:
    for page in DOCS.rglob("*.md"):
        lines = page.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# "), page
        assert lines[2].startswith("**This page answers: "), page


@pytest.mark.parametrize("metric", sorted(pytest_accept._METRICS))
def test_every_metric_is_on_a_page(metric: str) -> None:
    assert said(metric) or said(f"assert_{metric}_above") or said(f"assert_{metric}_below")


@pytest.mark.parametrize(
    "name",
    [n for n in pytest_accept.__all__ if n.islower() and not re.search("_(above|below)$", n)],
)
def test_every_function_is_on_a_page(name: str) -> None:
    assert said(name)


def test_every_perturbation_and_swap_is_on_a_page() -> None:
    assert [kind for kind in (*perturbations.KINDS, *swaps.KINDS) if not said(kind)] == []


def test_every_option_and_ini_is_in_the_settings(request: pytest.FixtureRequest) -> None:
    settings = (DOCS / "settings.md").read_text(encoding="utf-8")
    parser = request.config._parser
    options = [
        name
        for group in parser._groups
        for option in group.options
        for name in option.names()
        if name.startswith("--accept-")
    ]
    inis = [name for name in parser._inidict if name.startswith("accept_")]
    assert len(options) > 10
    missing = [n for n in (*options, *inis) if not re.search(rf"`{n}[` ]", settings)]
    assert missing == []


def test_every_marker_and_fixture_is_in_the_settings() -> None:
    settings = (DOCS / "settings.md").read_text(encoding="utf-8")
    names = [re.split(r"[(:]", marker)[0] for marker in markers.MARKERS]
    fixtures = ["load_model", "load_data", "fine_tune", "probe", "accept_model", "accept_data"]
    fixtures += ["accept_device", "assert_thresholds", "baseline"]
    assert [name for name in (*names, *fixtures) if f"`{name}" not in settings] == []


def test_every_kind_of_report_is_on_its_page() -> None:
    reports = (DOCS / "reports.md").read_text(encoding="utf-8")
    kinds = {entry.name for entry in entry_points(group="pytest_accept.reports")}
    assert {"json", "html"} <= kinds
    assert [kind for kind in sorted(kinds) if f"`{kind}:" not in reports] == []


def test_every_command_is_on_a_page() -> None:
    from pytest_accept.commands import COMMANDS

    names = [module.__name__.rpartition(".")[2] for module in COMMANDS]
    assert names
    assert [name for name in names if f"python -m pytest_accept {name}" not in text()] == []


def test_pictures_are_small_and_fetch_nothing() -> None:
    pictures = DOCS / "pictures"
    shown = re.findall(r"\(docs/pictures/([\w.]+)\)", README.read_text(encoding="utf-8"))
    assert sorted(shown) == ["report.png", "terminal.svg"]
    assert [name for name in shown if (pictures / name).stat().st_size > 250_000] == []
    svg = (pictures / "terminal.svg").read_text(encoding="utf-8")
    assert not re.search(r"url\(.?http|<script|<image", svg)
    assert all(status in svg for status in ("accepted", "rejected", "inconclusive"))
