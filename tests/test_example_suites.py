"""The example suites as a user runs them, on real models."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_accept import Record, read_record

ROOT = Path(__file__).parent.parent
SENTIMENT = ROOT / "example_suites" / "sentiment"


@pytest.fixture(scope="module")
def sentiment() -> Path:
    """Return the folder of the sentiment suite, its data and models made if they are not there."""
    for script in ("get_data.py", "train.py"):
        subprocess.run([sys.executable, str(SENTIMENT / script)], check=True)
    return SENTIMENT


def run(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-m", "acceptance", str(SENTIMENT), *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def values(record: Record) -> dict[tuple[str, str], float]:
    return {
        (criterion.verdict.estimate.name, criterion.verdict.population): (
            criterion.verdict.estimate.value
        )
        for criterion in record.criteria
    }


@pytest.mark.slow
def test_the_trained_model_is_accepted_and_the_rushed_one_is_not(
    sentiment: Path, tmp_path: Path
) -> None:
    report = tmp_path / "final.json"
    assert run("--accept-report", f"json:{report}") == 0
    final = read_record(report)
    assert len(final.criteria) >= 10
    assert {criterion.verdict.status for criterion in final.criteria} == {"accepted"}
    assert final.models[0].fingerprint
    assert final.models[0].source == "example_suites/sentiment/runs/final"

    report = tmp_path / "rushed.json"
    rushed_model = str(sentiment / "runs" / "rushed")
    assert run("--accept-model", rushed_model, "--accept-report", f"json:{report}") == 1
    rushed = read_record(report)
    assert rushed.models[0].fingerprint != final.models[0].fingerprint
    statuses = [criterion.verdict.status for criterion in rushed.criteria]
    assert "rejected" in statuses
    whole = ("accuracy", "reviews[source=movies]")
    assert values(rushed)[whole] < values(final)[whole] - 0.02
    failed = [c.verdict for c in rushed.criteria if c.verdict.status != "accepted"]
    assert all(verdict.evidence for verdict in failed), "each shows why"


@pytest.mark.slow
def test_two_workers_judge_the_same(sentiment: Path, tmp_path: Path) -> None:
    records = []
    for name, arguments in (("alone", ()), ("together", ("-n", "2"))):
        report = tmp_path / f"{name}.json"
        assert run("--accept-report", f"json:{report}", *arguments) == 0
        records.append(read_record(report))
    alone, together = records
    assert [c.test for c in alone.criteria] == [c.test for c in together.criteria]
    assert [c.verdict.status for c in alone.criteria] == [
        c.verdict.status for c in together.criteria
    ]
    # The same text in another batch differs in the last digits of float32.
    assert values(together) == pytest.approx(values(alone), abs=1e-4)
    assert (alone.models, alone.data) == (together.models, together.data)
