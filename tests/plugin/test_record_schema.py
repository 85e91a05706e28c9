"""What real runs write holds to the published schema."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "docs" / "record.schema.json"


def test_the_record_of_a_run_is_valid(suite: pytest.Pytester) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    suite.makepyfile("""
        from pytest_accept import (
            accuracy, assert_accuracy_above, assert_group_gap_below, assert_roc_auc_above,
            assert_expected_calibration_error_below,
        )

        def test_quality(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
            assert_roc_auc_above(model, reviews, 0.9)

        def test_too_much(model, reviews):
            assert_accuracy_above(model, reviews, 0.97, where={"source": "tweets"})

        def test_open(model, reviews):
            assert_group_gap_below(model, reviews, 0.05, metric=accuracy, group="source")

        def test_calibrated(model, reviews):
            assert_expected_calibration_error_below(model, reviews, 0.5)
    """)
    result = suite.runpytest("--accept-report", "json:record.json")
    result.assert_outcomes(passed=2, failed=2)
    record = json.loads(Path("record.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(record)
    assert len(record["criteria"]) == 5
    figures = [each["verdict"]["figures"] for each in record["criteria"]]
    assert figures[0]["confusion"]["counts"] == [[196, 8], [0, 196]]
    assert len(figures[1]["curve"]["thresholds"]) == 5
    assert figures[3] is None
    assert sum(each["n"] for each in figures[4]["reliability"]) == 400
