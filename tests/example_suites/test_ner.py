"""The suite of a tagger for personal data: accepted, and one with a noisy head refused."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pytest_accept import read_record
from tests.example_suites.running import SUITES, make, run


@pytest.mark.slow
def test_the_tagger_is_accepted_and_one_with_a_noisy_head_is_not(tmp_path: Path) -> None:
    make("ner", "get_tagger.py")
    report = tmp_path / "tagger.json"
    assert run("ner", "--accept-report", f"json:{report}") == 0
    record = read_record(report)
    assert len(record.criteria) == 11
    assert {criterion.verdict.status for criterion in record.criteria} == {"accepted"}

    noisy = shutil.copytree(SUITES / "ner" / "runs" / "rampart", tmp_path / "noisy")
    weights = load_file(noisy / "model.safetensors")
    head = weights["classifier.weight"]
    noise = torch.randn(head.shape, generator=torch.Generator().manual_seed(0))
    weights["classifier.weight"] = head + 3 * head.std() * noise
    save_file(weights, noisy / "model.safetensors", metadata={"format": "pt"})
    report = tmp_path / "noisy.json"
    assert run("ner", "--accept-model", str(noisy), "--accept-report", f"json:{report}") == 1
    worse = {c.verdict.estimate.name: c.verdict for c in read_record(report).criteria}
    assert worse["entity_recall(type=GIVEN_NAME)"].status == "rejected"
    assert worse["entity_f1"].status == "rejected"
    assert worse["entity_f1"].evidence[0].examples, "the sentences show what it misses"
    assert worse["token_accuracy"].estimate.value > 0.9, "the share of words hardly shows it"
