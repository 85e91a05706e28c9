"""Ctrl-C in the middle of a prediction, in real processes: what was judged is reported, what was
predicted is kept.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from transformers import BertForSequenceClassification as Bert

from pytest_accept import Record, read_record
from tests.models import build

pytestmark = pytest.mark.slow


def interrupted(suite: pytest.Pytester, *arguments: str, marker: str) -> tuple[int, str]:
    """Run pytest, press Ctrl-C once the marker file is there, and return status and output."""
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(
        command,
        cwd=suite.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Who started us may have told us to ignore it, as `nohup` and job runners do.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        try:
            while not (suite.path / marker).exists():
                assert process.poll() is None, process.stdout and process.stdout.read()
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of the workers, too
            output, _ = process.communicate(timeout=120)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output


def timeless(record: Record) -> Record:
    criteria = tuple(replace(each, seconds=0) for each in record.criteria)
    return replace(record, started="", seconds=0, criteria=criteria)


WORDS = """
import time
from pathlib import Path
import pytest

SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

def words(texts):
    if any("hangs" in text for text in texts):
        Path("asked").touch()
        time.sleep(300)
    return [[1 - p, p] for p in (SURE[text.split()[0]] for text in texts)]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(words, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""

HANGS = """
import pytest
from pytest_accept import assert_accuracy_above, load_data

pytestmark = pytest.mark.acceptance

def test_before(model, reviews):
    assert_accuracy_above(model, reviews, 0.9)

def test_interrupted(model, reviews):
    assert_accuracy_above(model, reviews, 0.8)
    rows = [{"text": f"good {number} hangs", "label": "pos"} for number in range(200)]
    assert_accuracy_above(model, load_data(rows), 0.9)

def test_after(model, reviews):
    assert_accuracy_above(model, reviews, 0.7)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_was_judged_is_reported(suite: pytest.Pytester, workers: str) -> None:
    suite.makeconftest(WORDS)
    suite.makepyfile(test_words=HANGS)
    reports = ("--accept-report", "json:record.json", "--accept-report", "markdown:record.md")
    status, output = interrupted(suite, "-n", workers, *reports, marker="asked")
    assert status == pytest.ExitCode.INTERRUPTED, output
    assert "acceptance: 2 criteria, 2 accepted" in output
    assert "acceptance report written: markdown:record.md" in output
    assert "Traceback" not in output
    assert "INTERNALERROR" not in output
    record = read_record(suite.path / "record.json")
    judged = [(each.test.partition("::")[2], each.verdict.bar) for each in record.criteria]
    assert judged == [("test_before", 0.9), ("test_interrupted", 0.8)]
    said = "2 acceptance tests did not run to the end: the answer is of the rest of the suite"
    assert said in record.notes
    assert f"note: {said}" in output
    assert record.exit_status == pytest.ExitCode.INTERRUPTED
    assert "Yes" not in (suite.path / "record.md").read_text().splitlines()[0:10]


TORCH = """
import os
import time
from pathlib import Path
import pytest
from transformers import BertForSequenceClassification as Bert

READ = Path("read.txt")
forward = Bert.forward

def noted(self, *arguments, **options):
    before = READ.read_text().split() if READ.exists() else []
    if "STOP" in os.environ and any(int(each) > 10 for each in before):
        Path("asked").touch()
        time.sleep(300)
    answer = forward(self, *arguments, **options)
    with READ.open("a") as file:
        file.write(f"{len(answer.logits)} ")
    return answer

Bert.forward = noted

@pytest.fixture(scope="session")
def model(load_model):
    return load_model("model")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""


def test_what_was_predicted_is_kept_and_the_next_run_goes_on(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(suite.path / "model")
    suite.makeconftest(TORCH)
    suite.makepyfile(
        test_words="""
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_words(model, reviews):
            assert_accuracy_above(model, reviews, 0.0)
        """
    )
    home = {"HOME": str(suite.path), "XDG_CACHE_HOME": str(suite.path / "cache")}
    for name, value in {**home, "OMP_NUM_THREADS": "1", "STOP": "1"}.items():
        monkeypatch.setenv(name, value)
    status, output = interrupted(suite, "--accept-report", "json:stopped.json", marker="asked")
    assert status == pytest.ExitCode.INTERRUPTED, output
    assert "INTERNALERROR" not in output
    assert read_record(suite.path / "stopped.json").criteria == ()
    read = suite.path / "read.txt"
    before = [int(each) for each in read.read_text().split()]
    read.unlink()
    monkeypatch.delenv("STOP")
    monkeypatch.setattr(Bert, "forward", Bert.forward)  # undone after the suite has replaced it
    resumed = suite.runpytest("--accept-report", "json:resumed.json")
    resumed.assert_outcomes(passed=1)
    after = [int(each) for each in read.read_text().split()]
    said = re.search(r"predictions: (\d+) from the cache, (\d+) made", resumed.stdout.str())
    assert said is not None
    kept, made = map(int, said.groups())
    assert kept + made == 400
    # The engine may try out a few texts before it predicts.
    assert 10 < kept <= sum(before)
    assert made <= sum(after) < 400
    undisturbed = suite.runpytest("--accept-report", "json:cold.json", "--accept-cache", "off")
    undisturbed.assert_outcomes(passed=1)
    records = [read_record(suite.path / name) for name in ("resumed.json", "cold.json")]
    assert timeless(records[0]) == timeless(records[1])
