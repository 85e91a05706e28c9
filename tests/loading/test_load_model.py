"""Every way to name a model, and every sentence that says why it cannot be had."""

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from pytest_accept import settings
from pytest_accept.errors import ModelError, SettingError
from pytest_accept.loading import load_model
from pytest_accept.loading.quiet import quiet as hushed
from tests.models import TEXTS, build, make, quiet


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A checkpoint that may be changed."""
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "runs" / "reviews"))


def change_config(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model(folder)
    assert (model.name, model.task, model.labels) == (
        "reviews",
        "text-classification",
        ("neg", "pos"),
    )
    assert (model.device, model.dtype, model.max_length) == ("cpu", "float32", 48)
    assert model.describe().source == str(folder)
    assert repr(model) == "<Model 'reviews': text-classification, labels neg, pos on cpu>"
    monkeypatch.chdir(folder.parent.parent)
    for source in ("runs/reviews", "./runs/reviews"):
        assert load_model(source).fingerprint == model.fingerprint


def test_labels_of_a_model_cannot_move_the_cursor() -> None:
    model = load_model(lambda texts: [[0.5, 0.5] for _ in texts], labels=["\x1b[2Jneg", "pos"])
    assert repr(model).isprintable()


def test_subfolder(folder: Path) -> None:
    assert load_model(folder.parent, subfolder="reviews").labels == ("neg", "pos")
    with pytest.raises(ModelError, match="has no subfolder 'views'"):
        load_model(folder.parent, subfolder="views")


def test_loading_is_quiet_and_leaves_transformers_as_it_was(folder: Path, capfd) -> None:
    transformers.logging.set_verbosity_warning()  # whatever ran before in this process
    before = transformers.logging.get_verbosity()
    state = torch.random.get_rng_state()
    load_model(folder)
    assert capfd.readouterr() == ("", "")
    assert transformers.logging.get_verbosity() == before != logging.ERROR
    assert torch.equal(torch.random.get_rng_state(), state)


def test_transformers_is_as_it_was_after_two_that_overlap() -> None:
    transformers.logging.set_verbosity_warning()  # whatever ran before in this process
    before = transformers.logging.get_verbosity()
    one, other = hushed(), hushed()
    for each in (one, other):
        each.__enter__()
        assert transformers.logging.get_verbosity() == logging.ERROR
    one.__exit__(None, None, None)  # as of two threads, of which the first ends first
    other.__exit__(None, None, None)
    assert transformers.logging.get_verbosity() == before != logging.ERROR


def test_labels_rename(folder: Path) -> None:
    model = load_model(folder, labels=["no", "yes"])
    assert model.labels == ("no", "yes")
    assert model.label(TEXTS[0]) in ("no", "yes")
    with pytest.raises(ModelError, match=r"2 labels \['neg', 'pos'\], in that order, but got 3"):
        load_model(folder, labels=["a", "b", "c"])


def test_a_model_is_returned_as_it_is(folder: Path) -> None:
    model = load_model(folder)
    assert load_model(model) is model


def test_a_path_that_does_not_exist(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"no folder '.*revews'. Did you mean '.*reviews'"):
        load_model(folder.parent / "revews")
    with pytest.raises(ModelError, match=r"no folder .* Did you mean '.*/runs'"):
        load_model(str(folder.parent.parent / "run" / "reviews"))
    with pytest.raises(ModelError, match=r"'.*runs' has 'reviews'"):
        load_model(str(folder.parent / "xyz"))


def test_a_file_is_not_a_model(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"is a file. Name the folder .* such as '.*reviews'"):
        load_model(folder / "model.safetensors")


def test_a_folder_without_a_model_says_what_it_has(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"no config.json.*Did you mean '.*runs/reviews'\?"):
        load_model(folder.parent)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no weights .* It has: config.json, tokenizer.json"):
        load_model(folder)
    build(folder / "checkpoint-500")
    with pytest.raises(ModelError, match=r"no weights.*Did you mean '.*checkpoint-500'"):
        load_model(folder)


def test_an_adapter_is_not_a_whole_model(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"PEFT adapter.*merge_and_unload"):
        load_model(tmp_path)


def test_pickled_weights_are_refused(folder: Path) -> None:
    safe = load_model(folder).probabilities(TEXTS)
    with quiet():
        model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    message = str(caught.value)
    assert "pickled (pytorch_model.bin), and a pickle can run any code" in message
    assert "allow_pickle=True" in message
    assert "from transformers import AutoModelForSequenceClassification as M" in message
    allowed = load_model(folder, allow_pickle=True)
    np.testing.assert_array_equal(allowed.probabilities(TEXTS), safe)
    assert allowed.fingerprint is not None


def test_code_of_its_own_is_refused(folder: Path) -> None:
    (folder / "modeling_mine.py").write_text("raise SystemExit('ran')")
    change_config(
        folder,
        model_type="mine",
        auto_map={
            "AutoConfig": "modeling_mine.Config",
            "AutoModelForSequenceClassification": "modeling_mine.Model",
        },
    )
    with pytest.raises(
        ModelError, match=r"code of its own \(modeling_mine.py\).*trust_remote_code"
    ):
        load_model(folder)


def test_code_of_its_own_runs_when_trusted(folder: Path) -> None:
    (folder / "modeling_mine.py").write_text(
        "import transformers\n"
        "class Config(transformers.BertConfig):\n    model_type = 'mine'\n"
        "class Model(transformers.BertForSequenceClassification):\n    config_class = Config\n"
    )
    plain = load_model(folder).probabilities(TEXTS)
    change_config(
        folder,
        model_type="mine",
        auto_map={
            "AutoConfig": "modeling_mine.Config",
            "AutoModelForSequenceClassification": "modeling_mine.Model",
        },
    )
    model = load_model(folder, trust_remote_code=True)
    np.testing.assert_array_equal(model.probabilities(TEXTS), plain)


@pytest.fixture
def headless(tmp_path: Path) -> Path:
    module, tokenizer = make("bert")
    with quiet():
        module.bert.save_pretrained(tmp_path / "encoder")
        tokenizer.save_pretrained(tmp_path / "encoder")
    return tmp_path / "encoder"


def test_a_model_without_a_head_is_an_error(headless: Path) -> None:
    with pytest.raises(
        ModelError, match=r"is a BertModel, which has no head .*allow_untrained=True"
    ):
        load_model(headless)
    with pytest.raises(ModelError, match=r"would be random: classifier.bias, classifier.weight\."):
        load_model(headless, task="text-classification")


def test_an_untrained_head_is_the_same_each_time(headless: Path) -> None:
    labels = ["a", "b", "c"]
    one, other = (load_model(headless, allow_untrained=True, labels=labels) for _ in range(2))
    assert one.labels == ("a", "b", "c")
    np.testing.assert_array_equal(one.probabilities(TEXTS), other.probabilities(TEXTS))


def test_a_damaged_head_is_an_error(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks weights .* random: classifier.weight\. Fine-tune"):
        load_model(folder)


def test_an_unsupported_task(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"'summarization'.*'text-classification'"):
        load_model(folder, task="summarization")
    change_config(folder, architectures=["BertForQuestionAnswering"])
    with pytest.raises(ModelError, match=r"a BertForQuestionAnswering.*\(text-classification, tok"):
        load_model(folder)
    change_config(folder, architectures=None)
    with pytest.raises(ModelError, match=r"names no architecture.*Pass task="):
        load_model(folder)
    assert load_model(folder, task="text-classification").labels == ("neg", "pos")


def test_damaged_files(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:200])
    with pytest.raises(ModelError, match=r"transformers cannot load .*: SafetensorError"):
        load_model(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelError, match="not valid JSON"):
        load_model(folder)


def test_without_a_tokenizer(folder: Path, tiny_model_folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(ModelError, match=r"no tokenizer that transformers can load.*tokenizer="):
        load_model(folder)
    whole = load_model(tiny_model_folder)
    borrowed = load_model(folder, tokenizer=tiny_model_folder)
    np.testing.assert_array_equal(borrowed.probabilities(TEXTS), whole.probabilities(TEXTS))
    assert borrowed.fingerprint != whole.fingerprint


def test_an_unknown_option_of_transformers(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot load .*TypeError.*colour"):
        load_model(folder, colour="red")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "cuda:7"}, "'cuda:7' is not available on this machine. Available: .*'cpu'"),
        ({"device": "toaster"}, "`device` to be a torch device"),
        ({"dtype": "int8"}, "`dtype` to be 'auto' or a dtype"),
        ({"dtype": "float"}, None),
        ({"max_length": 2}, "`max_length` to be an integer above 2.*got 2"),
        ({"max_length": 9.5}, "`max_length` to be an integer"),
    ],
)
def test_wrong_settings(folder: Path, options: dict, message: str | None) -> None:
    if message is None:
        load_model(folder, **options)
        return
    with pytest.raises(SettingError, match=message):
        load_model(folder, **options)


def test_the_device_of_the_settings(folder: Path) -> None:
    with (
        settings.using(device="cuda:7"),
        pytest.raises(SettingError, match="'cuda:7' is not available"),
    ):
        load_model(folder)
