"""How many tokens of a text a model takes."""

from __future__ import annotations

from typing import Any

import torch

from pytest_accept.errors import ModelError, SettingError, expected

# What transformers says of a tokenizer without a limit.
NO_LIMIT = 10**12


def longest_input(tokenizer: Any, module: torch.nn.Module, asked: int | None) -> int | None:
    """Return the smallest of what tokenizer, position embeddings and user allow; None: no limit."""
    limits = [_of_user(tokenizer, asked), _of_tokenizer(tokenizer), _of_positions(module)]
    return min((each for each in limits if each is not None), default=None)


def _of_user(tokenizer: Any, asked: int | None) -> int | None:
    if asked is None:
        return None
    special = tokenizer.num_special_tokens_to_add(pair=False)
    if isinstance(asked, bool) or not isinstance(asked, int) or asked <= special:
        what = f"an integer above {special}, the number of special tokens of each text"
        raise SettingError(expected("max_length", what, asked))
    return asked


def _of_tokenizer(tokenizer: Any) -> int | None:
    limit = getattr(tokenizer, "model_max_length", None)
    if limit is not None and not isinstance(limit, int | float):
        raise ModelError(
            f"Expected the tokenizer's `model_max_length` to be a number, but got {limit!r}. It "
            "stands in tokenizer_config.json."
        )
    return int(limit) if limit is not None and 0 < limit < NO_LIMIT else None


def _of_positions(module: torch.nn.Module) -> int | None:
    config = getattr(module, "config", None)
    limit = getattr(config, "max_position_embeddings", None)
    limits = [limit] if isinstance(limit, int) and limit > 0 else []
    for name, part in module.named_modules():
        if name.endswith("position_embeddings") and isinstance(part, torch.nn.Embedding):
            # RoBERTa and its kin count positions from behind the padding index.
            unused = 0 if part.padding_idx is None else part.padding_idx + 1
            limits.append(part.num_embeddings - unused)
    return min(limits, default=None)
