"""Make the pictures of the README from real runs of the sentiment suite on the rushed checkpoint.

    make demo                       # trains the checkpoints
    python docs/pictures/make.py    # writes terminal.svg and report.png beside this file

The report's picture takes a Chromium (playwright's own, or that of the system) and some minutes.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SUITE = "example_suites/sentiment"
MODEL = f"{SUITE}/runs/rushed"
SOME = "calibration or amazon"
WIDTH = 122
LARGEST = 250_000  # bytes of a picture


def main() -> None:
    """Make both."""
    terminal(HERE / "terminal.svg")
    report(HERE / "report.png")
    for path in (HERE / "terminal.svg", HERE / "report.png"):
        size = path.stat().st_size
        sys.stdout.write(f"{path.name}: {size:,} bytes\n")
        assert size <= LARGEST, path.name


def terminal(path: Path) -> None:
    """Draw what a run of some of the tests prints."""
    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    shown = f'pytest -m acceptance {SUITE} -k "{SOME}" --accept-model {MODEL} -q --tb=short'
    printed = run(f"{shown} --color=yes -p no:cacheprovider")
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(Text(f"$ {shown}", style="bold"))
    console.print(Text.from_ansi(printed), soft_wrap=False)
    svg = console.export_svg(title="pytest -m acceptance", theme=MONOKAI, unique_id="terminal")
    # rich names a font of another host: what the reader has does as well.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    path.write_text(svg, encoding="utf-8")


def report(path: Path) -> None:
    """Take a picture of the beginning of the html report of the whole suite."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        run(f"pytest -m acceptance {SUITE} -q --accept-model {MODEL} --accept-report html:{page}")
        with sync_playwright() as playwright:
            found = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme="light")
            tab.goto(page.as_uri())
            tab.screenshot(path=str(path))
            browser.close()


def run(command: str) -> str:
    """Return what a command prints; its criteria are not all met, which is the point."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stdout + done.stderr)
    return done.stdout.rstrip()


if __name__ == "__main__":
    main()
