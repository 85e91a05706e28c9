"""Documents in windows: every token scored once, as a plain loop over full logits scores it."""

import numpy as np
import pytest
import torch
import transformers

from pytest_accept import PredictionError, SettingError, load_model
from pytest_accept.tasks import output_head
from pytest_accept.tasks.documents import Document, beginning, documents, spans, windows
from pytest_accept.tasks.token_losses import TokenLosses
from tests.language_models import (
    CAUSAL_KINDS,
    DOCUMENTS,
    make_causal,
    reference_losses,
    with_bos,
)
from tests.models import gpt2_tokenizer, quiet, wordpiece_tokenizer


def losses(model, texts, *, context: int, stride: int, bos="auto") -> tuple[list, list]:
    found = documents(model.tokenizer, texts, bos)
    pieces = [windows(each, context=context, stride=stride, where="here") for each in found]
    rows = iter(model.read(TokenLosses(), [each for some in pieces for each in some]))
    return found, [
        np.concatenate([next(rows)[:, 0] for _ in some]) if some else np.empty(0) for some in pieces
    ]


@pytest.mark.parametrize("context", [2, 5, 8])
@pytest.mark.parametrize("stride", [1, 3, 4, 7])
@pytest.mark.parametrize("length", [0, 1, 2, 5, 8, 9, 23])
def test_each_token_is_scored_once_with_enough_before_it(
    length: int, context: int, stride: int
) -> None:
    if stride >= context:
        return
    scored: list[int] = []
    for start, stop, first in spans(length, context=context, stride=stride):
        assert 0 <= start < first < stop <= min(start + context, length)
        scored += range(first, stop)
        for token in range(first, stop):
            assert token - start >= min(token, context - stride)
    assert scored == list(range(1, length))


@pytest.mark.parametrize("kind", CAUSAL_KINDS)
def test_losses_are_those_of_the_plain_loop(kind: str) -> None:
    module, tokenizer = make_causal(kind)
    model = load_model(module, tokenizer=tokenizer)
    for context, stride in [(32, 12), (64, 32)]:
        found, ours = losses(model, DOCUMENTS, context=context, stride=stride)
        theirs = [
            reference_losses(module, each.ids.tolist(), context=context, stride=stride)
            for each in found
        ]
        np.testing.assert_allclose(np.concatenate(ours), np.concatenate(theirs), atol=3e-6)
        mean = np.concatenate(theirs).mean()
        assert np.exp(np.concatenate(ours).mean()) == pytest.approx(np.exp(mean), rel=1e-6)
    # Gemma 2 caps its logits, Cohere scales them: there the head alone would be wrong.
    assert (output_head._known[module] is None) == (kind in ("gemma2", "cohere"))


