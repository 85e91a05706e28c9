"""Texts of a megabyte or of nothing, null bytes, right to left: predicted, kept, edited."""

from __future__ import annotations

import random
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_accept import PredictionError, load_data, load_model, using
from pytest_accept.attributions import attribute, occlusion
from pytest_accept.prediction import store
from pytest_accept.prediction.store_keys import key_of
from tests.models import make

ODD = {
    "empty": "",
    "spaces": " \t\r\n\u2028\u00a0\x85",
    "null bytes": "a good\0film\0",
    "right to left": "\u202eגרף טוב\u202c a good film \u2066x",
    "combining": "a go" + "\u0301" * 500 + "od film",
    "joined": "\U0001f469\u200d\U0001f469\u200d\U0001f467 good",
    "controls": "\x1b[31m good\x07 \x9b2J",
    "byte order mark": "\ufeffa good film",
    "one letter": "a" * 3_000,
    "one sign": "." * 3_000,
    "links": "http://" * 500,
}
SURROGATES = "a good\ud800film\udfff"
KINDS = {each.name: each for each in entry_points(group="pytest_accept.perturbations")}


@pytest.fixture(scope="module")
def model() -> Any:
    module, tokenizer = make()
    return load_model(module, tokenizer=tokenizer, name="tiny")


def test_each_is_predicted_and_kept_by_what_it_is(tiny_model_folder: Path, tmp_path: Path) -> None:
    texts = [*ODD.values(), "good film " * 100_000, "a" * 1_000_000]
    with using(cache="use", cache_dir=str(tmp_path)):
        first = load_model(tiny_model_folder)
        said = first.predict(texts)
        store.forget()
        again = load_model(tiny_model_folder)
        assert (again.predict(texts).probabilities == said.probabilities).all()
        assert sum(engine.forwards for engine in again.engines().values()) == 0
        store.forget()
    assert said.truncated.tolist()[-2] is True


def test_no_two_texts_have_one_key() -> None:
    texts = [*ODD.values(), SURROGATES, "a", "a\0", "\0a", "é", "e\u0301", "\ud800", "\\ud800"]
    assert len({key_of(text) for text in texts}) == len(texts)
    pairs = [("a", "b"), ("ab", ""), ("", "ab"), ("a\0", "b"), ("a", "\0b"), ("a", "b", "")]
    assert len({key_of(pair) for pair in pairs}) == len(pairs)


def test_half_a_character_is_refused_where_there_is_no_way(model: Any, tmp_path: Path) -> None:
    with pytest.raises(PredictionError, match="is not valid Unicode"):
        model.predict(["fine", SURROGATES])
    function = load_model(lambda texts: [[0.3, 0.7]] * len(texts), labels=["neg", "pos"])
    assert function.predict([SURROGATES]).probabilities.tolist() == [[0.3, 0.7]]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_is_edited(kind: str) -> None:
    perturbation = KINDS[kind].load()()
    for text in (*ODD.values(), SURROGATES):
        if perturbation.can_change(text):
            script = perturbation.draw_change(random.Random(0), text)
            assert script is None or isinstance(script.changed(text), str)


@pytest.mark.parametrize("kind", ["keyboard_typos", "swapped_letters", "doubled_letters", "urls"])
@pytest.mark.parametrize("text", ["a" * 200_000, "http://a " * 20_000], ids=["word", "links"])
def test_time_grows_with_the_text_not_with_its_square(kind: str, text: str) -> None:
    began = time.process_time()
    KINDS[kind].load()().can_change(text)
    assert time.process_time() - began < 20  # with the square it was minutes


def test_each_is_explained(model: Any) -> None:
    texts = [text for name, text in ODD.items() if name not in ("empty", "spaces")]
    data = load_data([{"text": text, "label": "pos"} for text in texts])
    for text, found in zip(texts, attribute(model, data, method=occlusion()), strict=True):
        assert np.isfinite(found.scores).all()
        spans = [span for span in found.spans if span is not None]
        assert all(0 <= start <= stop <= len(text) for _, start, stop in spans)
