"""Tiny random causal language models, and perplexity as transformers' documentation computes it."""

from __future__ import annotations

from typing import Any

import torch
import transformers
from tokenizers import processors
from torch.nn import functional

from tests.models import gpt2_tokenizer

CAUSAL_KINDS = ("gpt2", "llama", "qwen2", "gpt_neox", "opt", "gemma2", "cohere")

DOCUMENTS = (
    "The cat sat on the mat, and it was a very fine mat.",
    "dull",
    "We loved this book because it is bright and happy and never slow. " * 4,
    "x",
    "Naïve café — 東京!",
)


def make_causal(kind: str = "gpt2", *, seed: int = 0, positions: int = 64, **sizes: Any) -> Any:
    """Return (model, tokenizer) of a kind: a byte-level vocabulary and random weights."""
    tokenizer = gpt2_tokenizer()
    tokenizer.model_max_length = positions
    few: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": positions,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.AutoModelForCausalLM.from_config(_config(kind, few, sizes)).eval()
        # Large enough that the answers differ from token to token.
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
    return model, tokenizer


def _config(kind: str, few: dict[str, Any], sizes: dict[str, Any]) -> Any:
    if kind == "opt":
        renamed = {**few, "ffn_dim": few["intermediate_size"], "word_embed_proj_dim": 16}
        return transformers.OPTConfig(**{**renamed, **sizes})
    if kind in ("gpt2", "gpt_neox"):
        names = {"gpt2": "GPT2Config", "gpt_neox": "GPTNeoXConfig"}
        return getattr(transformers, names[kind])(**{**few, **sizes})
    names = {
        "llama": "LlamaConfig",
        "qwen2": "Qwen2Config",
        "gemma2": "Gemma2Config",
        "cohere": "CohereConfig",
    }
    few = {**few, "num_key_value_heads": 1}
    if kind == "gemma2":
        few = {**few, "head_dim": 8, "final_logit_softcapping": 3.0}
    return getattr(transformers, names[kind])(**{**few, **sizes})


def with_bos(tokenizer: Any) -> Any:
    """Let a tokenizer put its beginning-of-sequence token before every text, as Llama's does."""
    token = tokenizer.bos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{token} $A", special_tokens=[(token, tokenizer.bos_token_id)]
    )
    return tokenizer


def reference_losses(model: Any, ids: list[int], *, context: int, stride: int) -> list[float]:
    """Return the losses of all tokens but the first, window by window.

    The loop of "Perplexity of fixed-length models" in transformers' documentation, which masks the
    tokens that an earlier window has scored.
    """
    losses: list[float] = []
    previous = 0
    tokens = torch.tensor([ids])
    for begin in range(0, len(ids), stride):
        end = min(begin + context, len(ids))
        if end < 2:
            break
        window = tokens[:, begin:end]
        labels = window.clone()
        labels[:, : -(end - previous)] = -100
        with torch.no_grad():
            logits = model(window).logits
        found = functional.cross_entropy(logits[0, :-1], labels[0, 1:], reduction="none")
        losses += found[labels[0, 1:] != -100].tolist()
        previous = end
        if end == len(ids):
            break
    return losses
