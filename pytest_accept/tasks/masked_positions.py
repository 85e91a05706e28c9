"""Masked language models: the vocabulary head at the masked position of each sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.backends.torch_module import logits_of
from pytest_accept.prediction.encodings import IDS


def logits_at(
    module: torch.nn.Module, tensors: dict[str, Any], columns: npt.NDArray[np.int64]
) -> torch.Tensor:
    """Return the logits (n, vocabulary) at one position of each of n sequences.

    The module's own forward runs, so that its transform and bias are there; only what its output
    layer sees is cut to those positions. A module that names no such layer computes all logits.
    """
    shape = tensors[IDS].shape
    rows = torch.arange(shape[0], device=tensors[IDS].device)
    at = torch.from_numpy(columns).to(tensors[IDS].device)

    def only_these(_: torch.nn.Module, inputs: tuple[Any, ...]) -> Any:
        states = inputs[0] if inputs else None
        if isinstance(states, torch.Tensor) and states.dim() == 3 and states.shape[:2] == shape:
            return (states[rows, at], *inputs[1:])
        return None

    find = getattr(module, "get_output_embeddings", None)
    head = find() if callable(find) else None
    if not isinstance(head, torch.nn.Module):
        return logits_of(module, tensors)[rows, at]
    hook = head.register_forward_pre_hook(only_these)
    try:
        logits = logits_of(module, tensors)
    finally:
        hook.remove()
    logits = logits[rows, at] if logits.dim() == 3 else logits
    return logits if logits.dtype == torch.float64 else logits.float()


def mask_of(tokenizer: Any) -> int:
    """Return the mask token's id; PredictionError if the tokenizer has none."""
    token: int | None = getattr(tokenizer, "mask_token_id", None)
    if token is not None:
        return token
    raise PredictionError(
        "The tokenizer has no mask token, so no word can be hidden from the model. Is it the one "
        "that the model was trained with?"
    )


def around(at: int, length: int, room: int | None) -> tuple[int, int]:
    """Return the part (start, stop) of so many tokens that shows most on both sides of one."""
    if room is None or length <= room:
        return 0, length
    start = min(max(at - room // 2, 0), length - room)
    return start, start + room
