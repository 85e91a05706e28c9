"""Masked language models: pseudo-likelihoods and words behind masks, against plain loops."""

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.tasks.masked_words import Gap, MaskedWords
from pytest_accept.tasks.pseudo_likelihoods import PseudoLikelihoods
from tests.masked_models import make_masked

TEXTS = (
    "a good film.",
    "the plot was awful, and the ending was not good!",
    "dull",
    "we loved this book because it is bright and happy and never slow " * 3,
)


def plain_loop(module, tokenizer, text: str, room: int = 22) -> list[float]:
    """Mask each token in turn, in the middle of what the model takes."""
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    found = []
    for i, token in enumerate(ids):
        start = max(0, min(i - room // 2, len(ids) - room))
        window = list(ids[start : start + room])
        window[i - start] = tokenizer.mask_token_id
        with torch.no_grad():
            logits = module(torch.tensor([[first, *window, last]])).logits[0, i - start + 1]
        found.append(float(logits.log_softmax(-1)[token]))
    return found


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_pseudo_likelihoods_are_those_of_a_plain_loop(kind: str) -> None:
    module, tokenizer = make_masked(kind)
    model = pa.load_model(module, tokenizer=tokenizer)
    assert model.task == "fill-mask"
    assert model.max_length == 24
    for text, rows in zip(TEXTS, model.read(PseudoLikelihoods(), TEXTS), strict=True):
        np.testing.assert_allclose(rows[:, 0], plain_loop(module, tokenizer, text), atol=1e-5)


def test_a_text_without_tokens_is_an_error() -> None:
    module, tokenizer = make_masked()
    model = pa.load_model(module, tokenizer=tokenizer)
    with pytest.raises(pa.PredictionError, match="makes no tokens of ''"):
        model.read(PseudoLikelihoods(), ["fine", ""])


def test_a_tokenizer_without_a_mask_is_an_error() -> None:
    module, tokenizer = make_masked()
    tokenizer.mask_token = None
    model = pa.load_model(module, tokenizer=tokenizer)
    with pytest.raises(pa.PredictionError, match="has no mask token"):
        model.read(PseudoLikelihoods(), ["fine"])


def test_the_rank_of_a_word_is_its_place_in_the_vocabulary() -> None:
    module, tokenizer = make_masked()
    model = pa.load_model(module, tokenizer=tokenizer)
    gaps = [
        Gap(text, token)
        for text in ("a [MASK] film.", "it was [MASK]", "dull " * 30 + "[MASK] and slow")
        for token in (7, 30)
    ]
    for gap, (row,) in zip(gaps, model.read(MaskedWords(), gaps), strict=True):
        ids = tokenizer(gap.text, add_special_tokens=False, verbose=False)["input_ids"][-22:]
        with torch.no_grad():
            out = module(torch.tensor([[2, *ids, 3]])).logits[0]
        scores = out[1 + ids.index(tokenizer.mask_token_id)].softmax(-1).numpy()
        rank = 1 + int((scores > scores[gap.token]).sum())
        best = int(scores.argmax())
        assert row == pytest.approx([rank, scores[gap.token], best, scores[best]], rel=1e-4)
    assert model.cut(MaskedWords(), gaps).tolist() == [False] * 4 + [True] * 2
