"""What became of criteria, and what else differs."""

from dataclasses import replace

import pytest

import pytest_accept as pa
from pytest_accept.comparison import Comparison, compare
from pytest_accept.records import Environment, Record
from tests.comparison.made import judged, plain


def compared(*records: Record) -> Comparison:
    return compare([(f"run{place}.json", record) for place, record in enumerate(records)])


def test_changed_verdicts_come_first_the_worse_before_the_better() -> None:
    old = plain(
        judged(0.9, metric="same"),
        judged(0.7, metric="up"),
        judged(0.9, metric="down"),
        judged(0.9, metric="gone"),
    )
    new = plain(
        judged(0.91, metric="same"),
        judged(0.9, metric="up"),
        judged(0.79, metric="down"),
        judged(0.9, metric="new"),
    )
    found = compared(old, new)
    assert [(each.name, each.overall.fate) for each in found.lines] == [
        ("down", "worse"),
        ("gone", "gone"),
        ("up", "better"),
        ("new", "new"),
        ("same", "same"),
    ]
    assert [each.name for each in found.got_worse] == ["down", "gone"]
    assert found.lines[0].overall.difference == pytest.approx(-0.11)
    assert (found.runs[0].accepted, found.runs[1].inconclusive) == (3, 1)


def test_a_bar_that_was_moved_says_what_the_old_one_would_make_of_it() -> None:
    found = compared(plain(judged(0.85, bar=0.8)), plain(judged(0.78, bar=0.7))).lines[0]
    assert found.overall.fate == "same"
    assert found.overall.by_old_bar == "inconclusive"
    assert found.overall.notes[0] == "the bar was moved from 0.8 to 0.7, which is easier to meet"


def test_other_data_other_sizes_and_the_same_model_are_said() -> None:
    found = compared(plain(judged(0.9)), plain(judged(0.9, n=2000), data="beef"))
    assert "The data 'reviews' are not the same in all runs" in found.notes[0]
    assert found.notes[1] == "All runs judged the same models, to the last bit."
    assert found.lines[0].overall.notes == (
        "the data are not the same: their difference is not one of the models alone",
        "both runs judged the same model",
        "n went from 1,000 to 2,000",
    )


def test_what_else_differs_is_listed() -> None:
    here = Environment(python="3.11.1", platform="linux", versions={"torch": "2.1"})
    there = replace(here, versions={"torch": "2.2"})
    old = plain(judged(0.9), environment=here, not_judged=("test_it.py::test_broken",))
    new = plain(judged(0.9), models=("new",), environment=there, settings={"seed": 1})
    found = {each.name: each.values for each in compared(old, new).differences}
    assert found["model: source"] == ("runs/old", "runs/new")
    assert found["model: fingerprint"] == ("print of old", "print of new")
    assert found["torch"] == ("2.1", "2.2")
    assert found["seed"] == ("0", "1")
    assert found["test_it.py::test_broken"] == ("not judged", "—")
    assert "python" not in found


def test_without_predictions_nothing_is_claimed() -> None:
    change = compared(plain(judged(0.9)), plain(judged(0.5), models=("new",))).lines[0].overall
    assert change.fate == "worse"
    assert change.paired is None
    assert change.unpaired == "--accept-keep-predictions was not given"


def test_three_runs_have_each_step_and_the_whole() -> None:
    line = compared(*(plain(judged(each)) for each in (0.9, 0.7, 0.85))).lines[0]
    assert [each.fate for each in line.steps] == ["worse", "better"]
    assert line.overall.fate == "same"
    assert line.overall.difference == pytest.approx(-0.05)
    assert [each.status for each in line.standings if each] == ["accepted", "rejected", "accepted"]


def test_one_run_is_no_comparison() -> None:
    with pytest.raises(pa.SettingError, match="two records or more"):
        compared(plain(judged(0.9)))


def test_what_a_failing_assertion_came_before_is_not_judged() -> None:
    failed = replace(judged(0.5), outcome="failed")
    found = compared(plain(failed), plain(judged(0.9), judged(0.9, metric="f1")))
    fresh = next(each for each in found.lines if each.name == "f1")
    assert fresh.notes == ("not judged in the first run, where its test failed before",)
    found = compared(plain(judged(0.9, metric="f1")), plain(not_judged=("test_it.py::test_it",)))
    assert found.got_worse[0].notes == ("not judged in the last run, where its test failed before",)


def test_the_same_model_on_the_same_data_has_nothing_to_estimate() -> None:
    one = plain(judged(0.9))
    change = compared(one, one).lines[0].overall
    assert (change.paired, change.difference) == (None, 0.0)
    assert change.unpaired == "both runs judged the same model on the same data"
    half = replace(one, models=(replace(one.models[0], dtype="float16"),))
    assert "keep-predictions" in compared(one, half).lines[0].overall.unpaired
