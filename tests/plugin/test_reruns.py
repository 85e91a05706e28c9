"""Tests that are run again, or stopped by the clock: what counts, and what is not asked twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept import read_record

CONFTEST = """
import time
import pytest

SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}
ATTEMPTS = {}

def attempt(name):
    ATTEMPTS[name] = ATTEMPTS.get(name, 0) + 1
    return ATTEMPTS[name]

def note(line):
    with open("noted.txt", "a") as file:
        file.write(f"{line}\\n")

def words(texts):
    for text in texts:
        note(text)
    return [[1 - p, p] for p in (SURE[text.split()[0]] for text in texts)]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(words, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""


def asked(suite: pytest.Pytester) -> list[str]:
    """Return all texts that the model was asked for, as often as it was."""
    return Path(suite.path, "noted.txt").read_text().splitlines()


def test_the_last_run_of_a_test_counts(suite: pytest.Pytester) -> None:
    suite.makeconftest(CONFTEST)
    suite.makepyfile(
        """
        import pytest
        from conftest import attempt
        from pytest_accept import assert_accuracy_above, assert_recall_above

        pytestmark = pytest.mark.acceptance

        @pytest.fixture(scope="module")
        def sound(model, reviews):
            assert_accuracy_above(model, reviews, 0.5)

        @pytest.fixture
        def shops(model, reviews):
            bar = 0.97 if attempt("shops") > 1 else 0.999
            assert_accuracy_above(model, reviews, bar, where={"source": "shops"})

        def test_breaks_twice(sound, model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
            assert attempt("breaks") > 2

        def test_misses_once(model, reviews):
            bar = 0.9 if attempt("misses") > 1 else 0.999
            assert_recall_above(model, reviews, bar, label="pos")

        def test_misses_always(model, reviews):
            assert_accuracy_above(model, reviews, 0.999)

        def test_setup_misses_once(shops):
            pass

        def test_comes_last(model, reviews):
            assert_recall_above(model, reviews, 0.95, label="pos")
            assert attempt("last") > 2
        """
    )
    result = suite.runpytest("--reruns", "2", "--accept-report", "json:record.json")
    assert result.parseoutcomes() == {"passed": 4, "failed": 1, "rerun": 8}
    record = read_record("record.json")
    judged = [
        (each.test.partition("::")[2], each.verdict.estimate.metric, each.verdict.bar)
        for each in record.criteria
    ]
    assert judged == [
        ("test_breaks_twice", "accuracy", 0.5),  # of a fixture that is not set up again
        ("test_breaks_twice", "accuracy", 0.9),
        ("test_misses_once", "recall", 0.9),
        ("test_misses_always", "accuracy", 0.999),
        ("test_setup_misses_once", "accuracy", 0.97),
        ("test_comes_last", "recall", 0.95),
    ]
    assert record.not_judged == ()
    assert record.notes == ()
    assert (
        len(asked(suite)) == 400
    )  # even though session fixtures end with the last test, and begin


def test_a_shared_fixture_may_be_what_imports_us(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        CONFTEST
        + """
@pytest.fixture(scope="session")
def sound(model, reviews):
    import pytest_accept

    pytest_accept.assert_accuracy_above(model, reviews, 0.1, point=True)
"""
    )
    suite.makepyfile(
        """
        from conftest import attempt

        def test_breaks_once(sound):
            assert attempt("once") > 1
        """
    )
    result = suite.runpytest_subprocess("--reruns", "1", "--accept-report", "json:accept.json")
    result.assert_outcomes(passed=1)
    assert len(read_record(suite.path / "accept.json").criteria) == 1


def test_what_the_clock_stops_goes_on_from_there(suite: pytest.Pytester) -> None:
    stuck = """
    if attempt("called") == 6:
        time.sleep(60)
    for text in texts:"""
    suite.makeconftest(CONFTEST.replace("\n    for text in texts:", stuck))
    suite.makepyfile(
        """
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_first(model, reviews):
            assert_accuracy_above(model, reviews, 0.8, where={"source": "tweets"})
            assert_accuracy_above(model, reviews, 0.9)

        def test_second(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
        """
    )
    options = ("--timeout", "3", "--timeout-method", "signal", "--accept-report", "json:r.json")
    result = suite.runpytest(*options)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["E*Failed: Timeout (>3*s) from pytest-timeout.", "not judged, the test failed otherwise:*"]
    )
    assert len(asked(suite)) == len(set(asked(suite))) == 400
    record = read_record("r.json")
    assert [each.test.partition("::")[2] for each in record.criteria] == [
        "test_first",
        "test_second",
    ]
    assert len(record.not_judged) == 1


@pytest.mark.slow
def test_with_workers_a_crash_and_the_clock(suite: pytest.Pytester) -> None:
    suite.makeconftest(CONFTEST)
    suite.makepyfile(
        """
        import os
        import time
        from pathlib import Path
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_crashes_once(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
            if not Path("crashed").exists():
                Path("crashed").touch()
                os._exit(3)

        def test_after(model, reviews):
            assert_accuracy_above(model, reviews, 0.8)

        @pytest.mark.flaky(reruns=0)
        @pytest.mark.timeout(2, method="thread")
        def test_hangs(model, reviews):
            time.sleep(60)
        """
    )
    result = suite.runpytest_subprocess(
        "-n", "2", "--reruns", "1", "--accept-report", "json:record.json"
    )
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"], outcomes["rerun"]) == (2, 1, 1)
    record = read_record(suite.path / "record.json")
    assert [each.verdict.bar for each in record.criteria] == [0.9, 0.8]
    assert [test.partition("::")[2] for test in record.not_judged] == ["test_hangs"]
    assert record.notes == ()
