"""`probe`: equal to scikit-learn's on the same features, and each text is encoded once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from pytest_accept import DataError, ModelError, SettingError, load_data, load_model, probe
from pytest_accept.data import Data
from pytest_accept.training import encoders, made, probing
from pytest_accept.training.logs import log_of
from tests import models

OTHERS = ["a good book", "dull", "they hated every scene in it , but i liked the song " * 3, "zzz?"]


def vectors(folder: Path, texts: Any, pooling: str) -> np.ndarray[Any, Any]:
    """Return what transformers makes of texts, one by one and without our code."""
    encoder = transformers.AutoModel.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    found = []
    for text in texts:
        inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=48)
        with torch.no_grad():
            hidden = encoder(**inputs).last_hidden_state[0].double()
        row = {"mean": hidden.mean(0), "cls": hidden[0], "last": hidden[-1]}[pooling]
        found.append(row.numpy())
    return np.stack(found)


@pytest.mark.parametrize(
    ("kind", "pooling"), [("bert", "mean"), ("roberta", "cls"), ("gpt2", "last")]
)
@pytest.mark.parametrize("data", ["words", "topics"])
def test_it_says_what_scikit_learn_says_of_the_same_features(
    tmp_path: Path, kind: str, pooling: Any, data: str, request: pytest.FixtureRequest
) -> None:
    folder, learnt = models.build(tmp_path / kind, kind), request.getfixturevalue(data)
    model = probe(folder, learnt, pooling=pooling, C=0.5, max_length=48)
    names = [learnt.label_text(i) for i in range(len(learnt))]
    theirs = LogisticRegression(C=0.5, max_iter=10_000)
    theirs.fit(vectors(folder, learnt.inputs, pooling), names)
    assert model.labels == tuple(theirs.classes_)
    texts = [*learnt.inputs, *OTHERS]
    shares = theirs.predict_proba(vectors(folder, texts, pooling))
    assert model.probabilities(texts) == pytest.approx(shares, abs=1e-5)


def test_several_labels_each_stand_alone(base: Path, words: Data) -> None:
    rows = [
        {"text": t, "a": "good" in t or "dull" in t, "b": i % 2} for i, t in enumerate(words.inputs)
    ]
    data = load_data(
        [{k: v if k == "text" else int(v) for k, v in row.items()} for row in rows],
        label=["a", "b"],
    )
    model = probe(base, data)
    theirs = OneVsRestClassifier(LogisticRegression(max_iter=10_000))
    theirs.fit(vectors(base, data.inputs, "mean"), data.label_matrix(["a", "b"], multi_label=True))
    assert model.multi_label
    shares = theirs.predict_proba(vectors(base, OTHERS, "mean"))
    assert model.probabilities(OTHERS) == pytest.approx(shares, abs=1e-5)
    constant = load_data(
        [{"text": "x", "a": 1, "b": 0}, {"text": "y", "a": 1, "b": 1}], label=["a", "b"]
    )
    with pytest.raises(DataError, match="label 'a' is on all or on none of the 2 examples"):
        probe(base, constant)


def test_a_text_is_encoded_once_however_many_probes(base: Path, words: Data) -> None:
    probe(base, words)
    (engine,) = encoders._engines.values()
    forwards = engine.forwards
    probe(base, words.where(lambda row: "film" in row["text"]), C=3)
    probe(load_model(base), words, C=2)
    assert list(encoders._engines.values()) == [engine]
    assert engine.forwards == forwards


def test_it_is_kept_on_disk_and_a_seed_changes_nothing(
    base: Path, words: Data, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = probe(base, words)
    assert probe(base, words, seed=7) is first
    made._models.clear()  # as another session does
    monkeypatch.setattr(probing, "fitted", None)
    again = probe(base, words)
    assert again is not first
    assert again.describe() == first.describe()
    assert np.array_equal(again.probabilities(OTHERS), first.probabilities(OTHERS))
    log = log_of(again)
    assert log is not None
    assert (log.cached, log.base, log.data, log.steps) == (True, "base", "words", ())
    folder = cache / "training" / log.key
    assert {each.name for each in folder.iterdir()} == {
        "head.safetensors", "probe.json", "log.json", "recipe.json",
    }  # fmt: skip
    assert json.loads((folder / "probe.json").read_text())["base"] == str(base)


def test_another_recipe_is_another_probe(base: Path, words: Data, topics: Data) -> None:
    usual = {"base": base, "data": words}
    changes: list[dict[str, Any]] = [
        {}, {"C": 0.1}, {"pooling": "cls"}, {"max_length": 4}, {"data": topics},
        {"data": words.where(lambda row: row["text"] != "a good film")},
    ]  # fmt: skip
    found = [probe(**{**usual, **change}) for change in changes]
    assert len({each.fingerprint for each in found}) == len(changes)
    assert found[3].max_length == 4


def test_it_has_gradients_and_can_be_unloaded(base: Path, words: Data) -> None:
    model = probe(base, words)
    before = model.probabilities(OTHERS[:2])
    said = before > 0.5
    (one, _) = model.gradients().of(OTHERS[:2], said, multi_label=False)
    assert one.gradient.shape[1] == 16
    assert np.abs(one.gradient).max() > 0
    for weights in encoders._weights.values():
        weights.unload()
    assert model.probabilities(OTHERS).shape == (4, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooling": "max"}, "There is no pooling 'max'"),
        ({"C": 0}, "Expected `C` to be a number above 0"),
        ({"seed": "one"}, "Expected `seed` to be an integer"),
        ({"epochs": 3}, "There is no option of probe 'epochs'"),
        ({"max_length": 2}, "Expected `max_length` to be an integer above 2"),
    ],
)
def test_a_wrong_argument(base: Path, words: Data, options: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        probe(base, words, **options)


def test_what_is_no_base_of_a_probe(base: Path, words: Data, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a probe: a head on an encoder"):
        probe(probe(base, words), words)
    config = transformers.T5Config(
        vocab_size=200,
        d_model=8,
        d_kv=4,
        d_ff=8,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
    )
    with models.quiet():
        transformers.T5ForConditionalGeneration(config).save_pretrained(tmp_path / "t5")
        models.wordpiece_tokenizer().save_pretrained(tmp_path / "t5")
    with pytest.raises(ModelError, match="which is no encoder of texts"):
        probe(tmp_path / "t5", words)
    tagged = load_data([{"text": ["a", "film"], "label": ["O", "B-X"]}])
    with pytest.raises(SettingError, match="a probe is a classifier of texts"):
        probe(base, tagged)


def test_a_missing_package_is_an_exact_command(
    base: Path, words: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.linear_model", None)
    with pytest.raises(SettingError, match=r"pip install 'pytest-model-acceptance\[training\]'"):
        probe(base, words)
