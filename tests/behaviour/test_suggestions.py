"""Suggestions of a masked language model: a tiny random one, built here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from pytest_accept import ModelError, SettingError, suggest
from tests import models


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BertForMaskedLM of random weights."""
    folder = tmp_path_factory.mktemp("masked")
    tokenizer = models.wordpiece_tokenizer()
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    with models.quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        transformers.BertForMaskedLM(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


def by_hand(folder: Path, text: str) -> list[str]:
    """Return all whole words, the most probable first, without a pipeline."""
    with models.quiet():
        model = transformers.AutoModelForMaskedLM.from_pretrained(folder).eval()
    tokenizer: Any = models.wordpiece_tokenizer()
    batch = tokenizer(text.replace("{mask}", "[MASK]"), return_tensors="pt")
    at = int((batch["input_ids"][0] == tokenizer.mask_token_id).nonzero())
    with torch.no_grad():
        order = model(**batch).logits[0, at].argsort(descending=True)
    return [word for word in tokenizer.convert_ids_to_tokens(order) if word.isalpha()]


def test_the_most_probable_words_first(masked: Path) -> None:
    text = "a {mask} film."
    found = suggest(masked, text, top=7)
    assert found == by_hand(masked, text)[:7]
    assert suggest(str(masked), text, top=5000) == by_hand(masked, text)  # no more than there are


def test_a_pipeline(masked: Path) -> None:
    with models.quiet():
        pipeline = transformers.pipeline("fill-mask", model=str(masked))
    assert suggest(pipeline, "the plot was {mask}", top=3) == suggest(
        masked, "the plot was {mask}", top=3
    )


class ByteLevel:
    """A fill-mask pipeline whose tokens begin words with a sign, as RoBERTa's do."""

    task = "fill-mask"
    tokens = ("ing", "Ġgood", "ĠGood", "Ġ!", "Ġ3d", "Ġfine", "<mask>")
    mask_token = "<mask>"

    @property
    def tokenizer(self) -> ByteLevel:
        return self

    def get_vocab(self) -> dict[str, int]:
        return {token: at for at, token in enumerate(self.tokens)}

    def convert_ids_to_tokens(self, at: int) -> str:
        return self.tokens[at]

    def __call__(self, text: str, top_k: int) -> list[dict[str, int]]:
        assert text == "A <mask> film."
        return [{"token": at} for at in range(len(self.tokens))][:top_k]


def test_pieces_signs_and_repeats_are_left_out() -> None:
    assert suggest(ByteLevel(), "A {mask} film.") == ["good", "fine"]
    assert suggest(ByteLevel(), "A {mask} film.", top=1) == ["good"]


@pytest.mark.parametrize("text", ["A film.", "A {mask} {mask}.", 3])
def test_a_text_has_one_mask(text: Any) -> None:
    with pytest.raises(SettingError, match="a text with {mask} in it, once"):
        suggest(ByteLevel(), text)


def test_what_is_no_masked_language_model(
    tiny_model_folder: Path, tmp_path: Path, checkpoints: dict[str, Path]
) -> None:
    with pytest.raises(SettingError, match="`top` to be an integer of 1 or more"):
        suggest(ByteLevel(), "{mask}", top=0)
    with pytest.raises(ModelError, match="There is no such folder"):
        suggest("no/such/folder", "{mask}")
    with pytest.raises(ModelError, match="a fill-mask pipeline of transformers, or the folder"):
        suggest(lambda texts: texts, "{mask}")
    with pytest.raises(ModelError, match="config.json"):
        suggest(tmp_path, "{mask}")
    with pytest.raises(ModelError, match="has no masked language model's head"):
        suggest(tiny_model_folder, "{mask}")
    with pytest.raises(ModelError, match="is no masked language model"):
        suggest(checkpoints["gpt2"], "{mask}")
