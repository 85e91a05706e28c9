"""Tiny random masked language models."""

from __future__ import annotations

from typing import Any

import torch
import transformers

from tests.models import roberta_tokenizer, wordpiece_tokenizer


def make_masked(kind: str = "bert", *, seed: int = 0) -> Any:
    """Return (model, tokenizer) of a kind that takes 24 tokens, with random weights."""
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.5,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if kind == "roberta":
            tokenizer = roberta_tokenizer()
            tokenizer.add_special_tokens({"mask_token": "<mask>"})
            config = transformers.RobertaConfig(
                vocab_size=len(tokenizer),
                max_position_embeddings=26,
                pad_token_id=1,
                type_vocab_size=1,
                **sizes,
            )
            return transformers.RobertaForMaskedLM(config).eval(), tokenizer
        words = wordpiece_tokenizer(24)
        bert = transformers.BertConfig(vocab_size=len(words), max_position_embeddings=24, **sizes)
        return transformers.BertForMaskedLM(bert).eval(), words
