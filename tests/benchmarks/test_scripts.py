"""Every benchmark can be imported, is explained in the README, and is run by `make bench`."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "benchmarks"
# What benchmarks share, and what runs and draws them.
OTHERS = ("fuzzed", "plots", "results", "run")
SCRIPTS = sorted(each.stem for each in FOLDER.glob("*.py") if each.stem not in OTHERS)

IMPORT = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
modules = {name: importlib.import_module(name) for name in sys.argv[2:]}
print(json.dumps([list(modules["run"].SHORT_FORMS), list(modules["plots"].PLOTS)]))
"""


@pytest.fixture(scope="session")
def imported() -> list[list[str]]:
    """What `run.py` and `plots.py` name, from a process that has imported every script."""
    command = [sys.executable, "-c", IMPORT, str(FOLDER), *SCRIPTS, *OTHERS]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1, "a script ran when it was imported"
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_all_are_run_by_make_bench(imported: list[list[str]]) -> None:
    assert sorted(imported[0]) == SCRIPTS
    assert "benchmarks/run.py" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_what_is_drawn_is_a_benchmark(imported: list[list[str]]) -> None:
    assert set(imported[1]) <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_is_explained(name: str) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| `{name}\.py` \|", readme, re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_leaves_its_numbers_under_its_name(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    written = [
        each.args[0].value
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and ast.unparse(each.func) in ("results.write", "write_results", "write")
        and isinstance(each.args[0], ast.Constant)
    ]
    assert written == [name]


def test_the_readme_names_no_other_script() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)\.py` \|", readme, re.MULTILINE)) == set(SCRIPTS)