def test_the_head_runs_only_where_a_token_is_scored_and_in_chunks(monkeypatch) -> None:
    module, tokenizer = make_causal("llama")
    model = load_model(module, tokenizer=tokenizer)
    warm_up = ["a warm up", "of two lengths"]  # with the checks of parts and rows
    losses(model, warm_up, context=32, stride=16)
    seen: list[int] = []
    module.lm_head.register_forward_hook(lambda _, args, __: seen.append(args[0].numel() // 16))
    monkeypatch.setattr(output_head, "CHUNK", 10 * module.config.vocab_size)
    found, ours = losses(model, [DOCUMENTS[0]], context=32, stride=4)
    assert sum(seen) == sum(each.scored for each in found) == sum(map(len, ours))
    assert max(seen) == 10


def test_a_narrow_model_is_read_in_float32() -> None:
    module, tokenizer = make_causal("llama")
    module = module.to(torch.bfloat16)
    model = load_model(module, tokenizer=tokenizer)
    [found], [ours] = losses(model, DOCUMENTS[:1], context=64, stride=32)
    assert ours.dtype == np.float32
    with torch.no_grad():
        logits = module(torch.from_numpy(found.ids[None].astype(np.int64))).logits.float()
    wanted = -logits[0, :-1].log_softmax(-1).numpy()[np.arange(found.scored), found.ids[1:]]
    np.testing.assert_allclose(ours, wanted, atol=0.05)
    assert output_head._known[module] is not None


def test_a_module_without_parts_gives_its_logits() -> None:
    inner, tokenizer = make_causal("gpt2")

    class Wrapped(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner
            self.config = inner.config

        def forward(self, input_ids, attention_mask):
            return {"logits": self.inner(input_ids, attention_mask=attention_mask).logits}

    model = load_model(Wrapped(), tokenizer=tokenizer, task="causal-lm", max_length=64)
    plain = load_model(inner, tokenizer=tokenizer)
    for one, other in zip(
        losses(model, DOCUMENTS, context=32, stride=12)[1],
        losses(plain, DOCUMENTS, context=32, stride=12)[1],
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=3e-6)


def test_padding_is_told_from_text_though_it_has_a_texts_id() -> None:
    """As of SmolLM2, whose padding token is its end token: a mask of ids would hide both."""
    module, tokenizer = make_causal("llama")
    tokenizer.pad_token = tokenizer.eos_token
    texts = ["one <|endoftext|> two <|endoftext|>", "a longer text that makes the other one padded"]
    model = load_model(module, tokenizer=tokenizer)
    found, ours = losses(model, texts, context=64, stride=32)
    assert (found[0].ids == tokenizer.pad_token_id).sum() == 2
    for each, one in zip(found, ours, strict=True):
        wanted = reference_losses(module, each.ids.tolist(), context=64, stride=32)
        np.testing.assert_allclose(one, wanted, atol=3e-6)


def test_auto_does_as_the_tokenizer_does() -> None:
    plain, begun = gpt2_tokenizer(), with_bos(gpt2_tokenizer())
    assert beginning(plain, "auto") is None
    assert beginning(begun, "auto") == begun.bos_token_id
    assert beginning(begun, "never") is None
    assert beginning(plain, "always") == plain.bos_token_id
    assert beginning(wordpiece_tokenizer(), "auto") is None  # a [CLS] is no BOS token
    [with_it], [without] = documents(begun, ["ab"], "auto"), documents(begun, ["ab"], "never")
    assert with_it.ids.tolist() == [begun.bos_token_id, *without.ids.tolist()]
    assert (with_it.scored, without.scored) == (2, 1)


def test_a_bos_policy_that_cannot_be_met() -> None:
    with pytest.raises(SettingError, match=r"bos='always' needs a tokenizer with a beginning-of"):
        beginning(wordpiece_tokenizer(), "always")
    with pytest.raises(SettingError, match="`bos` to be 'auto', 'always' or 'never', but got True"):
        beginning(gpt2_tokenizer(), True)  # type: ignore[arg-type]


def test_only_the_bos_token_is_added() -> None:
    tokenizer = wordpiece_tokenizer()
    [found] = documents(tokenizer, ["a film"], "auto")
    assert tokenizer.convert_ids_to_tokens(found.ids.tolist()) == ["a", "film"]


@pytest.mark.parametrize(
    ("text", "unscored"), [("abc", 1), ("é!", 1), ("東京", 1), ("", 0), ("x", 1)]
)
def test_bytes_of_the_token_that_is_not_scored(text: str, unscored: int) -> None:
    [found] = documents(gpt2_tokenizer(), [text], "never")
    assert found.unscored == unscored
    [begun] = documents(gpt2_tokenizer(), [text], "always")
    assert (begun.unscored, begun.scored) == (0, len(text.encode()))


def test_half_a_character_is_named() -> None:
    with pytest.raises(PredictionError, match="is not valid Unicode: it holds a lone surrogate"):
        documents(gpt2_tokenizer(), ["fine", "half \ud83d"], "auto")


def test_windows_are_equal_if_their_tokens_are() -> None:
    document = Document(np.arange(10, dtype=np.int32), 0)
    first, second = windows(document, context=8, stride=4, where="a.txt line 3")
    assert repr(second) == "tokens 9 to 10 of a.txt line 3"
    again = windows(document, context=8, stride=4, where="b.txt line 1")
    assert {first, second} == set(again)
    assert windows(Document(np.zeros(1, np.int32), 1), context=8, stride=4, where="c") == []


def test_infinite_losses_name_the_passage() -> None:
    module, tokenizer = make_causal("gpt2")
    with torch.no_grad():
        module.transformer.ln_f.weight.fill_(torch.nan)
    model = load_model(module, tokenizer=tokenizer)
    with pytest.raises(PredictionError, match="NaN or infinite .*tokens 2 to 4 of here"):
        losses(model, ["dull"], context=64, stride=32)


def test_a_saved_checkpoint_gives_the_same(tmp_path) -> None:
    module, tokenizer = make_causal("llama")
    with quiet():
        module.save_pretrained(tmp_path)
        tokenizer.save_pretrained(tmp_path)
    saved, memory = load_model(tmp_path), load_model(module, tokenizer=tokenizer)
    assert (saved.task, saved.max_length) == ("causal-lm", 64)
    assert isinstance(module, transformers.LlamaForCausalLM)
    for one, other in zip(
        losses(saved, DOCUMENTS, context=32, stride=12)[1],
        losses(memory, DOCUMENTS, context=32, stride=12)[1],
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=3e-6)
