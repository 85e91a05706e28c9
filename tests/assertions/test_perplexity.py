"""Perplexity, bits per byte and loss per token of documents, against a plain loop over logits."""

import math

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.statistics import ratio_interval
from tests.language_models import DOCUMENTS, make_causal, reference_losses, with_bos
from tests.models import make

TEXTS = (*DOCUMENTS, "It sat on the song.", "never", "a bright, happy and slow ending")
ROWS = [{"text": text, "book": f"book {i // 2}"} for i, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def module():
    return make_causal("llama")


@pytest.fixture(scope="module")
def model(module):
    return pa.load_model(module[0], tokenizer=module[1], name="tiny")


@pytest.fixture(scope="module")
def books() -> pa.Data:
    return pa.load_data(ROWS, label=None, name="books")


def reference(module, texts, *, context: int, stride: int, bos: bool = False) -> list[list[float]]:
    network, tokenizer = module
    found = []
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        ids = [tokenizer.bos_token_id, *ids] if bos else ids
        found.append(reference_losses(network, ids, context=context, stride=stride))
    return found


@pytest.mark.parametrize("bos", [False, True])
def test_values_are_those_of_the_plain_loop(module, model, books, bos: bool) -> None:
    losses = reference(module, TEXTS, context=32, stride=12, bos=bos)
    every = np.concatenate(losses)
    options = {"context": 32, "stride": 12, "bos": "always" if bos else "auto"}
    found = pa.perplexity(model, books, **options)
    assert found.value == pytest.approx(np.exp(every.mean()), rel=1e-6)
    nats = pa.token_cross_entropy(model, books, **options)
    assert nats.value == pytest.approx(every.mean(), rel=1e-6)
    assert (nats.low, nats.high) == pytest.approx((math.log(found.low), math.log(found.high)))
    size = sum(len(text.encode()) - (not bos) for text in TEXTS)
    bits = pa.bits_per_byte(model, books, **options)
    assert bits.value == pytest.approx(every.sum() / math.log(2) / size, rel=1e-6)
    assert found.n == len(TEXTS) - (not bos)  # "x" alone is scored only after a BOS token


def test_the_context_is_the_models_and_the_stride_half_of_it(module, model, books) -> None:
    losses = reference(module, TEXTS, context=64, stride=32)
    found = pa.perplexity(model, books)
    assert found.value == pytest.approx(np.exp(np.concatenate(losses).mean()), rel=1e-6)
    assert found.options == ""
    assert pa.perplexity(model, books, context=64, stride=32).value == found.value


def test_what_was_scored_and_how_is_recorded(model, books) -> None:
    found = pa.perplexity(model, books, context=32, stride=12)
    assert found.name == "perplexity(context=32, stride=12)"
    scored = sum(len(text.encode()) - 1 for text in TEXTS)
    assert found.notes == (
        f"{scored:,} tokens scored, context 32, stride 12; no BOS token, so that the first of a "
        "document is not scored",
        "2 of 8 documents are longer than that and read in windows",
        "1 of 8 documents has no token to score",
    )
    begun = pa.perplexity(model, books, bos="always")
    assert begun.name == "perplexity(bos=always)"
    assert "each document begins with the BOS token" in begun.notes[0]


def test_auto_asks_the_tokenizer(books) -> None:
    network, tokenizer = make_causal("llama")
    found = pa.perplexity(pa.load_model(network, tokenizer=with_bos(tokenizer)), books)
    assert "begins with the BOS token" in found.notes[0]
    assert found.options == ""


def test_bounds_are_over_documents_or_their_clusters(module, model, books) -> None:
    losses = [each for each in reference(module, TEXTS, context=64, stride=32) if each]
    totals, tokens = [sum(each) for each in losses], [len(each) for each in losses]
    wanted = ratio_interval(totals, tokens, confidence=0.95)
    found = pa.perplexity(model, books)
    assert (found.low, found.high) == pytest.approx((math.exp(wanted.low), math.exp(wanted.high)))
    assert (found.n, found.clusters, found.method) == (7, None, "Dirichlet, ratio")
    clustered = pa.perplexity(model, books, cluster="book")
    assert (clustered.n, clustered.clusters) == (7, 4)
    assert (clustered.low, clustered.high) == (1.0, math.inf)  # four clusters show nothing
    point = pa.perplexity(model, books, point=True)
    assert point.low == point.value == point.high == found.value


def test_a_criterion_explains_itself(model, books) -> None:
    with pytest.raises(pa.AcceptanceFailure, match="the documents that raise it most") as failure:
        pa.assert_perplexity_below(model, books, 2)
    [evidence] = failure.value.verdict.evidence
    assert 3 <= len(evidence.lines) <= 12
    assert "nats a token over" in evidence.lines[0]
    losses = [line for line in evidence.lines if line.startswith("- ")]
    assert all("[" in line and "]" in line for line in losses)
    assert pa.assert_perplexity_above(model, books, 2).status == "accepted"
    assert pa.assert_bits_per_byte_below(model, books, 1000).status == "accepted"


def test_the_most_surprising_tokens_are_shown_in_context(module, model) -> None:
    text = "the king and the queen of the sea"
    losses = reference(module, [text], context=64, stride=32)[0]
    [evidence] = (pa.perplexity(model, pa.load_data([{"text": text}], label=None)) <= 1).evidence
    first, *shown = evidence.lines
    assert first == f"data row 1: {np.mean(losses):.2f} nats a token over 32; the most surprising"
    for line, at in zip(shown, np.argsort(losses)[::-1][:3] + 1, strict=True):
        before, token, after = text[max(0, at - 8) : at], text[at], text[at + 1 : at + 4]
        marked = f"{before} [{token.strip() or repr(token)}]" if token == " " else before
        marked = marked if token == " " else f"{before}[{token}]"
        assert line == f"- {losses[at - 1]:.2f} {(marked + after).lstrip()}"


def test_thresholds_know_them(model, books) -> None:
    limits = {"perplexity_below": 1e9, "bits_per_byte_above": 0.0}
    first, second = pa.judge_thresholds(model, books, limits)
    assert (first.status, second.status) == ("accepted", "accepted")


def test_passages_are_scored_once_whoever_asks(module, books) -> None:
    network, tokenizer = module
    model = pa.load_model(network, tokenizer=tokenizer)
    pa.perplexity(model, books)
    calls = []
    hook = network.register_forward_hook(lambda *_: calls.append(1))
    inner = network.model.register_forward_hook(lambda *_: calls.append(1))
    pa.bits_per_byte(model, books)
    hook.remove()
    inner.remove()
    assert calls == []


def test_plain_text_files_are_documents(model, tmp_path) -> None:
    (tmp_path / "book.txt").write_text("\n\n".join(TEXTS), encoding="utf-8")
    found = pa.perplexity(model, pa.load_data(tmp_path / "book.txt"))
    rows = pa.load_data([{"text": text} for text in TEXTS], label=None)
    assert found.value == pytest.approx(pa.perplexity(model, rows).value, rel=1e-6)


def test_perplexities_of_different_tokens_are_noted(module, model, books) -> None:
    network, tokenizer = make_causal("llama")
    other = pa.load_model(network, tokenizer=with_bos(tokenizer), name="begins")
    found = pa.metric_drop(model, books, against=other, metric=pa.perplexity)
    n = int(found.notes[0].split()[0].replace(",", ""))
    note = (
        f"the two cut the texts into different tokens ({n:,} and {n + len(TEXTS):,} of them), so "
        "their perplexity is not of the same thing; bits_per_byte is"
    )
    assert found.notes[-1] == note
    bits = pa.metric_drop(model, books, against=other, metric=pa.bits_per_byte)
    same = pa.metric_drop(model, books, against=model, metric=pa.perplexity)
    assert "different tokens" not in str(bits.notes + same.notes)


def test_other_models_are_refused(books, model) -> None:
    classifier, tokenizer = make("bert")
    with pytest.raises(pa.SettingError, match="perplexity is a metric of models for causal-lm"):
        pa.perplexity(pa.load_model(classifier, tokenizer=tokenizer), books)
    with pytest.raises(pa.SettingError, match="Metrics for that: perplexity"):
        pa.accuracy(model, books)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"context": 65}, "`context` to be an integer between 2 and 64"),
        ({"context": 1}, "`context` to be an integer between 2 and 64"),
        ({"context": 16, "stride": 16}, "`stride` to be an integer between 1 and 15, less than"),
        ({"stride": 0}, "`stride` to be an integer between 1 and 63"),
        ({"bos": "sometimes"}, "`bos` to be 'auto', 'always' or 'never', but got 'sometimes'"),
        ({"strides": 3}, "There is no option of perplexity 'strides'. Did you mean 'stride'?"),
    ],
)
def test_options_that_cannot_be(model, books, options, message: str) -> None:
    with pytest.raises(pa.SettingError, match=message):
        pa.perplexity(model, books, **options)


