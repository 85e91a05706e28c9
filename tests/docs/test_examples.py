"""Every example of the README and the pages runs, in a folder with the models and data it names.

A page is a folder: a Python block with a title is the file of that name, one without is a file of
its own, or, if it has no test, the body of one. Console blocks run where they stand, and what they
are said to print is compared ("..." stands for anything). At the end all files of the page run.
"""

from __future__ import annotations

import ast
import fnmatch
import importlib
import os
import pkgutil
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import pytest_accept
import tests.plugin.conftest  # noqa: F401 - imports what an inner run must not import anew
from tests.docs.blocks import PAGES, Block, Command, blocks, commands, name
from tests.docs.world import FIXTURES, SUITE

# Judged on models that know nothing: what matters is that they end in a verdict, whichever it is.
OPEN = {
    "test_language_model.py",
    "test_masked.py",
    "test_recipe.py",
    "test_tagging.py",
    "test_hatecheck",
    "test_hatecheck_templates",
}

# Nor may our own modules be made anew: a public name is remembered with the module it came from.
for _module in pkgutil.walk_packages(pytest_accept.__path__, "pytest_accept."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)

BODY = """
def test_{function}(request):
    namespace = {{each: request.getfixturevalue(each) for each in {fixtures!r}}}
    exec(compile({text!r}, {place!r}, "exec"), namespace)
"""


class Outcomes:
    """Which files ran, and what the tests that failed raised."""

    def __init__(self) -> None:
        self.ran: set[Path] = set()
        self.raised: dict[str, BaseException] = {}

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Keep what was raised."""
        if call.when == "call":
            self.ran.add(item.path)
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            self.raised[item.nodeid] = call.excinfo.value

    def check(self, *, accepted: bool) -> None:
        """Fail for a test that broke and, if all should be, for one that was not accepted."""
        for test, error in self.raised.items():
            file, _, function = test.partition("::")
            judged = type(error).__name__ == "AcceptanceFailure"
            if not judged or (accepted and not {Path(file).name, function} & OPEN):
                pytest.fail(f"{test}: {type(error).__name__}: {error}")


@pytest.fixture
def folder(pytester: pytest.Pytester, world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of its own with the models, the data and the fixtures that pages share."""
    for part in world.iterdir():
        if part.name in ("runs", "data"):
            shutil.copytree(part, pytester.path / part.name, copy_function=os.link)
        elif part.is_dir():
            (pytester.path / part.name).symlink_to(part)
        else:
            shutil.copy(part, pytester.path / part.name)
    pytester.makeini(
        "[pytest]\naddopts = -p no:cacheprovider --strict-markers --import-mode=importlib\n"
        "filterwarnings = error\naccept_cache_dir = cache\n"
    )
    monkeypatch.setenv("COLUMNS", "100")
    return pytester.path


TRAINING = "recipes.md"
RUN = [
    pytest.param(page, id=name(page), marks=pytest.mark.slow if page.name == TRAINING else ())
    for page in PAGES
    if blocks(page, "python") or blocks(page, "console")
]


@pytest.mark.parametrize("page", RUN)
def test_the_examples_of_a_page_run(
    page: Path, folder: Path, pytester: pytest.Pytester, capfd: pytest.CaptureFixture[str]
) -> None:
    outcomes = Outcomes()
    if not any(block.title for block in blocks(page, "python")):
        (folder / "test_reviews.py").write_text(SUITE, encoding="utf-8")
    for block in blocks(page):
        if block.language == "python":
            _write(block, folder)
        if block.language == "console":
            for command in commands(block):
                if not _is_slow(command):
                    _run(command, pytester, capfd, outcomes)
    outcomes.check(accepted=False)
    rest = sorted(set(folder.rglob("test_*.py")) - outcomes.ran)
    if rest:
        outcomes = Outcomes()
        result = pytester.inline_run(*map(str, rest), "-q", plugins=[outcomes])
        assert result.ret in (0, 1)
        outcomes.check(accepted=True)
        assert outcomes.ran == set(rest)


@pytest.mark.slow
@pytest.mark.usefixtures("trackers")
def test_reports_that_take_seconds_to_import(
    folder: Path, pytester: pytest.Pytester, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_reviews.py").write_text(SUITE, encoding="utf-8")
    pytester.runpytest_inprocess("--accept-report", "json:report/acceptance.json")
    asked = [c for page in PAGES for block in blocks(page, "console") for c in commands(block)]
    slow = [command for command in asked if _is_slow(command)]
    assert len(slow) >= 2
    for command in slow:
        _run(command, pytester, capfd, Outcomes())


def _is_slow(command: Command) -> bool:
    return any(word.startswith(("mlflow:", "tensorboard:")) for word in command.words)


def _write(block: Block, folder: Path) -> None:
    tree = ast.parse(block.text, block.place)
    stem = f"{block.page.stem.replace('-', '_')}_{block.line}"
    path = folder / (block.title or f"test_{stem}.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    functions = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    if block.title or any(name.startswith("test_") for name in functions):
        path.write_text(block.text, encoding="utf-8")
        return
    named = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    fixtures = sorted(named & set(FIXTURES) - stored)
    text = BODY.format(function=stem, fixtures=fixtures, text=block.text, place=block.place)
    path.write_text(text, encoding="utf-8")


def _run(command: Command, pytester: pytest.Pytester, capfd: Any, outcomes: Outcomes) -> None:
    words = command.words
    if words[0] == "pytest":
        result = pytester.runpytest_inprocess(*words[1:], plugins=[outcomes])
        status, lines = int(result.ret), [*result.outlines, *result.errlines]
    elif words[:3] == ["python", "-m", "pytest_accept"]:
        from pytest_accept.__main__ import main

        capfd.readouterr()
        status = main(words[3:])
        lines = "".join(capfd.readouterr()).splitlines()
    else:
        return
    assert status in (0, 1), (command.block.place, command.line, lines)
    _compare(command, lines)


def _compare(command: Command, lines: list[str]) -> None:
    """Check that the lines of the page are printed, in their order."""
    rest = (_squeezed(line) for line in lines)
    for expected in command.printed:
        if expected.strip() in ("", "..."):
            continue
        pattern = "*".join(_squeezed(part).replace("[", "[[]") for part in expected.split("..."))
        if not any(fnmatch.fnmatchcase(line, pattern) for line in rest):
            shown = "\n".join(lines[-40:])
            pytest.fail(f"{command.block.place}: not printed (in this order): {expected}\n{shown}")


def _squeezed(line: str) -> str:
    """Return a line without what depends on the width of a terminal."""
    return re.sub("={3,}", "==", " ".join(line.split()))
