"""A Record as JSON, with numbers that JSON has no words for."""

import math
from pathlib import Path

from pytest_accept.records import Criterion, Estimate, Record, Training, TrainingStep
from pytest_accept.reports.json import read_record, write


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
    record = Record(
        started="", seconds=1.0, exit_status=0, environment=None, settings={"seed": 0},
        criteria=(criterion,), trainings=(training,),
    )  # fmt: skip
    write(record, tmp_path / "record.json")
    found = read_record(tmp_path / "record.json")
    assert found.criteria == record.criteria
    assert math.isnan(found.trainings[0].steps[0].loss)
