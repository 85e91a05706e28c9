"""`--accept-sequential`: a run asks for no more than its criteria need, and says what they are."""

import json
import re

import pytest

from pytest_accept.__main__ import main

CONFTEST = """
import pytest

READ = []

def predict(texts):
    READ.extend(texts)
    return [[0.1, 0.9] if text.startswith("good") else [0.9, 0.1] for text in texts]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data([
        {"text": f"{'good' if i % 2 else 'bad'} film {i}",
         "label": "pos" if (i % 2 == 1) != (i % 10 == 3) else "neg",
         "source": "tweets" if i % 3 else "shops"}
        for i in range(2000)
    ], name="reviews")

def pytest_terminal_summary(terminalreporter):
    terminalreporter.line(f"texts read: {len(READ)}, of them different: {len(set(READ))}")
"""

SUITE = """
import pytest
from pytest_accept import assert_accuracy_above, assert_brier_score_below, assert_f1_above

def test_one(model, reviews):
    assert_accuracy_above(model, reviews, 0.8)

def test_other(model, reviews):
    assert_brier_score_below(model, reviews, 0.4)
    assert_accuracy_above(model, reviews, 0.7, where={"source": "tweets"})
"""


@pytest.fixture
def early(suite: pytest.Pytester) -> pytest.Pytester:
    """Return a suite whose model is right of 9 in 10 of 2,000 reviews, and counts what it reads."""
    suite.makeconftest(CONFTEST)
    suite.makepyfile(SUITE)
    return suite


def read(result: pytest.RunResult) -> int:
    """Return how many texts the model read."""
    found = re.search(r"texts read: (\d+), of them different: (\d+)", result.stdout.str())
    assert found
    assert found[1] == found[2]
    return int(found[1])


def asked(path) -> list[int]:
    """Return how many examples each criterion of a Record asked for."""
    record = json.loads(path.read_text())
    notes = [each["verdict"]["estimate"]["notes"][0] for each in record["criteria"]]
    return [int(re.findall(r"\((\d+) were asked|$", note)[0] or note.split()[2]) for note in notes]


def test_a_run_asks_for_what_the_criteria_need_together(early: pytest.Pytester) -> None:
    result = early.runpytest("--accept-sequential", "--accept-report", "json:record.json")
    result.assert_outcomes(passed=2)
    first, second, of_tweets = asked(early.path / "record.json")
    assert max(first, second) <= read(result) <= max(first, second, of_tweets * 2) < 1000
    result.stdout.fnmatch_lines(
        ["3 criteria were judged sequentially, about further examples like these: n is how many*"]
    )
    result.stdout.no_fnmatch_line("note: *in a random order*")
    record = json.loads((early.path / "record.json").read_text())
    assert record["settings"]["sequential"] == "population"
    for criterion in record["criteria"]:
        assert "in a random order" in criterion["verdict"]["estimate"]["notes"][0]


def test_the_maximum_is_read_and_not_the_sum(early: pytest.Pytester) -> None:
    early.makepyfile(
        """
        from pytest_accept import assert_accuracy_above, assert_accuracy_below

        def test_them(model, reviews):
            for bar in (0.7, 0.8, 0.82, 0.85):
                assert_accuracy_above(model, reviews, bar)
            assert_accuracy_below(model, reviews, 0.96)
        """
    )
    result = early.runpytest("--accept-sequential=data", "--accept-report", "json:record.json")
    result.assert_outcomes(passed=1)
    assert read(result) == max(asked(early.path / "record.json")) < 2000
    result.stdout.fnmatch_lines(
        ["5 criteria were judged sequentially, about exactly the examples*"]
    )


