"""The page in a browser: what it does when somebody clicks, types, prints, or means harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_accept.reports.html import write
from tests.chromium import keep_screenshot, launched, visited
from tests.reports.rich_records import rich_record
from tests.reports.test_html_hostile import PAYLOADS, poisoned

pytestmark = pytest.mark.slow

ROWS = "table.criteria tbody tr"
EVERYTHING = " ".join(PAYLOADS.values())
OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "accept.html"
    record = rich_record()
    write(record, path, earlier=(record, record))
    return path


def shown(page: Any, selector: str) -> int:
    return sum(each.is_visible() for each in page.query_selector_all(selector))


@pytest.mark.parametrize("payload", [PAYLOADS["script"], PAYLOADS["attribute"], EVERYTHING])
def test_hostile_text_is_inert(browser: Any, tmp_path: Path, payload: str) -> None:
    path = tmp_path / "page.html"
    write(poisoned(rich_record(), payload), path)
    with visited(browser, path) as page:
        page.evaluate(OPEN_ALL)
        page.mouse.move(200, 100)
        page.fill("#search", payload)
        page.locator(f"{ROWS} a").first.focus()
        assert page.evaluate("typeof hacked") == "undefined"
        assert page.title().startswith("No. Of 13 criteria")
        assert page.locator("main script, main img, main [onload], main [style]").count() == 0


def test_rows_and_details_are_filtered(browser: Any, report: Path) -> None:
    with visited(browser, report) as page:
        said = page.locator(".filter [role=status]")
        assert (shown(page, ROWS), said.text_content()) == (13, "all 13 shown")
        page.fill("#search", "FLIP rate")
        assert (shown(page, ROWS), shown(page, "details")) == (2, 2)
        assert said.text_content() == "2 of 13 shown"
        page.fill("#search", "")
        page.uncheck("input[value=accepted]")
        assert (shown(page, ROWS), shown(page, "details")) == (4, 4)
        page.uncheck("input[value=inconclusive]")
        page.fill("#search", "test_words cross")
        assert said.text_content() == "1 of 13 shown"
        page.fill("#search", "nothing like that")
        assert (shown(page, ROWS), said.text_content()) == (0, "0 of 13 shown")
        assert shown(page, "section.test h3") == 0, "nor is a heading left over"
        page.locator("a[href='#c-3']").first.click()
        assert page.locator("#c-3").is_visible(), "a link leads there whatever is filtered"


def test_it_is_used_with_the_keyboard_alone(browser: Any, report: Path) -> None:
    with visited(browser, report) as page:
        focused = "document.activeElement.textContent.trim()"
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "Skip to the content"
        assert page.locator(".skip").bounding_box()["x"] >= 0, "seen when it has the focus"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.focus(".theme")
        page.keyboard.press("Space")
        assert page.get_attribute("html", "data-theme") == "dark"
        page.focus("#search")
        page.keyboard.type("roc")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.locator(".filter [role=status]").text_content() == "1 of 13 shown"
        page.focus(f"{ROWS}:not([hidden]) a")
        page.keyboard.press("Enter")
        page.locator("summary:focus").wait_for()  # a waiting script would break the page's policy
        assert page.locator("#c-3").is_visible()
        page.keyboard.press("Enter")
        assert not page.locator("#c-3").is_visible()
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"


def test_both_themes(browser: Any, report: Path) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('.plot svg text')).fill"
    with visited(browser, report, color_scheme="light") as page:
        light, drawn_light = page.evaluate(background), page.evaluate(ink)
        page.click(".theme")
        dark, drawn_dark = page.evaluate(background), page.evaluate(ink)
        assert page.get_attribute(".theme", "aria-pressed") == "true"
        page.reload()
        assert page.evaluate(background) == dark, "the choice is remembered"
    with visited(browser, report, color_scheme="dark") as page:
        assert (page.evaluate(background), page.evaluate(ink)) == (dark, drawn_dark)
        keep_screenshot(page, "report-dark")
        page.click(".theme")
        assert page.evaluate(background) == light
    assert sum(_rgb(light)) > 600
    assert sum(_rgb(dark)) < 200
    assert sum(_rgb(drawn_light)) < 400 < sum(_rgb(drawn_dark)), "figures have the theme's colours"


def _rgb(colour: str) -> list[int]:
    return [int(each) for each in colour.removeprefix("rgb(").removesuffix(")").split(",")]


@pytest.mark.parametrize("width", [320, 390, 768, 1153, 1280])
def test_nothing_reaches_beyond_the_side(browser: Any, report: Path, width: int) -> None:
    with visited(browser, report, viewport={"width": width, "height": 800}) as page:
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        plots = page.locator(f"{ROWS} svg")
        assert plots.first.bounding_box()["width"] > 150
        keep_screenshot(page, f"report-{width}", whole=width == 1280)


def test_without_scripts_everything_is_there(browser: Any, report: Path) -> None:
    with visited(browser, report, java_script_enabled=False) as page:
        assert page.locator(ROWS).count() == 13
        assert not page.locator(".filter").is_visible(), "it would do nothing"
        assert not page.locator("#c-2").is_visible()
        page.locator("summary").nth(1).click()
        assert page.locator("#c-2").is_visible()
        page.emulate_media(media="print")
        assert page.locator("#c-1").is_visible(), "on paper all details are open"


def test_printed_it_is_light_and_whole(browser: Any, report: Path) -> None:
    with visited(browser, report, color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert page.locator("#c-13").is_visible()
        assert not page.locator(".theme").is_visible()
        assert page.pdf().startswith(b"%PDF")
