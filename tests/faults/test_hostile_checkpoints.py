"""The files of a checkpoint that somebody else made: no code, no endless networks, one error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import ModelError, load_model


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def change(folder: Path, file: str = "config.json", **values: Any) -> None:
    content = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps({**content, **values}))


@pytest.mark.parametrize(
    "values",
    [
        {"num_hidden_layers": 10**7}, {"num_labels": 10**8}, {"vocab_size": 10**11},
        {"hidden_size": 10**9}, {"text_config": {"n_layer": 10**7}},
    ],
    ids=lambda values: next(iter(values)),
)  # fmt: skip
def test_a_config_larger_than_its_weights(values: dict[str, Any], folder: Path) -> None:
    change(folder, **values)
    with pytest.raises(ModelError, match="not to be believed|does not belong to the weights"):
        load_model(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("null", "to hold an object"), ("[1]", "to hold an object"), ("[" * 3000, "not valid JSON"),
        ("9" * 5000, "not valid JSON"), ('{"architectures": 5}', "a list of names"),
        ('{"auto_map": ["a.B"], "model_type": "own"}', "names by class"),
    ],
    ids=["null", "list", "deep", "digits", "architectures", "auto_map"],
)  # fmt: skip
def test_a_config_that_is_none(content: str, said: str, folder: Path) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(ModelError, match=said):
        load_model(folder)


@pytest.mark.parametrize("name", ["_attn_implementation", "attn_implementation"])
def test_an_attention_from_the_hub_is_code(name: str, folder: Path) -> None:
    change(folder, **{name: "kernels-community/flash-attn"})
    with pytest.raises(ModelError, match="code that would be downloaded and run"):
        load_model(folder)


def test_code_of_its_own_is_not_run(folder: Path) -> None:
    (folder / "own.py").write_text("raise SystemExit('code was run')")
    change(
        folder, model_type="own", auto_map={"AutoModel": "own.Model", "AutoConfig": "own.Config"}
    )
    with pytest.raises(ModelError, match=r"own\.py.*which loading would run"):
        load_model(folder)
    # Of an architecture that transformers has, its own class is taken.
    change(folder, model_type="bert", auto_map={"AutoModelForSequenceClassification": "own.Model"})
    assert load_model(folder).predict(["a good film"]).labels == ("neg", "pos")


def test_a_tokenizer_with_code_of_its_own(folder: Path) -> None:
    (folder / "own.py").write_text("raise SystemExit('code was run')")
    change(
        folder, "tokenizer_config.json", tokenizer_class="Own",
        auto_map={"AutoTokenizer": ["own.Own", "own.Own"]},
    )  # fmt: skip
    try:
        model = load_model(folder)
    except ModelError:
        return
    assert model.predict(["a good film"]).labels == ("neg", "pos")


@pytest.mark.parametrize("limit", ["512", [512], {}])
def test_a_tokenizer_whose_longest_text_is_no_number(limit: Any, folder: Path) -> None:
    change(folder, "tokenizer_config.json", model_max_length=limit)
    with pytest.raises(ModelError, match="model_max_length|no tokenizer that transformers"):
        load_model(folder)


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("damage", ["cut", "empty", "zeros"])
def test_a_damaged_file(file: str, damage: str, folder: Path) -> None:
    content = (folder / file).read_bytes()
    cut = {"cut": content[: len(content) // 2], "empty": b"", "zeros": bytes(len(content))}
    (folder / file).write_bytes(cut[damage])
    with pytest.raises(ModelError):
        load_model(folder)
