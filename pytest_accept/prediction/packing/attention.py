"""The attention of rows of texts, registered with transformers under a name of ours."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from pytest_accept.prediction.packing.layout import CannotPack, Layout

NAME = "pytest_accept_packed"

# What some models hand to their attention and would be lost here.
REFUSED = ("softcap", "s_aux", "position_bias", "cache", "block_sequence_ids", "indices")
# Tensors that say nothing of which token sees which, or what is right in a row already.
HARMLESS = ("position_ids", "position_embeddings", "cache_position", "token_type_ids")

# Query, key and value.
States = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass
class Row:
    """The row that a model is reading: its layout, and how often attention was asked of it."""

    layout: Layout
    calls: int = 0


reading: ContextVar[Row | None] = ContextVar("reading", default=None)


def register() -> None:
    """Make our attention known to transformers, with masks that are none."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, attention)
    AttentionMaskInterface.register(NAME, no_mask)


def no_mask(*_: Any, **__: Any) -> None:
    """Return no mask: texts in a row are kept apart by `attention`."""


def attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    is_causal: bool | None = None,
    sliding_window: int | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """Return the attention (1, tokens, heads, size) of a row to itself, each text for itself.

    Query, key and value are (1, heads, tokens, size). CannotPack for what texts in a row cannot
    be told: masks, biases, caps, a window smaller than a text.
    """
    row = reading.get()
    if row is None or attention_mask is not None or dropout:
        raise CannotPack("attention outside of a row, with a mask or with dropout")
    _check(row.layout, query, key, sliding_window, rest)
    row.calls += 1
    causal = bool(getattr(module, "is_causal", True) if is_causal is None else is_causal)
    attend = _by_length if query.device.type == "cpu" else _by_edges
    return attend(row.layout, (query, key, value), scaling, causal)[None], None


def _check(
    layout: Layout,
    query: torch.Tensor,
    key: torch.Tensor,
    window: int | None,
    rest: dict[str, Any],
) -> None:
    for each in (query, key):
        if each.shape[0] != 1 or each.shape[2] != layout.tokens:
            raise CannotPack(f"a query or key of shape {tuple(each.shape)}")
    if window is not None and window < max(layout.lengths):
        raise CannotPack(f"a window of {window} tokens")
    for name, each in rest.items():
        lost = name in REFUSED and each is not None
        if lost or (isinstance(each, torch.Tensor) and name not in HARMLESS):
            raise CannotPack(f"attention with {name}")


def _by_length(layout: Layout, states: States, scaling: float | None, causal: bool) -> torch.Tensor:
    """Attend within each group of texts of the same length at once, (tokens, heads, size)."""
    query, key, value = states
    shared = key.shape[1] != query.shape[1]
    found = query.new_empty(layout.tokens, query.shape[1], value.shape[3])
    for start, count, length in layout.groups:
        part = slice(start, start + count * length)
        q, k, v = (
            each[0, :, part].view(each.shape[1], count, length, -1).transpose(0, 1)
            for each in states
        )
        attended = functional.scaled_dot_product_attention(
            q, k, v, scale=scaling, is_causal=causal and length > 1, enable_gqa=shared
        )
        found[part] = attended.transpose(1, 2).flatten(0, 1)
    return found


def _by_edges(layout: Layout, states: States, scaling: float | None, causal: bool) -> torch.Tensor:
    """Attend by a kernel that is told where texts begin and end, (tokens, heads, size)."""
    from torch.nn.attention.varlen import varlen_attn

    query, key, value = (each[0].transpose(0, 1).contiguous() for each in states)
    found = varlen_attn(
        query,
        key,
        value,
        layout.edges,
        layout.edges,
        max(layout.lengths),
        max(layout.lengths),
        scale=scaling,
        window_size=(-1, 0) if causal else (-1, -1),
        enable_gqa=key.shape[1] != query.shape[1],
    )
    assert isinstance(found, torch.Tensor)
    return found
