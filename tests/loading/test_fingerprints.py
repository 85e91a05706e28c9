"""A fingerprint changes with whatever changes the answers, and with nothing else."""

import json
import os
import shutil
from pathlib import Path

import pytest
import torch

from pytest_accept.loading import fingerprints, load_model
from tests.models import make


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "copy"))


def test_neither_place_nor_other_files_matter(folder: Path, tiny_model_folder: Path) -> None:
    before = fingerprints.of_folder(folder)
    assert before == fingerprints.of_folder(tiny_model_folder)
    (folder / "README.md").write_text("hello")
    (folder / "optimizer.pt").write_bytes(b"1")
    assert fingerprints.of_folder(folder) == before
    assert len(before) == 32


def test_the_order_of_files_does_not_matter(folder: Path, monkeypatch) -> None:
    before = fingerprints.of_folder(folder)
    files = list(folder.iterdir())
    for order in (files, files[::-1]):
        monkeypatch.setattr(Path, "iterdir", lambda self, order=order: iter(order))
        assert fingerprints.of_folder(folder) == before


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
@pytest.mark.parametrize("where", [0.3, 0.99])
def test_one_byte_matters(folder: Path, name: str, where: float) -> None:
    before = fingerprints.of_folder(folder)
    content = bytearray((folder / name).read_bytes())
    content[int(where * len(content))] ^= 1
    (folder / name).write_bytes(content)
    assert fingerprints.of_folder(folder) != before


def test_a_moved_byte_matters_between_files(folder: Path) -> None:
    before = fingerprints.of_folder(folder)
    one, other = folder / "config.json", folder / "tokenizer.json"
    content = one.read_bytes(), other.read_bytes()
    one.write_bytes(content[1])
    other.write_bytes(content[0])
    assert fingerprints.of_folder(folder) != before


def test_files_are_read_once(folder: Path, monkeypatch) -> None:
    read: list[str] = []
    original = fingerprints._read
    monkeypatch.setattr(
        fingerprints, "_read", lambda file: (read.append(file.name), original(file))[1]
    )
    fingerprints.of_folder(folder)
    fingerprints.of_folder(folder)
    assert sorted(read) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    os.utime(folder / "config.json", ns=(1, 1))
    fingerprints.of_folder(folder)
    assert read[4:] == ["config.json"]


def test_files_larger_than_a_chunk(folder: Path, monkeypatch) -> None:
    whole = fingerprints._read(folder / "model.safetensors")
    monkeypatch.setattr(fingerprints, "CHUNK", 1000)
    assert fingerprints._read(folder / "model.safetensors") == whole


def test_modules() -> None:
    module, tokenizer = make("bert")
    same, _ = make("bert")
    before = fingerprints.of_module(module, tokenizer)
    assert fingerprints.of_module(same, tokenizer) == before
    assert fingerprints.of_module(make("bert", seed=1)[0], tokenizer) != before
    tokenizer(["a", "b b"], padding=True, truncation=True, max_length=8)
    assert fingerprints.of_module(module, tokenizer) == before
    same.config.id2label = {0: "pos", 1: "neg"}
    assert fingerprints.of_module(same, tokenizer) != before
    with torch.no_grad():
        module.classifier.weight[0, 0] += 1e-6
    assert fingerprints.of_module(module, tokenizer) != before


def test_tokenizers() -> None:
    _, one = make("bert")
    _, other = make("roberta")
    assert fingerprints.of_tokenizer(one) == fingerprints.of_tokenizer(make("bert")[1])
    assert fingerprints.of_tokenizer(one) != fingerprints.of_tokenizer(other)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int64, torch.bool])
def test_any_dtype(dtype: torch.dtype) -> None:
    module = torch.nn.Module()
    module.register_buffer("scalar", torch.ones((), dtype=dtype))
    module.register_buffer("transposed", torch.ones(2, 3, dtype=dtype).T)
    module.register_buffer("empty", torch.ones(0, dtype=dtype))
    assert fingerprints.of_module(module)


def test_settings_are_described_but_not_hashed(folder: Path) -> None:
    plain, changed = load_model(folder), load_model(folder, dtype="bfloat16", max_length=9)
    assert plain.fingerprint == changed.fingerprint
    assert plain.describe() != changed.describe()
    (folder / "config.json").write_text(
        json.dumps(json.loads((folder / "config.json").read_text()) | {"hidden_act": "relu"})
    )
    assert load_model(folder).fingerprint != plain.fingerprint
