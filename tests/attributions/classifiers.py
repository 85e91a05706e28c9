"""Tiny random text classifiers of the families whose attributions are compared."""

from __future__ import annotations

from typing import Any

import torch
import transformers

import pytest_accept as pa
from tests.models import gpt2_tokenizer, make

TEXTS = ["a good film.", "the plot was awful, and not good!", "dull", "we loved this book a lot"]
KINDS = ("bert", "gpt2", "llama")


def classifier(kind: str = "bert", **options: Any) -> Any:
    """Return (module, tokenizer) of a kind; decoders pad with their end-of-text token."""
    if kind not in ("gpt2", "llama"):
        return make(kind, **options)
    module, tokenizer = make(kind) if kind == "gpt2" else _llama()
    tokenizer.pad_token = tokenizer.eos_token
    module.config.pad_token_id = tokenizer.pad_token_id
    return module, tokenizer


def _llama() -> Any:
    tokenizer = gpt2_tokenizer()
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.5,
        id2label={0: "neg", 1: "pos"},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return transformers.LlamaForSequenceClassification(config).eval(), tokenizer


def loaded(kind: str = "bert", *, double: bool = False, **options: Any) -> pa.Model:
    """Return the Model of a kind; `double` in float64, where only real differences are left."""
    module, tokenizer = classifier(kind, **options)
    module = module.double() if double else module
    return pa.load_model(module, tokenizer=tokenizer, name=kind)
