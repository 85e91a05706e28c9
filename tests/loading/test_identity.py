"""Whatever makes a model's answers is part of the key of what is kept, and nothing else is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from pytest_accept import PredictionError, load_model
from pytest_accept.loading import Model, identity
from pytest_accept.loading.backing import TorchBacking
from tests import models
from tests.language_models import make_causal


def shelf(model: Model) -> str | None:
    kept = model._engine.kept
    return None if kept is None else kept.name


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def one_weight(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["classifier.bias"][0] += 1e-6
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        file = folder / name
        content = file.read_text()
        assert old in content
        file.write_text(content.replace(old, new))

    return edit


def added(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text("{}") and None


CHANGES: dict[str, Callable[[Path], None]] = {
    "a weight": one_weight,
    "config": edited("config.json", '"layer_norm_eps": 1e-12', '"layer_norm_eps": 1e-11'),
    "tokenizer": edited("tokenizer.json", '"lowercase":true', '"lowercase":false'),
    "tokenizer config": edited("tokenizer_config.json", "48", "40"),
    "a vocabulary": added("vocab.json"),
    "a tokenizer of another kind": added("tokenizer.model.v3"),
    "generation config": added("generation_config.json"),
    "an adapter inside": added("adapter_config.json"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_of_the_model_is_a_miss(change: str, folder: Path) -> None:
    before = shelf(load_model(folder))
    if change == "tokenizer":  # however its file is laid out
        content = json.loads((folder / "tokenizer.json").read_text())
        (folder / "tokenizer.json").write_text(json.dumps(content, separators=(",", ":")))
        before = shelf(load_model(folder))
    CHANGES[change](folder)
    assert before is not None
    assert shelf(load_model(folder)) not in (None, before)


OPTIONS: dict[str, dict[str, object]] = {
    "max length": {"max_length": 20},
    "dtype": {"dtype": "bfloat16"},
    "attention": {"attn_implementation": "eager"},
    "an option of from_pretrained": {"hidden_dropout_prob": 0.2},
    "tokenizer": {"tokenizer": models.wordpiece_tokenizer(40)},
}


@pytest.mark.parametrize("option", OPTIONS)
def test_another_option_is_a_miss(option: str, tiny_model_folder: Path) -> None:
    before = shelf(load_model(tiny_model_folder))
    assert shelf(load_model(tiny_model_folder, **OPTIONS[option])) not in (None, before)


def test_where_a_model_lies_and_what_it_is_called_are_no_part_of_it(folder: Path) -> None:
    here = shelf(load_model(folder))
    (folder / "README.md").write_text("# A model card")
    there = folder.rename(folder.parent / "elsewhere")
    assert shelf(load_model(there, name="another name")) == here


def test_the_matrix_products_precision_is_part_of_it(tiny_model_folder: Path) -> None:
    before = shelf(load_model(tiny_model_folder))
    chosen = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        assert shelf(load_model(tiny_model_folder)) not in (None, before)
    finally:
        torch.set_float32_matmul_precision(chosen)


def test_who_asks_within_autocast_gets_the_models_own_type(tiny_model_folder: Path) -> None:
    texts = [text for text in models.TEXTS if text]
    plain = load_model(tiny_model_folder).predict(texts).logits
    module, tokenizer = models.make()
    own = load_model(module, tokenizer=tokenizer).predict(texts).logits
    with torch.autocast("cpu", torch.bfloat16):
        assert (load_model(tiny_model_folder).predict(texts).logits == plain).all()
        rounded = load_model(module, tokenizer=tokenizer).predict(texts).logits
    assert (rounded != own).any()  # a module of the user is asked as the user says


def test_weights_that_were_changed_in_memory_are_not_those_of_the_files(
    tiny_model_folder: Path,
) -> None:
    model = load_model(tiny_model_folder)
    module = model.module()
    model.predict(["a film"])
    with torch.no_grad():
        module.classifier.bias += 1
    with pytest.raises(PredictionError, match="were changed in memory.*load_model.module"):
        model.predict(["a good film"])
    own = load_model(module, tokenizer=model.tokenizer)
    before = own.predict(["a film"]).logits
    with torch.no_grad():
        module.classifier.bias += 1
    assert (own.predict(["a film"]).logits > before).all()


def test_functions_and_modules_in_memory_are_not_kept() -> None:
    module, tokenizer = models.make()
    assert shelf(load_model(module, tokenizer=tokenizer)) is None
    function = load_model(lambda texts: [[0.5, 0.5]] * len(texts), labels=["a", "b"])
    assert shelf(function) is None


def test_what_cannot_be_written_down_is_not_kept(tiny_model_folder: Path) -> None:
    about = load_model(tiny_model_folder).describe()
    module, tokenizer = models.make()
    assert identity.of_files(about, module, tokenizer, options={"hook": print}) is None
    quantized = transformers.BitsAndBytesConfig(load_in_8bit=True)
    one = identity.of_files(about, module, tokenizer, options={"quantization_config": quantized})
    other = identity.of_files(about, module, tokenizer)
    assert one is not None
    assert one != other


@pytest.mark.parametrize("where", ["transformers_modules.somebody.model", "suite.models"])
@pytest.mark.parametrize("what", ["module", "tokenizer"])
def test_code_that_is_not_transformers_own_is_not_kept(
    what: str, where: str, tiny_model_folder: Path
) -> None:
    about = load_model(tiny_model_folder).describe()
    module, tokenizer = models.make()
    assert identity.of_files(about, module, tokenizer) is not None
    changed = module if what == "module" else tokenizer
    changed.__class__ = type("Own", (type(changed),), {"__module__": where})
    assert identity.of_files(about, module, tokenizer) is None


def test_an_attention_of_the_suite_is_not_kept(tiny_model_folder: Path) -> None:
    from transformers import AttentionInterface
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    AttentionInterface.register("of_the_suite", sdpa_attention_forward)
    assert shelf(load_model(tiny_model_folder, attn_implementation="of_the_suite")) is None


def test_options_that_name_files_elsewhere_are_not_kept(tiny_model_folder: Path) -> None:
    assert shelf(load_model(tiny_model_folder, config=str(tiny_model_folder))) is None


def test_language_models_and_every_reading_have_shelves_of_their_own(
    tmp_path: Path,
) -> None:
    from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
    from pytest_accept.tasks.greedy_answers import GreedyAnswers
    from pytest_accept.tasks.token_losses import TokenLosses

    module, tokenizer = make_causal()
    with models.quiet():
        module.save_pretrained(tmp_path)
        tokenizer.save_pretrained(tmp_path)
    model = load_model(tmp_path)
    backing = model._backing
    assert isinstance(backing, TorchBacking)
    readings = [
        TokenLosses(),
        ContinuationLikelihoods(),
        GreedyAnswers(max_new_tokens=2, stop=()),
        GreedyAnswers(max_new_tokens=3, stop=()),
    ]
    kept = [backing.engine(reading).kept for reading in readings]
    assert len({each.name for each in kept if each is not None}) == len(readings)
