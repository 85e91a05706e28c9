"""`--accept-report json:FILE`: the Record of a run, written, read back, the same under xdist."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import DataError, Record, read_record
from tests.plugin import test_behaviours, test_summary

SUITE = """
    from pytest_accept import assert_accuracy_above, assert_expected_calibration_error_below

    def test_all(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)

    def test_tweets(model, reviews):
        assert_accuracy_above(model, reviews, 0.97, where={"source": "tweets"})

    def test_calibrated(model, reviews):
        assert_expected_calibration_error_below(model, reviews, 0.5)
"""


def timeless(record: Record) -> Record:
    criteria = tuple(replace(criterion, seconds=0) for criterion in record.criteria)
    return replace(record, started="", seconds=0, criteria=criteria)


def test_it_holds_what_was_judged_on_what_and_where(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_words=SUITE)
    result = suite.runpytest("--accept-report", "json:out/record.json", "--accept-seed", "3")
    result.stdout.fnmatch_lines(["acceptance report written: json:out/record.json"])
    record = read_record(suite.path / "out" / "record.json")
    assert [criterion.test for criterion in record.criteria] == [
        "test_words.py::test_all",
        "test_words.py::test_tweets",
        "test_words.py::test_calibrated",
    ]
    first, second, _ = record.criteria
    assert (first.verdict.status, second.verdict.status) == ("accepted", "rejected")
    assert second.verdict.population == "reviews[source=tweets]"
    shown = second.verdict.evidence[0].examples[0]
    assert (shown.predicted, shown.expected, shown.origin) == ("pos", "neg", "reviews.csv row 304")
    (model,), (data,) = record.models, record.data
    assert (model.name, model.labels, model.fingerprint) == ("words", ("neg", "pos"), None)
    assert (data.name, data.n, data.source) == ("reviews", 400, "reviews.csv")
    assert data.fingerprint
    assert record.settings["seed"] == 3
    assert record.environment is not None
    assert {"torch", "transformers", "numpy"} <= set(record.environment.versions)


def test_reading_gives_back_what_was_written(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    suite.runpytest("--accept-report", "json:one.json")
    record = read_record("one.json")
    from pytest_accept.reports.json import write

    write(record, Path("two.json"))
    assert read_record("two.json") == record
    assert Path("one.json").read_text() == Path("two.json").read_text()
    assert json.loads(Path("one.json").read_text())["schema_version"] == 1


def summary(result: pytest.RunResult) -> list[str]:
    text = result.stdout.str()
    start = text.index("acceptance: ")
    lines = text[start:].splitlines()
    ends = [
        i for i, line in enumerate(lines) if line.startswith("===") or "short test summ" in line
    ]
    return [re.sub("=+", "=", line) for line in lines[: ends[0]]]


@pytest.mark.slow
def test_two_workers_write_the_same_record_and_summary(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_words=SUITE, test_summary=test_summary.SUITE, test_behaviours=test_behaviours.SUITE
    )
    alone = suite.runpytest("--accept-report", "json:record.json")
    record = read_record("record.json")
    together = suite.runpytest("--accept-report", "json:record.json", "-n", "2")
    together.assert_outcomes(passed=8, failed=3)
    assert len(record.criteria) == 11
    assert timeless(read_record("record.json")) == timeless(record)
    assert summary(together) == summary(alone)
    together.stdout.fnmatch_lines(["Vocabulary * 1 of 2 accepted, worst 0.750 *"])


def test_another_order_of_tests_gives_the_same_verdicts(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    suite.runpytest("--accept-report", "json:forward.json")
    suite.makeconftest(
        (suite.path / "conftest.py").read_text()
        + "\ndef pytest_collection_modifyitems(items):\n    items.reverse()\n"
    )
    suite.runpytest("--accept-report", "json:backward.json")
    forward, backward = read_record("forward.json"), read_record("backward.json")
    verdicts = [criterion.verdict for criterion in forward.criteria]
    assert verdicts == [criterion.verdict for criterion in reversed(backward.criteria)]


def test_a_report_that_cannot_be_written_says_so_and_changes_no_outcome(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(SUITE.replace("0.97", "0.8"))
    (suite.path / "taken").mkdir()
    result = suite.runpytest("--accept-report", "json:taken", "--accept-report", "json:fine.json")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "acceptance report NOT written: json:taken: *Error*",
            "acceptance report written: json:fine.json",
        ]
    )
    assert not list(suite.path.glob(".taken*")), "no temporary file is left"


def test_it_is_written_without_a_terminal_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    suite.runpytest("-p", "no:terminal", "--accept-report", "json:record.json")
    record = read_record("record.json")
    assert (len(record.criteria), record.exit_status) == (3, 1)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    for content, said in (
        ('{"schema_version": 99}', "schema version 99"),
        ("{}", "not a Record"),
        ("not json", "not a Record"),
        ('{"schema_version": 1, "started": 5}', "not a Record"),
    ):
        path = tmp_path / "record.json"
        path.write_text(content)
        with pytest.raises(DataError, match=said):
            read_record(path)
    with pytest.raises(DataError, match="There is no file"):
        read_record(tmp_path / "missing.json")


def test_no_absolute_path_is_kept(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pathlib import Path
        from pytest_accept import assert_accuracy_above

        def test_all(model, load_data):
            assert_accuracy_above(model, load_data(Path("reviews.csv").resolve()), 0.9)
        """
    )
    suite.runpytest("--accept-report", "json:record.json").assert_outcomes(passed=1)
    assert str(suite.path) not in Path("record.json").read_text()
