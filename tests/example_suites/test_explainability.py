"""The suite of explanations: the trained model is accepted, and one that reads other words not."""

import shutil
from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pytest_accept import load_data, load_model, plausibility, read_record
from tests.example_suites.running import SUITES, make, run

WORDS = "bert.embeddings.word_embeddings.weight"


@pytest.fixture(scope="module", autouse=True)
def sentiment() -> None:
    make("sentiment", "get_data.py", "train.py")


@pytest.mark.slow
def test_the_trained_model_decides_for_reasons(tmp_path: Path) -> None:
    report = tmp_path / "final.json"
    assert run("explainability", "--accept-report", f"json:{report}") == 0
    verdicts = {c.verdict.estimate.metric: c.verdict for c in read_record(report).criteria}
    assert len(verdicts) == 6  # two are shares of different words
    assert {verdict.status for verdict in verdicts.values()} == {"accepted"}
    stages = verdicts["randomization_sensitivity"].evidence[0].parts
    assert stages[0].name != stages[-1].name
    marked = verdicts["plausibility"].evidence[0].examples
    assert all(example.attributions for example in marked)


@pytest.mark.slow
def test_a_model_that_mixes_words_up_decides_for_none(tmp_path: Path) -> None:
    """A checkpoint trained for too short a time is worse, but explained as well: it is accepted."""
    mixed = shutil.copytree(SUITES / "sentiment" / "runs" / "final", tmp_path / "mixed")
    weights = load_file(mixed / "model.safetensors")
    generator = torch.Generator().manual_seed(0)
    weights[WORDS] = weights[WORDS][torch.randperm(len(weights[WORDS]), generator=generator)]
    save_file(weights, mixed / "model.safetensors", metadata={"format": "pt"})
    suite = import_module("example_suites.explainability.test_explanations")
    explained = load_data(SUITES / "explainability" / "rationales.jsonl")
    found = plausibility(load_model(mixed), explained, method=suite.METHOD)
    assert found.high < 0.6, "rejected"
