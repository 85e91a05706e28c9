"""The suite of recipes: accepted, trained once, and everything kept for the second run."""

from pathlib import Path

import pytest

from pytest_accept import read_record
from tests.example_suites.running import make, run

# Without the criteria that train further models: from scratch, and on another task.
SOME = "already or recipe or collapse or probe"


@pytest.mark.slow
def test_recipes_are_accepted_and_trained_once(tmp_path: Path) -> None:
    make("sentiment", "get_data.py")
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    asked = ("-k", SOME, "--accept-cache-dir", str(tmp_path / "cache"))
    assert run("transfer", *asked, "--accept-report", f"json:{first}") == 0
    assert run("transfer", *asked, "--accept-report", f"json:{second}") == 0
    trained, again = read_record(first), read_record(second)
    assert {c.verdict.status for c in trained.criteria} == {"accepted"}
    metrics = {c.verdict.estimate.name.split("(")[0] for c in trained.criteria}
    assert metrics >= {"accuracy", "failed_run_rate", "transfer gain of accuracy"}
    assert [c.verdict.estimate.seeds for c in trained.criteria].count(3) >= 3
    assert len(trained.trainings) == len(again.trainings) == 4
    assert not any(each.cached for each in trained.trainings)
    assert all(each.cached for each in again.trainings)
    assert all(each.steps for each in trained.trainings if "probe" not in each.name)
    values = [[c.verdict.estimate.value for c in record.criteria] for record in (trained, again)]
    assert values[0] == pytest.approx(values[1], abs=2e-3)
