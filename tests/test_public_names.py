"""What the package says it exports, against what it does export."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_accept
from pytest_accept.assertions.thresholds import GROUP

ROOT = Path(__file__).parent.parent
METRICS = sorted(pytest_accept._METRICS)


@pytest.mark.parametrize("name", pytest_accept.__all__)
def test_every_public_name_resolves_and_is_documented(name: str) -> None:
    assert (getattr(pytest_accept, name).__doc__ or "").strip()


def test_the_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(pytest_accept.__file__).read_text())
    (block,) = [n for n in tree.body if isinstance(n, ast.If)]
    seen = {
        alias.asname
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert seen == set(pytest_accept.__all__)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("direction", ["above", "below"])
def test_assertions_have_the_signature_of_their_metric(metric: str, direction: str) -> None:
    assertion = getattr(pytest_accept, f"assert_{metric}_{direction}")
    ours = list(inspect.signature(assertion).parameters)
    theirs = list(inspect.signature(getattr(pytest_accept, metric)).parameters)
    subjects = 3 if {"perturbation", "old", "original"} & set(theirs) else 2
    assert ours == [*theirs[:subjects], "bar", *theirs[subjects:]]
    assert f"Require that {metric} is {direction}" in (assertion.__doc__ or "")


def test_every_metric_without_further_arguments_has_a_threshold() -> None:
    from importlib.metadata import entry_points

    asked_more = {
        metric
        for metric in METRICS
        if {"perturbation", "old", "original", "swap", "tokens"}
        & set(inspect.signature(getattr(pytest_accept, metric)).parameters)
    }
    known = {entry.name for entry in entry_points(group=GROUP)}
    assert known >= set(METRICS) - {"confusion"} - asked_more


def test_a_public_error_reads_as_the_package_name() -> None:
    assert repr(pytest_accept.DataError) == "<class 'pytest_accept.DataError'>"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'asert_accuracy_above'"):
        _ = pytest_accept.asert_accuracy_above


def test_outside_pytest_functions_are_themselves() -> None:
    script = "import pytest_accept as a; print(a.load_model.__module__, a._configured)"
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert printed.startswith("pytest_accept.loading")
    assert printed.strip().endswith("None")


def test_python_blocks_of_the_readme_are_python() -> None:
    blocks = re.findall(r"```python[^\n]*\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert blocks
    for block in blocks:
        names = {
            alias.name
            for node in ast.walk(ast.parse(block))
            if isinstance(node, ast.ImportFrom) and node.module == "pytest_accept"
            for alias in node.names
        }
        assert names <= set(pytest_accept.__all__)
