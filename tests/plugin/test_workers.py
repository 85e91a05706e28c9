"""Runs with pytest-xdist's workers: who ran what, what was loaded how often, what a crash leaves.

Each of these runs starts several processes, so each checks several things.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from pytest_accept import Record, read_record
from tests.models import build

pytestmark = pytest.mark.slow

WITNESS = """
import os
import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")

def note(*said):
    with open("noted.txt", "a") as file:
        file.write(" ".join((WORKER, *map(str, said))) + "\\n")

@pytest.fixture(autouse=True)
def _who_runs_what(request):
    note("ran", request.node.nodeid)
"""

MODELS = (
    WITNESS
    + """
SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

def words(texts):
    note("asked", len(texts))
    positive = [SURE[text.split()[0]] for text in texts]
    return [[1 - p, p] for p in positive]

@pytest.fixture(scope="session")
def model(load_model):
    note("loaded", "new")
    return load_model(words, labels=["neg", "pos"], name="new")

@pytest.fixture(scope="session")
def old(load_model):
    note("loaded", "old")
    return load_model("bert", name="old")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""
)

SHOPS = """
import pytest
from pytest_accept import (
    assert_accuracy_above, assert_cross_entropy_below, assert_recall_above, load_predictions,
)

pytestmark = pytest.mark.acceptance

@pytest.fixture(scope="module", autouse=True)
def labels_are_sound(reviews):
    known = load_predictions([row % 2 == 0 for row in range(400)], labels=["neg", "pos"])
    assert_accuracy_above(known, reviews, 0.9)

def test_new(model, reviews):
    assert_accuracy_above(model, reviews, 0.9, where={"source": "shops"})

def test_old(old, reviews):
    assert_cross_entropy_below(old, reviews, 100, where={"source": "shops"})

def test_positive(model, reviews):
    assert_recall_above(model, reviews, 0.9, label="pos")
"""

TWEETS = """
import pytest
from pytest_accept import accuracy

@pytest.mark.acceptance
def test_new(model, reviews):
    assert accuracy(model, reviews.where(source="tweets")) >= 0.8

@pytest.mark.acceptance
def test_old(old, reviews):
    assert accuracy(old, reviews.where(source="tweets")) >= 0.0

@pytest.mark.parametrize("number", range(20))
def test_ordinary(number):
    pass
"""


def noted(suite: pytest.Pytester, what: str) -> list[tuple[str, ...]]:
    """Return who noted what: (worker, said, ...), once for each time."""
    lines = (suite.path / "noted.txt").read_text().splitlines()
    split = (tuple(line.split(" ")) for line in lines)
    return [(worker, *said) for worker, kind, *said in split if kind == what]


def workers_of(suite: pytest.Pytester, test: str) -> set[str]:
    return {worker for worker, nodeid in noted(suite, "ran") if nodeid.endswith(f"::{test}")}


def timeless(record: Record) -> Record:
    """Return the Record as if the run had taken no time."""
    criteria = tuple(replace(each, seconds=0) for each in record.criteria)
    return replace(record, started="", seconds=0, criteria=criteria)


