"""`fine_tune`: what is trained, that it is the same each time, and what is kept."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file

from pytest_accept import (
    DataError,
    LabelError,
    ModelError,
    SettingError,
    TrainingError,
    load_data,
    load_model,
    using,
)
from pytest_accept.data import Data
from pytest_accept.training import fine_tune, made, trainer
from pytest_accept.training.logs import log_of
from tests import models

ONE = {"epochs": 1, "learning_rate": 1e-3}


def weights(model: Any) -> dict[str, torch.Tensor]:
    """Return the weights of a trained model as they lie in its folder."""
    return load_file(Path(model.describe().source) / "model.safetensors")


def test_it_learns_and_is_a_model_like_any_other(base: Path, words: Data, cache: Path) -> None:
    model = fine_tune(base, words, epochs=8, learning_rate=1e-2, batch_size=6)
    log = log_of(model)
    assert log is not None
    losses = [step.loss for step in log.steps]
    assert np.mean(losses[-6:]) < 0.3 * np.mean(losses[:6])
    assert (model.predict(words).label_ids == words.label_ids(model.labels)).all()
    assert [step.step for step in log.steps] == list(range(1, 25))
    assert max(step.learning_rate for step in log.steps) == pytest.approx(1e-2)
    assert log.steps[-1].epoch == 8
    assert (log.base, log.data, log.seed, log.cached) == ("base", "words", 0, False)
    assert model.labels == ("neg", "pos")
    folder = cache / "training" / log.key
    same = load_model(folder)
    assert same.fingerprint == model.fingerprint
    assert np.array_equal(same.probabilities(words.inputs), model.probabilities(words.inputs))
    recipe = json.loads((folder / "recipe.json").read_text())
    assert (recipe["base"], recipe["data"], recipe["epochs"]) == ("base", "words", 8)


@pytest.mark.slow
def test_a_seed_says_what_comes_out_and_nobody_elses_random_numbers_change(
    words: Data, tmp_path: Path
) -> None:
    base = models.build(tmp_path / "base", labels=("a", "b"))  # with dropout
    found = []
    for seed, folder in ((3, "one"), (3, "two"), (4, "one")):
        torch.manual_seed(len(found))
        random.seed(len(found))
        state, python = torch.get_rng_state(), random.getstate()
        with using(cache_dir=tmp_path / folder):
            found.append(fine_tune(base, words, seed=seed, **ONE).fingerprint)
        assert torch.equal(torch.get_rng_state(), state)
        assert random.getstate() == python
        assert not torch.are_deterministic_algorithms_enabled()
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_it_is_trained_once_for_each_recipe(
    base: Path, words: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fine_tune(base, words, **ONE)
    trained: list[int] = []
    monkeypatch.setattr(trainer, "train", lambda *_, **__: trained.append(1))
    assert fine_tune(base, words, **ONE) is first
    made._models.clear()  # as another session does
    again = fine_tune(load_model(base), words, name="again", **ONE)
    assert not trained
    assert again.fingerprint == first.fingerprint
    log = log_of(again)
    assert log is not None
    assert (log.cached, log.name, len(log.steps)) == (True, "again", 2)
    for changed in ({"seed": 1}, {"warmup": 0.5}, {"max_length": 20}, {"validation": words}):
        trained.clear()
        fine_tune(base, words, **{**ONE, **changed})
        assert trained


@pytest.mark.slow
def test_the_head_of_the_base_is_kept_if_its_labels_are_those_of_the_data(
    tmp_path: Path, words: Data, topics: Data
) -> None:
    own = models.build(tmp_path / "own", labels=("POS", "neg"))
    other = models.build(tmp_path / "other", labels=("yes", "no"))
    still = {"epochs": 1, "learning_rate": 1e-12, "weight_decay": 0}
    kept = fine_tune(own, words, **still)
    assert kept.labels == ("POS", "neg")
    before = load_model(own).probabilities(words.inputs)
    assert kept.probabilities(words.inputs) == pytest.approx(before, abs=1e-5)
    # As many labels, but they say something else.
    new = fine_tune(other, words, **still)
    old = load_file(other / "model.safetensors")
    assert new.labels == ("neg", "pos")
    assert not torch.allclose(weights(new)["classifier.weight"], old["classifier.weight"])
    name = "bert.encoder.layer.0.output.dense.weight"
    assert torch.allclose(weights(new)[name], old[name])
    assert fine_tune(own, topics, **still).labels == ("ear", "page", "screen")


@pytest.mark.slow
def test_frozen_and_from_scratch(base: Path, words: Data) -> None:
    old = load_file(base / "model.safetensors")
    frozen = weights(fine_tune(base, words, freeze="encoder", **ONE))
    changed = {name for name in old if not torch.equal(old[name], frozen[name])}
    assert changed == {"classifier.weight", "classifier.bias"}
    fresh = weights(fine_tune(base, words, from_scratch=True, epochs=1, learning_rate=1e-12))
    same = {name for name in old if torch.equal(old[name], fresh[name])}
    assert not {name for name in same if name.endswith("weight") and "LayerNorm" not in name}


@pytest.mark.slow
def test_the_best_epoch_on_validation_data_is_kept(base: Path, words: Data) -> None:
    # With the labels turned round it can only get worse.
    turned = {"pos": "neg", "neg": "pos"}
    rows = [{"text": t, "label": turned[words.label_text(i)]} for i, t in enumerate(words.inputs)]
    options = {"learning_rate": 1e-2, "batch_size": 6}
    model = fine_tune(base, words, epochs=4, validation=load_data(rows), **options)
    log = log_of(model)
    assert log is not None
    assert len(log.validation_losses) == 4
    best = int(np.argmin(log.validation_losses))
    shares = model.predict([row["text"] for row in rows]).probabilities
    ids = [model.labels.index(row["label"]) for row in rows]
    loss = -np.log(shares[np.arange(len(rows)), ids]).mean()
    assert loss == pytest.approx(log.validation_losses[best], rel=1e-4)
    assert best < 3


@pytest.mark.slow
def test_several_labels_and_a_base_that_cannot_pad(tmp_path: Path) -> None:
    rows = [
        {"text": "a sad film", "funny": 0, "sad": 1},
        {"text": "a happy one", "funny": 1, "sad": 1},
    ]
    data = load_data(rows * 3, label=["funny", "sad"])
    gpt2 = models.build(tmp_path / "gpt2", "gpt2")
    model = fine_tune(gpt2, data, **ONE)
    assert model.multi_label
    assert model.labels == ("funny", "sad")
    assert load_model(model.describe().source).predict(data).probabilities.shape == (6, 2)


def test_a_loss_that_is_no_number_ends_it_and_is_known_from_then_on(
    base: Path, words: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"seed": 5, "learning_rate": 1e38, "warmup": 0, "epochs": 3}
    with pytest.raises(
        TrainingError, match=r"with seed 5 came to no model: .* step \d of 6"
    ) as raised:
        fine_tune(base, words, **options)
    assert raised.value.training is not None
    assert raised.value.training.failure is not None
    assert raised.value.training.seed == 5
    monkeypatch.setattr(trainer, "train", None)
    with pytest.raises(TrainingError, match="known from before"):
        fine_tune(base, words, **options)


@pytest.mark.slow
def test_an_interrupted_training_leaves_nothing_and_finished_seeds_are_kept(
    base: Path, words: Data, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine_tune(base, words, seed=0, **ONE)
    note = trainer._Trainer._note

    def interrupt(self: Any, loss: float) -> None:
        note(self, loss)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(trainer._Trainer, "_note", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fine_tune(base, words, seed=1, **ONE)
        fine_tune(base, words, seed=0, **ONE)
    assert len([each for each in (cache / "training").iterdir() if each.is_dir()]) == 1
    log = log_of(fine_tune(base, words, seed=1, **ONE))
    assert log is not None
    assert not log.cached


@pytest.mark.slow
def test_taggers(base: Path) -> None:
    sentence = {
        "text": "we saw story and film in plot".split(),
        "label": "O O I-PER O I-LOC O I-PER".split(),
    }
    touching = {"text": "story film".split(), "label": "I-PER B-PER".split()}
    long = {"text": sentence["text"] * 12, "label": sentence["label"] * 12}
    data = load_data([sentence, touching, long] * 2, name="news")
    assert data.scheme == "IOB1"
    model = fine_tune(base, data, epochs=15, batch_size=4, learning_rate=1e-2, warmup=0)
    assert model.task == "token-classification"
    assert model.labels == ("O", "B-LOC", "B-PER")  # as IOB2, in which every entity begins with B
    (tags,) = model.predict([sentence["text"]]).tags
    assert tags == ("O", "O", "B-PER", "O", "B-LOC", "O", "B-PER")
    assert model.predict(data).tags[2] == tags * 12
    assert fine_tune(model, data, **ONE).labels == model.labels


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 1.5}, "Expected `seed` to be an integer from 0"),
        ({"seed": -1}, "Expected `seed` to be an integer from 0"),
        ({"seed": True}, "Expected `seed` to be an integer from 0"),
        ({"epochs": 0}, "Expected `epochs` to be a number above 0, but got 0"),
        ({"epochs": float("nan")}, "Expected `epochs` to be a number above 0"),
        ({"batch_size": 2.5}, "Expected `batch_size` to be an integer above 0"),
        ({"learning_rate": "fast"}, "Expected `learning_rate` to be a number above 0"),
        ({"warmup": 100}, "Expected `warmup` to be a share of the steps, from 0 to 1"),
        ({"weight_decay": -0.1}, "Expected `weight_decay` to be a number of 0 or more"),
        ({"freeze": "encoders"}, "There is no freeze 'encoders'. Did you mean 'encoder'?"),
        ({"freeze": "encoder", "from_scratch": True}, "would leave the encoder random for good"),
        ({"task": "token-classification"}, "is data to train for text-classification"),
        ({"task": "translation"}, "Expected `task` to be 'text-classification' or"),
        (
            {"learning_rates": 1e-3},
            "no option of fine_tune 'learning_rates'. Did you mean 'learning",
        ),
        ({"validation": "reviews.csv"}, "Expected `validation` to be what load_data returns"),
    ],
)
def test_a_wrong_argument(base: Path, words: Data, options: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        fine_tune(base, words, **options)


def test_data_with_nothing_to_learn(base: Path, words: Data) -> None:
    with pytest.raises(LabelError, match="has no labels to learn from"):
        fine_tune(base, load_data([{"text": "a"}], label=None))
    with pytest.raises(
        DataError, match=r"All 9 examples .* have the label 'pos', so there is nothing"
    ):
        fine_tune(base, words.where(label="pos"))
    shares = [{"text": "a", "neg": 0.5, "pos": 0.5}]
    with pytest.raises(LabelError, match="are probabilities, and training needs one label"):
        fine_tune(base, load_data(shares, label=["neg", "pos"]))
    with pytest.raises(SettingError, match="Expected `data` to be what load_data returns"):
        fine_tune(base, [("a", "pos")])  # type: ignore[arg-type]


def test_what_is_no_base(base: Path, words: Data, tmp_path: Path) -> None:
    module, tokenizer = models.make()
    for source in (load_model(module, tokenizer=tokenizer), load_model(print, labels=["a", "b"])):
        with pytest.raises(ModelError, match="was made of an object in memory"):
            fine_tune(source, words)
    with pytest.raises(
        SettingError, match="Expected `base` to be a folder, a hub name, or a Model"
    ):
        fine_tune(module, words)
    with pytest.raises(ModelError, match="There is no folder"):
        fine_tune("./nowhere", words)
    renamed = load_model(base, tokenizer=models.roberta_tokenizer())
    with pytest.raises(ModelError, match="is not what its source"):
        fine_tune(renamed, words)


def test_a_missing_package_is_an_exact_command(
    base: Path, words: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "accelerate", None)
    with pytest.raises(SettingError, match=r"pip install 'pytest-model-acceptance\[training\]'"):
        fine_tune(base, words)


@pytest.mark.slow
def test_it_is_what_a_plain_script_with_the_trainer_does(words: Data, tmp_path: Path) -> None:
    module, tokenizer = models.make()  # with dropout
    encoder, folder = module.bert, tmp_path / "encoder"
    with models.quiet():
        encoder.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    options = {"learning_rate": 1e-3, "weight_decay": 0.1}
    ours = weights(fine_tune(folder, words, seed=4, epochs=2, batch_size=5, warmup=0.5, **options))

    transformers.set_seed(4)
    names = {"id2label": {0: "neg", 1: "pos"}, "label2id": {"neg": 0, "pos": 1}}
    script = transformers.AutoModelForSequenceClassification.from_pretrained(folder, **names)
    rows = zip(words.inputs, words.label_ids(("neg", "pos")).tolist(), strict=True)
    transformers.Trainer(
        model=script,
        args=transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"),
            num_train_epochs=2,
            per_device_train_batch_size=5,
            warmup_steps=4,
            seed=4,
            use_cpu=True,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **options,
        ),
        train_dataset=[{**tokenizer(text), "labels": label} for text, label in rows],
        data_collator=transformers.DataCollatorWithPadding(tokenizer),
    ).train()
    theirs = script.state_dict()
    assert set(ours) == set(theirs)
    assert max(float((ours[name] - theirs[name]).abs().max()) for name in theirs) < 1e-6
    before = encoder.state_dict()["encoder.layer.0.output.dense.weight"]
    after = theirs["bert.encoder.layer.0.output.dense.weight"]
    assert float((after - before).abs().max()) > 1e-3