def test_bars_that_cannot_be(model, books) -> None:
    with pytest.raises(pa.SettingError, match="`bar` to be a number of 1 or more, the range of"):
        pa.assert_perplexity_below(model, books, 0.5)


def test_a_bos_token_that_is_not_there(module, books) -> None:
    network, tokenizer = make_causal("gpt2")
    tokenizer.bos_token = None
    with pytest.raises(pa.SettingError, match="bos='always' needs a tokenizer with a beginning"):
        pa.perplexity(pa.load_model(network, tokenizer=tokenizer), books, bos="always")


def test_a_model_without_a_limit_is_asked_for_a_context(module, books) -> None:
    network, tokenizer = make_causal("llama")
    tokenizer.model_max_length = 10**30
    plain = torch.nn.ModuleDict({"inner": network})  # has no config that says it
    plain.forward = lambda input_ids: network(input_ids).logits
    model = pa.load_model(plain, tokenizer=tokenizer, task="causal-lm")
    with pytest.raises(pa.SettingError, match="does not say how many tokens it takes: pass cont"):
        pa.perplexity(model, books)
    losses = reference((network, tokenizer), TEXTS, context=16, stride=8)
    found = pa.perplexity(model, books, context=16)
    assert found.value == pytest.approx(np.exp(np.concatenate(losses).mean()), rel=1e-6)


def test_data_that_are_no_documents(model) -> None:
    pairs = pa.load_data([{"a": "x", "b": "y"}], text=["a", "b"], label=None)
    with pytest.raises(pa.DataError, match="perplexity is of documents, each one text, but an"):
        pa.perplexity(model, pairs)
    single = pa.load_data([{"text": "x"}, {"text": ""}], label=None, name="bits")
    with pytest.raises(pa.DataError, match="bits has no token to score: a token is scored if"):
        pa.perplexity(model, single)
    assert pa.perplexity(model, single, bos="always").n == 1


def test_nan_is_an_error_that_names_the_passage(books) -> None:
    network, tokenizer = make_causal("llama")
    with torch.no_grad():
        network.model.norm.weight.fill_(torch.nan)
    with pytest.raises(pa.PredictionError, match="NaN or infinite .*tokens .* of "):
        pa.perplexity(pa.load_model(network, tokenizer=tokenizer), books)
