"""The suite of a small language model: accepted, and one with noisy weights refused."""

import random
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pytest_accept import load_data, load_model, perplexity, read_record
from tests.example_suites.running import SUITES, make, run


@pytest.fixture(scope="module")
def smollm2() -> Path:
    make("language_model", "get_model.py")
    return SUITES / "language_model" / "runs" / "smollm2"


@pytest.mark.slow
def test_the_language_model_is_accepted_and_one_with_noisy_weights_is_not(
    smollm2: Path, tmp_path: Path
) -> None:
    report = tmp_path / "smollm2.json"
    assert run("language_model", "--accept-report", f"json:{report}") == 0
    record = read_record(report)
    assert len(record.criteria) == 12
    assert {criterion.verdict.status for criterion in record.criteria} == {"accepted"}

    noisy = shutil.copytree(smollm2, tmp_path / "noisy")
    weights = load_file(noisy / "model.safetensors")
    generator = torch.Generator().manual_seed(0)
    for name, matrix in weights.items():
        if name.endswith("proj.weight"):
            noise = torch.randn(matrix.shape, generator=generator)
            weights[name] = matrix + 0.18 * matrix.std() * noise
    save_file(weights, noisy / "model.safetensors", metadata={"format": "pt"})
    report = tmp_path / "noisy.json"
    arguments = ("--accept-model", str(noisy), "--accept-report", f"json:{report}")
    assert run("language_model", *arguments, "-k", "everybody_knows") == 1
    (worse,) = read_record(report).criteria
    assert worse.verdict.status == "rejected"
    assert worse.verdict.evidence[0].lines


@pytest.mark.slow
def test_shuffled_words_are_far_more_perplexing(smollm2: Path, tmp_path: Path) -> None:
    documents = load_data(SUITES / "language_model" / "documents.jsonl", label=None, limit=5)
    shuffled = [text.split() for text in documents.inputs]
    for words in shuffled:
        random.Random(0).shuffle(words)
    model = load_model(smollm2)
    plain = perplexity(model, documents, bos="always")
    muddled = perplexity(
        model,
        load_data([{"text": " ".join(words)} for words in shuffled], label=None, name="shuffled"),
        bos="always",
    )
    assert muddled.value > 10 * plain.value
    assert muddled.low > 2 * plain.value
