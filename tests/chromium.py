"""Pages as a person sees them: Debian's Chromium without a window, driven by playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ARTIFACTS = Path(__file__).parent.parent / "artifacts"
"""Where screenshots are kept for whoever looks at a run; git ignores it."""

# A root user has no sandbox, and nothing may be asked of a network.
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@contextmanager
def launched() -> Iterator[Any]:
    """Yield a browser; the test is skipped, and says why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on the path; Debian has it as `apt-get install chromium`")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visited(browser: Any, path: Path, **options: Any) -> Iterator[Any]:
    """Yield the page of a file; fail if it said, asked for, or opened anything while it was open.

    `options` are those of a browser context, such as `viewport`, `color_scheme`.
    """
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: wrong.append(f"opened: {popup.url}"))
    page.on("request", lambda asked: wrong.append(f"request: {asked.url}"))
    own = f"request: {path.resolve().as_uri()}"
    page.goto(path.resolve().as_uri())
    yield page
    context.close()
    assert not [each for each in wrong if each != own and not each.startswith("request: data:")]


def keep_screenshot(page: Any, name: str, *, whole: bool = False) -> Path:
    """Keep a picture of the page, of all of it or of its first screen; return where."""
    ARTIFACTS.mkdir(exist_ok=True)
    path = ARTIFACTS / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    return path
