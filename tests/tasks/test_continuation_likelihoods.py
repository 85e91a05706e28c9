"""Log-likelihoods with shared prefixes, against one full pass for each continuation."""

import numpy as np
import pytest
import torch
import transformers

import pytest_accept as pa
from pytest_accept.tasks import continuation_likelihoods
from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
from pytest_accept.tasks.continuations import Continued, trees
from tests.language_models import CAUSAL_KINDS, make_causal

INPUTS = [
    Continued("The cat sat on the", (" mat", " moon and the sun", " m", " dog.")),
    Continued("Tea or ", ("coffee", "cola", "cocoa with milk", "x")),
    Continued("", ("The film is good.", "The films is good.", "A film")),
    Continued("a" * 90, (" bb", " cc")),  # longer than the models take
    Continued("Long ago. " * 3, (" yes", " no", " maybe so")),
    Continued("one", (" only",)),
    Continued("Letters:", (" A", " B", " C")),
]


def full_passes(module, tokenizer, asked: Continued, bos: str, most: int) -> np.ndarray:
    """Log-likelihood and number of tokens, a pass for each continuation."""
    (tree,) = trees(tokenizer, [asked], bos)
    excess = max(0, max(len(tree.trunk) + len(each) for each in tree.branches) - 1 - most)
    kept = int(bos == "always")
    found = []
    for branch in tree.branches:
        ids = [*tree.trunk, *branch]
        ids = ids[:kept] + ids[kept + excess :]
        first = tree.first - excess
        with torch.no_grad():
            logits = module(torch.tensor([ids[:-1]])).logits[0].double()
        chosen = logits.log_softmax(-1)[range(first - 1, len(ids) - 1), ids[first:]]
        found.append((float(chosen.sum()), len(ids) - first))
    return np.array(found)


def asked_of(module, tokenizer, bos: str = "auto") -> list[np.ndarray]:
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    return model.read(ContinuationLikelihoods(bos=bos), INPUTS)


def assert_equal(module, tokenizer, bos: str = "auto", most: int = 64) -> None:
    found = asked_of(module, tokenizer, bos)
    for rows, each in zip(found, INPUTS, strict=True):
        np.testing.assert_allclose(rows, full_passes(module, tokenizer, each, bos, most), atol=1e-4)


@pytest.mark.parametrize("kind", CAUSAL_KINDS)
@pytest.mark.parametrize("bos", ["auto", "always"])
def test_are_those_of_full_passes(kind: str, bos: str) -> None:
    module, tokenizer = make_causal(kind)
    assert_equal(module, tokenizer, bos)
    assert continuation_likelihoods._can_pack[module]


def test_one_by_one_and_split_apart_they_are_the_same(monkeypatch) -> None:
    module, tokenizer = make_causal("llama")
    together = asked_of(module, tokenizer)
    monkeypatch.setattr(continuation_likelihoods, "ROOM", 1)
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    for each, rows in zip(INPUTS, together, strict=True):
        (alone,) = model.read(ContinuationLikelihoods(), [each])
        np.testing.assert_allclose(alone, rows, atol=1e-4)


def test_a_model_of_other_positions_reads_the_prefix_with_each() -> None:
    _, tokenizer = make_causal()
    tokenizer.model_max_length = 64
    config = transformers.BloomConfig(
        vocab_size=len(tokenizer), hidden_size=16, n_layer=2, n_head=2, initializer_range=0.5
    )
    torch.manual_seed(0)
    module = transformers.BloomForCausalLM(config).eval()
    assert_equal(module, tokenizer)
    assert not continuation_likelihoods._can_pack[module]


def test_a_model_that_sees_a_window_only_reads_the_prefix_with_each() -> None:
    module, tokenizer = make_causal("gemma2", sliding_window=8)
    assert_equal(module, tokenizer)
    assert module not in continuation_likelihoods._can_pack


def test_a_model_that_takes_no_mask_gets_one_sequence_at_a_time() -> None:
    inner, tokenizer = make_causal("llama")

    class Bare(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner
            self.config = inner.config

        def forward(self, input_ids):
            assert len(input_ids) == 1
            return self.inner(input_ids).logits

    module = Bare()
    rows = asked_of(module, tokenizer)
    for each, found in zip(asked_of(inner, tokenizer), rows, strict=True):
        np.testing.assert_allclose(found, each, atol=1e-4)


def test_a_prefix_is_read_once() -> None:
    module, tokenizer = make_causal("llama", positions=128)
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    prefix = "Once upon a time there was a very small model."
    ends = tuple(f" It was {each}" for each in ("red", "blue", "green", "gold"))
    model.read(ContinuationLikelihoods(), [Continued("Warm up", (" one", " two"))])
    tokens = []
    hook = module.get_decoder().register_forward_pre_hook(
        lambda _, __, options: tokens.append(options["input_ids"].numel()), with_kwargs=True
    )
    model.read(ContinuationLikelihoods(), [Continued(prefix, ends)])
    hook.remove()
    # One byte is one token; the common " It was " is in the trunk, last tokens are never read.
    assert tokens == [len(prefix) + len(" It was ") + len("redbluegreengold") - 4]


def test_a_cut_prefix_is_said() -> None:
    module, tokenizer = make_causal("gpt2")
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    cut = model.cut(ContinuationLikelihoods(), INPUTS)
    assert cut.tolist() == [False, False, False, True, False, False, False]


def test_a_continuation_that_is_too_long_is_named() -> None:
    module, tokenizer = make_causal("gpt2")
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    with pytest.raises(pa.PredictionError, match="takes 64 tokens, but 'bbb.*' has 70"):
        model.read(ContinuationLikelihoods(), [Continued("a", ("b" * 70, "c"))])
