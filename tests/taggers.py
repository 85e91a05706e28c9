"""Tiny random taggers: real architectures and tokenizers, milliseconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers

from tests.models import gpt2_tokenizer, roberta_tokenizer, wordpiece_tokenizer

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
SENTENCES = (
    ("a", "good", "film", "."),
    ("unhappy", "zzz", "loved"),
    ("dull",),
    ("we", "loved", "this", "book", "because", "it", "is", "bright", "and", "unable"),
)


def tagger(
    kind: str = "bert", *, labels: tuple[str, ...] = TAGS, seed: int = 0, positions: int = 48
) -> tuple[Any, Any]:
    """Return (module, tokenizer) with random weights that depend on the seed alone."""
    names = {"id2label": dict(enumerate(labels)), "label2id": {n: i for i, n in enumerate(labels)}}
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.5,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if kind == "bert":
            words = wordpiece_tokenizer(positions)
            bert = transformers.BertConfig(
                vocab_size=len(words), max_position_embeddings=positions, **sizes, **names
            )
            return transformers.BertForTokenClassification(bert).eval(), words
        if kind == "roberta":
            letters = roberta_tokenizer()
            roberta = transformers.RobertaConfig(
                vocab_size=len(letters),
                max_position_embeddings=positions + 2,
                pad_token_id=1,
                type_vocab_size=1,
                **sizes,
                **names,
            )
            return transformers.RobertaForTokenClassification(roberta).eval(), letters
        letters = gpt2_tokenizer()
        gpt2 = transformers.GPT2Config(
            vocab_size=len(letters),
            n_embd=16,
            n_layer=2,
            n_head=2,
            n_positions=positions,
            initializer_range=0.5,
            **names,
        )
        return transformers.GPT2ForTokenClassification(gpt2).eval(), letters


def save_tagger(folder: Path, kind: str = "bert", **options: Any) -> Path:
    """Write a tagger's checkpoint and return its folder."""
    module, tokenizer = tagger(kind, **options)
    module.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
