"""The suite of fairness: the trained model is accepted, and what is known of it is shown."""

from importlib import import_module
from pathlib import Path

import pytest

from pytest_accept import counterfactual_flip_rate, lexicon, load_model, read_record
from tests.example_suites.running import SUITES, make, run


@pytest.fixture(scope="module", autouse=True)
def sentiment() -> None:
    make("sentiment", "get_data.py", "train.py")


@pytest.mark.slow
def test_the_trained_model_is_accepted_and_whom_it_misreads_is_named(tmp_path: Path) -> None:
    report = tmp_path / "final.json"
    assert run("fairness", "--accept-report", f"json:{report}") == 0
    verdicts = [criterion.verdict for criterion in read_record(report).criteria]
    assert len(verdicts) == 13
    assert {verdict.status for verdict in verdicts} == {"accepted"}
    by_source = verdicts[0].evidence[0].parts
    assert {part.name.rpartition("=")[2] for part in by_source} == {"movies", "amazon", "tweets"}
    of_believers, of_all, *_ = (
        v for v in verdicts if v.estimate.metric == "counterfactual_flip_rate"
    )
    assert of_believers.estimate.value == 0
    assert of_all.estimate.value > 0
    (odd,) = of_all.evidence[1].lines
    assert odd.startswith("atheist: in")


@pytest.mark.slow
def test_the_rushed_model_is_not_accepted() -> None:
    suite = import_module("example_suites.fairness.test_fairness")
    believers = suite.opinions(suite.RELIGIONS, "neighbours", religion=lexicon("religions")[:-1])
    rushed = load_model(SUITES / "sentiment" / "runs" / "rushed")
    found = counterfactual_flip_rate(rushed, believers, template="template", identity="religion")
    assert found.value > 0, "of the trained model it is 0"
    assert found.high > 0.10
