"""pytest's own `--junitxml` gets suite-level properties, and stays valid."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pytest_accept.junit_properties import JunitProperties
from tests.plugin.test_github_actions import SUITE
from tests.reports.small_records import criterion, record
from tests.reports.test_junit import schema

TWEETS = "accept.criterion[test_words.py::test_tweets: accuracy on reviews[source=tweets]]"


def found(path: str) -> dict[str, str]:
    (suite,) = ET.parse(path).getroot()
    assert not [each for case in suite.iter("testcase") for each in case.iter("property")]
    assert all(case.find("properties") is None for case in suite.iter("testcase"))
    return {str(each.get("name")): str(each.get("value")) for each in suite.iter("property")}


@pytest.mark.parametrize("family", ["xunit2", "xunit1"])
def test_the_suite_has_what_was_judged(family: str, suite: pytest.Pytester) -> None:
    suite.makepyfile(test_words=SUITE)
    suite.runpytest("--junitxml=junit.xml", "-o", f"junit_family={family}", "-q")
    schema(family).validate("junit.xml")
    said = found("junit.xml")
    counts = {name: said[f"accept.{name}"] for name in ("accepted", "rejected", "inconclusive")}
    assert counts == {"accepted": "1", "rejected": "1", "inconclusive": "1"}
    assert (said["accept.confidence"], said["accept.model.1.name"]) == ("0.95", "words")
    assert said["accept.data.1.fingerprint"]
    assert (said[f"{TWEETS}.status"], said[f"{TWEETS}.value"]) == ("rejected", "0.92")


def test_control_characters_leave_it_well_formed(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        r"""
        from pytest_accept import assert_accuracy_above

        def test_hostile(load_model, load_data):
            rows = [{"text": f"\x00\x1b {i}", "label": "n\x08g"} for i in range(60)]
            model = load_model(lambda texts: [[1, 0]] * len(texts), labels=["n\x08g", "pos"])
            assert_accuracy_above(model, load_data(rows, name="a\x1b<&]]>\x0bb"), 0.9)
        """
    )
    suite.runpytest("--junitxml=junit.xml", "--accept-report=junit:ours.xml")
    for path in ("junit.xml", "ours.xml"):
        schema().validate(path)
        assert "a\\u001b<&]]>\\u000bb" in found(path)["accept.data.1.name"]


def test_without_criteria_it_is_as_ever(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_plain():\n    pass\n")
    suite.runpytest("--junitxml=junit.xml").assert_outcomes(passed=1)
    assert "<properties>" not in Path("junit.xml").read_text()


def test_another_pytest_than_we_know_costs_the_properties_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    plugin = JunitProperties(lambda _: record(criterion()), said.append)
    session = SimpleNamespace(config=SimpleNamespace(stash={}))
    plugin.pytest_sessionfinish(cast(pytest.Session, session))
    monkeypatch.setitem(sys.modules, "_pytest.junitxml", None)
    plugin.pytest_sessionfinish(cast(pytest.Session, session))
    assert [line.split(":")[:2] for line in said] == [
        ["junit properties NOT written", " KeyError"],
        ["junit properties NOT written", " RuntimeError"],
    ]


@pytest.mark.slow
def test_a_worker_leaves_it_the_same_and_github_is_told_once(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_words=SUITE)
    suite.runpytest("--junitxml=one.xml")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(suite.path / "summary.md"))
    result = suite.runpytest("--junitxml=two.xml", "-n", "1")
    schema().validate("two.xml")
    assert found("one.xml") == found("two.xml")
    assert Path("summary.md").read_text(encoding="utf-8").count("## May we ship?") == 1
    assert result.stdout.str().count("::error file=") == 1
