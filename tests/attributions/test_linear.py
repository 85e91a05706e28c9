"""Attributions of a linear bag of words, against what they are in closed form."""

import math
from typing import Any

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.attributions import (
    attribute,
    captum,
    input_x_gradient,
    integrated_gradients,
    occlusion,
    predict_edited,
    tokens_of,
)
from tests.linear_models import LinearBagOfWords, linear_model

WEIGHTS = {"good": 2.0, "bad": -1.5, "film": 0.25, "the": 0.0, "not": -0.75}
TEXT = "The good film, the unheard good"
SCORES = [0, 0, 2.0, 0.25, 0, 0, 0, 2.0, 0]  # [CLS] the good film , the unheard good [SEP]

EXACT = [
    integrated_gradients(),
    integrated_gradients(3, baseline="mask"),
    integrated_gradients(1, baseline="zero"),
    input_x_gradient(),
    occlusion(),
    occlusion("delete"),
    captum("ShapleyValueSampling", n_samples=1),
    "integrated_gradients",
    occlusion,
]


def linear(weights: Any = None, **options: Any) -> pa.Model:
    module, tokenizer = linear_model(weights or WEIGHTS, **options)
    labels = ["neg", "pos"] if module.head.out_features == 2 else ["neg", "neutral", "pos"]
    return pa.load_model(module, tokenizer=tokenizer, labels=labels, name="linear")


@pytest.mark.parametrize("method", EXACT)
def test_a_word_scores_its_weight(method: Any) -> None:
    model = linear(bias=(0.0, 0.1))
    first, second = attribute(model, [TEXT, "bad"], method=method, label="pos")
    np.testing.assert_allclose(first.scores, SCORES, atol=1e-5)
    np.testing.assert_allclose(second.scores, [0, -1.5, 0], atol=1e-5)
    assert first.label == "pos"
    assert first.text == TEXT
    shown = [None if span is None else TEXT[span[1] : span[2]] for span in first.spans]
    assert shown == [None, "The", "good", "film", ",", "the", "unheard", "good", None]
    # Whatever the words, the other label's logit is 0.
    (other,) = attribute(model, [TEXT], method=method, label="neg")
    np.testing.assert_allclose(other.scores, 0, atol=1e-5)


def test_the_predicted_label_is_explained_and_each_text_may_have_its_own() -> None:
    weights = {"good": [0, 0, 2], "bad": [3, 0, 0], "so": [0, 1, 0]}
    model = linear(weights, bias=(0.0, 0.0, 0.0))
    found = attribute(model, ["good so so", "bad", "so"])
    assert [each.label for each in found] == ["pos", "neg", "neutral"]
    np.testing.assert_allclose(found[0].scores, [0, 2, 0, 0, 0], atol=1e-6)
    named = attribute(model, ["good so", "good so"], label=["neutral", "pos"])
    np.testing.assert_allclose([each.scores[1:3] for each in named], [[0, 1], [2, 0]], atol=1e-6)
    assert repr(found[1]) == "<Attribution to 'neg': 'bad' +3>"


def test_a_module_may_have_the_batch_behind_the_tokens() -> None:
    class Turned(LinearBagOfWords):
        def forward(self, input_ids: torch.Tensor, attention_mask: Any = None) -> torch.Tensor:
            embedded = self.embedding(input_ids.T).transpose(0, 1) * attention_mask[..., None]
            return self.head(embedded.sum(dim=1))

    module, tokenizer = linear_model(WEIGHTS)
    module.__class__ = Turned
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="turned")
    first, _ = attribute(model, [TEXT, "bad"], label="pos")
    np.testing.assert_allclose(first.scores, SCORES, atol=1e-5)


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_of_a_pair_both_texts_are_scored(method: str) -> None:
    (found,) = attribute(linear(), [("good film", "not bad")], method=method, label="pos")
    np.testing.assert_allclose(found.scores, [0, 2.0, 0.25, 0, -0.75, -1.5, 0], atol=1e-5)
    assert found.spans == (None, (0, 0, 4), (0, 5, 9), None, (1, 0, 3), (1, 4, 7), None)


def test_what_a_model_cuts_is_not_scored() -> None:
    module, tokenizer = linear_model(WEIGHTS)
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], max_length=5)
    for method in EXACT:
        (found,) = attribute(model, ["good bad the film film film"], method=method, label="pos")
        np.testing.assert_allclose(found.scores, [0, 2.0, -1.5, 0, 0], atol=1e-5)
        assert len(found) == len(found.spans) == 5


def test_a_label_of_several_at_once_must_be_named() -> None:
    module, tokenizer = linear_model({"loud": [1.0, 0.0], "sad": [0.0, 1.0]})
    labels = ["loud", "sad"]
    model = pa.load_model(module, tokenizer=tokenizer, labels=labels, multi_label=True, name="m")
    with pytest.raises(pa.SettingError, match=r"several labels of 'm' at once: pass label=.*'sad'"):
        attribute(model, ["loud sad"])
    (found,) = attribute(model, ["loud sad"], label="sad")
    np.testing.assert_allclose(found.scores, [0, 0, 1, 0], atol=1e-6)
    edited = predict_edited(model, ["loud sad"], [[1]])
    np.testing.assert_allclose(edited.probabilities, [[0.5, 1 / (1 + math.exp(-1))]], atol=1e-6)


@pytest.mark.parametrize("replace", ["delete", "mask"])
def test_edited_texts_lose_the_weights_of_their_tokens(replace: Any) -> None:
    model = linear()
    texts = [TEXT, "bad", TEXT, "good bad"]
    found = predict_edited(model, texts, [[2, 3], [1], [], (2, 1, 1)], replace=replace)
    expected = [2.0, 0.0, 4.25, 0.0]
    np.testing.assert_allclose(found.logits, [[0, each] for each in expected], atol=1e-5)
    np.testing.assert_allclose(found.probabilities[:, 1], 1 / (1 + np.exp(-np.array(expected))))
    assert found.labels == ("neg", "pos")
    assert list(found.inputs or ()) == texts


def test_tokens_that_are_none_of_the_text_cannot_be_taken_away() -> None:
    model = linear()
    assert tokens_of(model, ["bad film"])[0].real.tolist() == [False, True, True, False]
    for at in (0, 3, 9, -1):
        with pytest.raises(pa.SettingError, match=f"here 1 to 2, but got {at} for 'bad film'"):
            predict_edited(model, ["bad film"], [[at]])
    with pytest.raises(pa.SettingError, match="for each of the 1 texts, but got 2"):
        predict_edited(model, ["bad film"], [[1], [1]])
    with pytest.raises(pa.SettingError, match="'delete' or 'mask', but got 'drop'"):
        predict_edited(model, ["bad film"], [[1]], replace="drop")  # type: ignore[arg-type]
