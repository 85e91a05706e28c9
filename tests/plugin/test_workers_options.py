"""pytest's own ways to run a part of a suite: what runs where, and what reports say is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept import read_record

SUITE = """
import os
import pytest
from pytest_accept import assert_accuracy_above

pytestmark = pytest.mark.acceptance
BAR = float(os.environ.get("BAR", "0.999"))

def test_first(model, reviews):
    assert_accuracy_above(model, reviews, 0.5)

def test_misses(model, reviews):
    assert_accuracy_above(model, reviews, BAR)

def test_third(model, reviews):
    assert_accuracy_above(model, reviews, 0.6)

def test_fourth(model, reviews):
    assert_accuracy_above(model, reviews, 0.7)
"""


@pytest.fixture
def part(suite: pytest.Pytester) -> pytest.Pytester:
    """Return a suite of four tests, of which the second fails, with pytest's cache."""
    suite.makeini("[pytest]\nfilterwarnings = error")
    suite.makepyfile(test_words=SUITE)
    return suite


def run(suite: pytest.Pytester, *arguments: str) -> tuple[list[str], tuple[str, ...]]:
    """Return which tests have criteria in the record of a run, and the notes of that."""
    suite.runpytest("--accept-report", "json:record.json", *arguments)
    record = read_record("record.json")
    return [
        each.test.removeprefix("test_words.py::test_") for each in record.criteria
    ], record.notes


LAST_FAILED = "only tests that failed last time were run (--lf): the answer is of them alone"


def left_out(count: int) -> str:
    tests = "1 acceptance test was" if count == 1 else f"{count} acceptance tests were"
    return f"{tests} deselected or skipped: the answer is of the rest of the suite"


def not_ended(count: int) -> str:
    tests = "1 acceptance test" if count == 1 else f"{count} acceptance tests"
    return f"{tests} did not run to the end: the answer is of the rest of the suite"


def test_what_pytest_leaves_out_is_said(
    part: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = ["first", "misses", "third", "fourth"]
    assert run(part) == (every, ())
    assert run(part, "--lf") == (["misses"], (LAST_FAILED,))
    assert run(part, "--ff") == (["misses", "first", "third", "fourth"], ())
    assert run(part, "-x") == (["first", "misses"], (not_ended(2),))
    assert run(part, "--maxfail", "1", "-k", "not first") == (
        ["misses"],
        (not_ended(2), left_out(1)),
    )
    assert run(part, "--stepwise") == (["first", "misses"], (not_ended(2),))
    monkeypatch.setenv("BAR", "0.9")
    assert run(part, "--stepwise") == (["misses", "third", "fourth"], (left_out(1),))
    assert run(part, "--lf") == (every, ())  # nothing failed last
    assert run(part, "-p", "no:cacheprovider") == (every, ())


LIGHT = """
import os
import pytest

@pytest.fixture(scope="session")
def load_model():
    return print

@pytest.fixture(scope="session", params=["a", "b"])
def model(load_model, request):
    return request.param

@pytest.fixture(autouse=True)
def _who_runs_what(request):
    with open("ran.txt", "a") as file:
        file.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.name}\\n")
"""


@pytest.mark.slow
def test_with_workers(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nfilterwarnings = error")
    suite.makeconftest(LIGHT)
    suite.makepyfile(
        test_words="""
        import pytest

        pytestmark = pytest.mark.acceptance

        @pytest.mark.parametrize("number", range(5))
        def test_words(model, number):
            assert (model, number) != ("a", 1)
        """
    )
    ran = Path(suite.path, "ran.txt")

    def run(*arguments: str) -> set[frozenset[str]]:
        """Return what each worker ran that ran anything: which is which is a matter of time."""
        ran.unlink(missing_ok=True)
        suite.runpytest_subprocess("-n", "2", *arguments)
        lines = [line.split() for line in ran.read_text().splitlines()]
        homes = {worker for worker, _ in lines}
        return {frozenset(name for worker, name in lines if worker == each) for each in homes}

    def tests(model: str, *numbers: int) -> frozenset[str]:
        return frozenset(f"test_words[{model}-{number}]" for number in numbers)

    failed = "test_words.py::test_words[a-1]"
    everything = {tests("a", *range(5)), tests("b", *range(5))}
    assert run("--accept-report", "json:whole.json") == everything
    assert read_record(suite.path / "whole.json").not_judged == (failed,)
    assert run("--lf", "--accept-report", "json:last.json") == {tests("a", 1)}
    assert read_record(suite.path / "last.json").notes == (LAST_FAILED,)
    assert run("-k", "3 or 4") == {tests("a", 3, 4), tests("b", 3, 4)}
    assert tests("a", 0, 1) in run("-x", "--accept-report", "json:stopped.json")
    record = read_record(suite.path / "stopped.json")
    assert record.not_judged == (failed,)
    assert record.notes[0] in [not_ended(count) for count in range(3, 9)]