def test_a_models_tests_are_on_one_worker(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(suite.path / "bert")
    suite.makeconftest(MODELS)
    suite.makepyfile(test_shops=SHOPS, test_tweets=TWEETS)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    fresh = ("--accept-cache", "off")
    alone = suite.runpytest("-n", "0", "--accept-report", "json:alone.json", *fresh)
    (suite.path / "noted.txt").unlink()
    together = suite.runpytest_subprocess(
        "-n", "2", "--accept-report", "json:two.json", "--accept-report", "markdown:two.md", *fresh
    )
    for result in (alone, together):
        result.assert_outcomes(passed=25)
    # Of two models, each is in one process; ordinary tests are wherever there is room.
    homes = [workers_of(suite, "test_new"), workers_of(suite, "test_old")]
    assert all(len(each) == 1 for each in homes)
    assert homes[0] != homes[1]
    assert workers_of(suite, "test_positive") == homes[0]
    assert Counter(name for _, name in noted(suite, "loaded")) == {"new": 1, "old": 1}
    assert Counter(nodeid for _, nodeid in noted(suite, "ran")).most_common(1)[0][1] == 1
    assert sum(int(count) for _, count in noted(suite, "asked")) == 400
    # One summary, and the Record of one process: a fixture that both set up has judged once, and
    # the floats of a real model are the same.
    assert together.stdout.str().count("acceptance: 6 criteria, 6 accepted") == 1
    assert timeless(read_record(suite.path / "two.json")) == timeless(
        read_record(suite.path / "alone.json")
    )
    assert "6 criteria" in (suite.path / "two.md").read_text()


LIGHT = (
    WITNESS
    + """
@pytest.fixture(scope="session")
def load_model():  # of no weight, since only its name decides who runs what
    return note

@pytest.fixture(scope="session")
def model(load_model):
    load_model("loaded", "new")

@pytest.fixture(scope="session")
def old(load_model):
    load_model("loaded", "old")

@pytest.fixture(autouse=True)
def _shared_by():
    note("sharers", os.environ.get("PYTEST_ACCEPT_SHARERS"))
"""
)

PAIR = """
def test_new(model): pass
def test_both(model, old): pass
def test_old(old): pass
"""


def test_one_group_is_one_worker_with_all_cores(suite: pytest.Pytester) -> None:
    suite.makeconftest(LIGHT)
    suite.makepyfile(test_a=PAIR, test_b=PAIR)
    suite.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
    assert len({worker for worker, _ in noted(suite, "ran")}) == 1
    assert {said for _, said in noted(suite, "sharers")} == {"1"}
    assert Counter(name for _, name in noted(suite, "loaded")) == {"new": 1, "old": 1}


@pytest.mark.parametrize("dist", ["loadfile", "loadgroup"])
def test_another_distribution_is_respected(suite: pytest.Pytester, dist: str) -> None:
    suite.makeconftest(LIGHT)
    suite.makepyfile(test_a=PAIR, test_b=PAIR)
    suite.runpytest_subprocess("-n", "2", "--dist", dist).assert_outcomes(passed=6)
    ran = noted(suite, "ran")
    assert len({worker for worker, _ in ran}) == 2
    assert {said for _, said in noted(suite, "sharers")} == {"None"}
    if dist == "loadfile":
        files = {(worker, nodeid.partition("::")[0]) for worker, nodeid in ran}
        assert len(files) == 2


def test_a_scheduler_of_the_project_is_respected(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        LIGHT
        + """
from xdist.scheduler import LoadFileScheduling

def pytest_xdist_make_scheduler(config, log):
    return LoadFileScheduling(config, log)
"""
    )
    suite.makepyfile(test_a=PAIR, test_b=PAIR)
    suite.runpytest_subprocess("-n", "2").assert_outcomes(passed=6)
    assert len({(worker, test.partition("::")[0]) for worker, test in noted(suite, "ran")}) == 2
    assert {said for _, said in noted(suite, "sharers")} == {"None"}


def test_a_suite_without_acceptance_tests_is_left_to_xdist(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        WITNESS
        + """
import sys

def pytest_sessionfinish():
    note("imported", *[name for name in sys.modules if name.startswith("pytest_accept.")])
"""
    )
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(12))
        def test_ordinary(number):
            pass
        """
    )
    result = suite.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=12)
    assert "criteri" not in result.stdout.str()
    assert len({worker for worker, _ in noted(suite, "ran")}) == 2
    assert {worker for worker, *_ in noted(suite, "imported")} == {"alone", "gw0", "gw1"}
    light = {"plugin", "markers", "options", "fixtures", "errors", "records", "explanation"}
    light |= {"marked_text", "settings", "workers", "workers.groups", "workers.scheduling"}
    for _, *names in noted(suite, "imported"):
        assert {name.removeprefix("pytest_accept.") for name in names} <= light


def test_a_crash_is_said_and_loses_one_test(suite: pytest.Pytester) -> None:
    suite.makeconftest(MODELS)
    suite.makepyfile(
        """
        import os
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_before(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)

        def test_crashes(model, reviews):
            assert_accuracy_above(model, reviews, 0.8)
            os._exit(3)

        def test_after(model, reviews):
            assert_accuracy_above(model, reviews, 0.7)
        """
    )
    reports = ("--accept-report", "json:run.json", "--accept-report", "markdown:run.md")
    result = suite.runpytest_subprocess("-n", "2", *reports)
    result.assert_outcomes(passed=2, failed=1)
    crashed = "test_a_crash_is_said_and_loses_one_test.py::test_crashes"
    result.stdout.fnmatch_lines([f"not judged, the test failed otherwise: {crashed}"])
    record = read_record(suite.path / "run.json")
    assert [each.test.partition("::")[2] for each in record.criteria] == [
        "test_before",
        "test_after",
    ]
    assert record.not_judged == (crashed,)
    assert record.notes == ()
    assert len(workers_of(suite, "test_crashes")) == 1  # it is not tried again
    assert Counter(name for _, name in noted(suite, "loaded")) == {"new": 2}
    assert "Yes" not in (suite.path / "run.md").read_text()
    # Without another worker the rest is lost, and the report says so.
    result = suite.runpytest_subprocess("-n", "1", "--max-worker-restart", "0", *reports)
    result.assert_outcomes(passed=1, failed=1)
    said = "1 acceptance test did not run to the end: the answer is of the rest of the suite"
    result.stdout.fnmatch_lines([f"note: {said}"])
    record = read_record(suite.path / "run.json")
    assert record.not_judged == (crashed,)
    assert record.notes == (said,)