def test_what_stays_open_is_in_the_record(early: pytest.Pytester) -> None:
    early.makepyfile(
        """
        from pytest_accept import assert_accuracy_above, assert_brier_score_below

        def test_open(model, reviews):
            assert_accuracy_above(model, reviews, 0.895)

        def test_other(model, reviews):
            assert_brier_score_below(model, reviews, 0.095)
        """
    )
    result = early.runpytest("--accept-sequential", "--accept-report", "json:record.json")
    result.assert_outcomes(failed=2)
    record = json.loads((early.path / "record.json").read_text())
    for criterion in record["criteria"]:
        verdict = criterion["verdict"]
        assert verdict["status"] == "inconclusive"
        assert verdict["estimate"]["n"] == 2000
        assert verdict["needed_n"] > 2000
        assert verdict["smallest_shown"] is not None


def test_without_it_all_are_read(early: pytest.Pytester) -> None:
    result = early.runpytest()
    result.assert_outcomes(passed=2)
    assert read(result) == 2000
    result.stdout.no_fnmatch_line("*sequentially*")


def test_thresholds_say_it_for_themselves(early: pytest.Pytester) -> None:
    early.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(accuracy_above=0.8, brier_score_below=0.4, sequential="data")
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = early.runpytest()
    result.assert_outcomes(passed=1)
    assert read(result) < 1000
    result.stdout.fnmatch_lines(
        ["2 criteria were judged sequentially, about exactly the examples*"]
    )


def test_a_marker_that_says_nothing_known_stops_the_run(early: pytest.Pytester) -> None:
    early.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(accuracy_above=0.8, sequential="soon")
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = early.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*Expected `sequential` to be True, False, 'population' or*"])


def test_tests_named_behind_the_option_get_a_hint(early: pytest.Pytester) -> None:
    result = early.runpytest("--accept-sequential", "test_it.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*name them before the option: pytest test_it.py --accept-seq*"])


def test_a_plan_says_that_it_is_at_most_so_many(early: pytest.Pytester) -> None:
    result = early.runpytest("--accept-sequential", "--accept-plan", "-q")
    assert read(result) == 0
    result.stdout.fnmatch_lines(
        ["3 criteria are sequential: at most so many predictions, and none once decided"]
    )
    at_once = early.runpytest("--accept-plan")
    at_once.stdout.no_fnmatch_line("*sequential*")

    def accepted_from(run: pytest.RunResult) -> float:
        line = next(each for each in run.outlines if each.startswith("accuracy"))
        return float(re.findall(r">= (0\.\d+)", line)[1])

    assert 0.8 < accepted_from(at_once) < accepted_from(result) < 0.9


def test_what_was_asked_can_be_replayed(early: pytest.Pytester) -> None:
    recorded = early.runpytest(
        "--accept-sequential", "--accept-keep-predictions", "--accept-report", "json:one.json"
    )
    recorded.assert_outcomes(passed=2)
    replayed = early.runpytest(
        "--accept-sequential", "--accept-replay", "one.json", "--accept-report", "json:two.json"
    )
    replayed.assert_outcomes(passed=2)
    assert read(replayed) == 0
    assert asked(early.path / "one.json") == asked(early.path / "two.json")
    # Another question may need what was never asked: that is an error and no guess.
    refused = early.runpytest("--accept-replay", "one.json")
    refused.assert_outcomes(failed=2)
    refused.stdout.fnmatch_lines(["*ReplayError*"])


def test_a_comparison_pairs_nothing_that_stopped_early(
    early: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = ("--accept-sequential", "--accept-keep-predictions")
    early.runpytest(*kept, "--accept-report", "json:one.json").assert_outcomes(passed=2)
    early.makeconftest(CONFTEST.replace("0.1, 0.9] if", "0.2, 0.8] if"))
    early.runpytest(*kept, "--accept-report", "json:two.json").assert_outcomes(passed=2)
    record = json.loads((early.path / "one.json").read_text())
    assert [each["each"] for each in record["criteria"]] == [None] * 3
    folder = early.path
    assert main(["compare", str(folder / "one.json"), str(folder / "two.json")]) == 0
    assert "how many examples it took depended on what they were" in capsys.readouterr().out
