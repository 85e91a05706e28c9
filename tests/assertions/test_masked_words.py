"""Words behind masks and pseudo-perplexity, as questions."""

import math

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.statistics import ratio_interval
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.tasks.test_masked_words import TEXTS, plain_loop

GAPS = [
    {"text": "a [MASK] film.", "label": "good"},
    {"text": "the <mask> was awful", "label": "Plot"},
    {"text": "it is [MASK] and bright", "label": "slow"},
    {"text": "[MASK] loved this book", "label": "we"},
]


@pytest.fixture(scope="module")
def module():
    return make_masked()


@pytest.fixture(scope="module")
def model(module):
    return pa.load_model(module[0], tokenizer=module[1], name="tiny")


def rank(module, text: str, word: str) -> int:
    network, tokenizer = module
    ids = tokenizer(text.replace("<mask>", "[MASK]"))["input_ids"]
    with torch.no_grad():
        scores = network(torch.tensor([ids])).logits[0, ids.index(tokenizer.mask_token_id)]
    token = tokenizer.convert_tokens_to_ids(word.lower())
    return int((scores >= scores[token]).sum())


@pytest.mark.parametrize("k", [1, 20, 60])
def test_top_k_accuracy_is_the_share_of_ranks_up_to_k(module, model, k: int) -> None:
    ranks = [rank(module, row["text"], row["label"]) for row in GAPS]
    found = pa.top_k_accuracy(model, pa.load_data(GAPS), k=k)
    assert found.value == np.mean([each <= k for each in ranks])
    assert found.options == f"k={k}"


def test_misses_are_shown_with_what_was_said(model) -> None:
    verdict = pa.top_k_accuracy(model, pa.load_data(GAPS), k=1).judge(1.0, "above")
    (evidence,) = verdict.evidence
    assert evidence.title == "the most confident misses"
    sure = [example.probability for example in evidence.examples]
    assert sure == sorted(sure, reverse=True)


def test_words_of_several_pieces_are_listed_or_wrong(model) -> None:
    rows = [*GAPS, {"text": "a [MASK] book", "label": "wonderful"}]
    data = pa.load_data(rows)
    with pytest.raises(pa.LabelError, match="1 of 5 words of data are not one token.*'wonderful'"):
        pa.top_k_accuracy(model, data)
    size = len(model.tokenizer)
    found = pa.top_k_accuracy(model, data, k=size, unsayable="wrong")
    assert found.value == 0.8
    assert "1 of 5 words are not one token, and wrong" in found.notes


@pytest.mark.parametrize("text", ["no mask", "[MASK] and [MASK]"])
def test_each_text_holds_one_mask(model, text: str) -> None:
    with pytest.raises(pa.DataError, match=r"to hold one mask.*data row 1 holds [02]"):
        pa.top_k_accuracy(model, pa.load_data([{"text": text, "label": "good"}]))


def test_a_byte_level_word_takes_the_space_before_it() -> None:
    network, tokenizer = make_masked("roberta")
    model = pa.load_model(network, tokenizer=tokenizer)
    data = pa.load_data([{"text": "a[MASK]b", "label": "c"}])
    found = pa.top_k_accuracy(model, data, k=len(tokenizer))
    assert found.value == 1.0


def test_pseudo_perplexity_is_that_of_a_plain_loop(module, model) -> None:
    data = pa.load_data(
        [{"text": text} for text in (*TEXTS, "slow and dull", "we saw it")], label=None
    )
    losses = [plain_loop(*module, text) for text in data.inputs]
    found = pa.pseudo_perplexity(model, data)
    sums, sizes = [-sum(each) for each in losses], list(map(len, losses))
    interval = ratio_interval(sums, sizes, confidence=0.95)
    assert found.value == pytest.approx(math.exp(sum(sums) / sum(sizes)), rel=1e-5)
    assert found.low == pytest.approx(math.exp(interval.low), rel=1e-4)
    assert found.high == pytest.approx(math.exp(interval.high), rel=1e-4)
    assert not found.higher_is_better
    verdict = found.judge(found.value / 2, "below")
    assert "nats a token over" in verdict.evidence[0].lines[0]


def test_with_few_texts_no_upper_end_is_shown(model) -> None:
    data = pa.load_data([{"text": text} for text in TEXTS], label=None)
    verdict = pa.pseudo_perplexity(model, data).judge(2.0, "below")
    assert verdict.status in ("inconclusive", "rejected")
    assert str(verdict)


@pytest.mark.parametrize("metric", [pa.pseudo_perplexity, pa.top_k_accuracy])
def test_only_models_for_fill_mask_are_asked(metric) -> None:
    network, tokenizer = make_causal()
    causal = pa.load_model(network, tokenizer=tokenizer)
    with pytest.raises(pa.SettingError, match="is a metric of models for fill-mask"):
        metric(causal, pa.load_data(GAPS))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"k": 0}, "`k` to be an integer"), ({"unsayable": "skip"}, "`unsayable` to be 'error'")],
)
def test_unfit_options_are_named(model, options, message: str) -> None:
    with pytest.raises(pa.SettingError, match=message):
        pa.top_k_accuracy(model, pa.load_data(GAPS), **options)


def test_two_models_are_compared_on_the_same_texts(model) -> None:
    network, tokenizer = make_masked(seed=1)
    other = pa.load_model(network, tokenizer=tokenizer, name="other")
    data = pa.load_data([{"text": text} for text in (*TEXTS, "slow", "we saw it")], label=None)
    values = [pa.pseudo_perplexity(each, data).value for each in (model, other)]
    rise = pa.metric_drop(model, data, against=other, metric=pa.pseudo_perplexity)
    assert rise.value == pytest.approx(values[0] - values[1])
    drop = pa.metric_drop(model, pa.load_data(GAPS), against=other, metric=pa.top_k_accuracy)
    assert drop.value == pytest.approx(
        pa.top_k_accuracy(other, pa.load_data(GAPS)).value
        - pa.top_k_accuracy(model, pa.load_data(GAPS)).value
    )
