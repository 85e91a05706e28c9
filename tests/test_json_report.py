"""A Record as JSON: numbers that JSON has no words for, and files that are none or damaged."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import DataError
from pytest_accept.records import Criterion, Estimate, Training, TrainingStep
from pytest_accept.reports.json import read_record, write
from tests.reports.small_records import criterion as small_criterion
from tests.reports.small_records import record as small_record


def test_a_bound_that_is_not_there_survives(tmp_path: Path) -> None:
    estimate = Estimate(
        metric="perplexity", value=30.0, low=1.0, high=math.inf, confidence=0.95, n=3,
        method="test", higher_is_better=False,
    )  # fmt: skip
    verdict = estimate <= 20.0
    criterion = Criterion(
        test="test_it", outcome="failed", verdict=verdict, model=0, data=0, seconds=1.0
    )
    step = TrainingStep(step=1, epoch=0.5, loss=math.nan, learning_rate=1e-4)
    training = Training(name="probe", seed=0, base="tiny", steps=(step,), seconds=1.0)
    record = small_record(criteria=(criterion,), trainings=(training,))
    write(record, tmp_path / "record.json")
    found = read_record(tmp_path / "record.json")
    assert found.criteria == record.criteria
    assert math.isnan(found.trainings[0].steps[0].loss)


@pytest.mark.parametrize(("name", "place"), [("model", 1), ("model", -1), ("data", 1)])
def test_a_criterion_of_what_is_not_there_is_damage(tmp_path: Path, name: str, place: int) -> None:
    written = replace(small_criterion("accepted"), **{name: place})
    write(small_record(written), tmp_path / "record.json")
    with pytest.raises(DataError, match=r"record\.json is damaged: .* of a model or data that it"):
        read_record(tmp_path / "record.json")


@pytest.mark.parametrize("nested", ["[" * 100_000 + "]" * 100_000, '{"a":' * 5_000 + "1"])
def test_what_is_nested_too_deep_is_no_record(tmp_path: Path, nested: str) -> None:
    (tmp_path / "record.json").write_text(f'{{"schema_version": 1, "settings": {nested}')
    with pytest.raises(DataError, match="not a Record"):
        read_record(tmp_path / "record.json")
