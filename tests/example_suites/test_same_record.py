"""However the answers of a real model came about, a suite's Record is the same but for times."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import Record, read_record
from pytest_accept.records import Criterion
from tests.example_suites.running import make, run

HERE = Path(__file__).parent
SUITE = ("-k", "test_tweets or test_complaints or test_amazon", "-p", "no:cacheprovider")
BATCHES = 4


def untimed(record: Record) -> Record:
    """Return a Record without what the clock says."""
    criteria = tuple(replace(each, seconds=0.0) for each in record.criteria)
    return replace(record, criteria=criteria, started="", seconds=0.0)


def judged(record: Record) -> list[tuple[object, ...]]:
    """Return what was judged of which examples, without numbers that batches move."""

    def of(criterion: Criterion) -> tuple[object, ...]:
        verdict = criterion.verdict
        texts = [[each.text for each in some.examples] for some in verdict.evidence]
        return criterion.test, verdict.status, verdict.estimate.name, verdict.estimate.n, texts

    return [of(each) for each in record.criteria]


def values(record: Record) -> list[float]:
    return [
        number
        for criterion in record.criteria
        for estimate in [criterion.verdict.estimate]
        for number in (estimate.value, estimate.low, estimate.high)
    ]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what runs of the sentiment suite leave."""
    make("sentiment", "get_data.py", "train.py")
    return tmp_path_factory.mktemp("same_record")


def of_run(runs: Path, name: str, *arguments: str, cache: str = "") -> Record:
    file = runs / f"{name}.json"
    kept = ("--accept-cache=use", "--accept-cache-dir", str(runs / (cache or name)))
    run("sentiment", *SUITE, *kept, "--accept-report", f"json:{file}", *arguments)
    return read_record(file)


@pytest.fixture(scope="module")
def cold(runs: Path) -> Record:
    return of_run(runs, "cold")


@pytest.mark.slow
def test_a_warm_run_is_the_same_to_the_last_bit(runs: Path, cold: Record) -> None:
    assert len(cold.criteria) >= 4
    assert cold.exit_status == 0
    # Whatever asked the model would be interrupted.
    arguments = ("-p", "tests.example_suites.interrupting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERRUPT_AFTER", "0")
        patch.setenv("PYTHONPATH", str(HERE.parent.parent))
        warm = of_run(runs, "warm", *arguments, cache="cold")
    assert untimed(warm) == untimed(cold)


@pytest.mark.slow
def test_an_interrupted_run_is_gone_on_with(runs: Path, cold: Record) -> None:
    arguments = ("-p", "tests.example_suites.interrupting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERRUPT_AFTER", str(BATCHES))
        patch.setenv("PYTHONPATH", str(HERE.parent.parent))
        broken = of_run(runs, "interrupted", *arguments)
    assert broken.exit_status == pytest.ExitCode.INTERRUPTED
    assert not broken.criteria
    assert list((runs / "interrupted").rglob("*.safetensors")), "what was predicted is kept"
    assert untimed(of_run(runs, "resumed", cache="interrupted")) == untimed(cold)


@pytest.mark.slow
@pytest.mark.parametrize("how", [("-n", "2"), ("--accept-backend", "ray")], ids=["workers", "ray"])
def test_elsewhere_only_last_digits_differ(how: tuple[str, str], runs: Path, cold: Record) -> None:
    # Other numbers of threads, or of texts in a batch, add up in another order.
    there = of_run(runs, how[0].strip("-"), *how)
    assert judged(there) == judged(cold)
    assert values(there) == pytest.approx(values(cold), abs=1e-5)
    assert (there.models, there.data, there.settings) == (cold.models, cold.data, cold.settings)
    assert (there.exit_status, there.notes) == (0, cold.notes)
