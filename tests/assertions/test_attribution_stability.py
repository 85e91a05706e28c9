"""Explanations before and after edits, over the tokens that both texts have."""

import numpy as np
import pytest
from scipy.stats import spearmanr

import pytest_accept as pa
from pytest_accept.attributions import input_x_gradient, random_attributions
from pytest_accept.perturbations import negation, typos
from tests.linear_models import linear_model

WORDS = "film story actor plot scene ending song book good bad".split()
WEIGHTS = {word: 0.1 * i for i, word in enumerate(WORDS, start=1)}


@pytest.fixture(scope="module")
def model() -> pa.Model:
    module, tokenizer = linear_model(WEIGHTS | {"really": -9.0})
    return pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="linear")


def texts(*each: str) -> pa.Data:
    return pa.load_data([{"text": text} for text in each], label=None, name="texts")


def made(n: int = 60) -> pa.Data:
    random = np.random.default_rng(0)
    return texts(*(" ".join(random.permutation(WORDS)[:7]) for _ in range(n)))


def test_a_linear_model_is_stable_and_a_random_explanation_is_not(model) -> None:
    exact = {"method": input_x_gradient()}
    verdict = pa.assert_attribution_stability_above(model, made(), typos(), 0.85, **exact)
    assert verdict.estimate.value == pytest.approx(1)
    found = pa.attribution_stability(model, made(), typos(), method=random_attributions())
    assert abs(found.value) < 0.15
    with pytest.raises(pa.AcceptanceFailure, match="rejected") as failure:
        pa.assert_attribution_stability_above(
            model, made(), typos(), 0.85, method=random_attributions()
        )
    assert "the least like their edited texts' (-" in str(failure.value)


def by_length(texts: list[str], labels: list[str]) -> list[list[float]]:
    """Score a token by its word's length, and by its place in texts with "x"."""
    return [
        [float(i if "x" in text else len(word)) for i, word in enumerate(text.split())]
        for text in texts
    ]


def replace_words(text: str) -> str:
    return {
        "film bad scene good ending": "x film bad scene good ending",
        "good film bad plot": "really good film bad plot",
        "film bad": "film x bad",
    }.get(text, text)


def test_counts_what_both_texts_have_and_what_it_leaves_out(model) -> None:
    data = texts("film bad scene good ending", "good film bad plot", "film bad", "song")
    found = pa.attribution_stability(model, data, replace_words, method=by_length, label="pos")
    before = [len(word) for word in "film bad scene good ending".split()]
    assert found.value == pytest.approx(spearmanr(before, [1, 2, 3, 4, 5]).statistic)
    assert found.n == 1
    assert [each for each in found.notes if "left out" in each] == [
        "1 of 4 texts are left out: replace_words() finds nothing to change in them",
        "1 of 3 edited texts are predicted otherwise and left out",
        "1 of 3 edited texts share fewer than 3 tokens with their original and are left out",
    ]


def test_several_draws_are_one_observation(model) -> None:
    found = pa.attribution_stability(model, made(20), typos(), draws=3, limit=10)
    assert found.n == 10
    assert found.options == "typos(), draws=3, integrated gradients"
    assert "10 of 20 texts, drawn evenly (limit=10)" in found.notes


def test_what_cannot_stay_is_refused(model) -> None:
    with pytest.raises(pa.SettingError, match="needs a perturbation that promises"):
        pa.attribution_stability(model, made(2), negation())
    with pytest.raises(pa.DataError, match=r"changes none of the 1 texts"):
        pa.attribution_stability(model, texts("song"), replace_words)
    with pytest.raises(pa.DataError, match="so there is no explanation that should stay"):
        pa.attribution_stability(model, texts("film bad"), replace_words)
    with pytest.raises(pa.SettingError, match="Expected `draws` to be an integer of 1 or more"):
        pa.attribution_stability(model, made(2), typos(), draws=0)
