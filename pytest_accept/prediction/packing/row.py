"""A padded batch goes into a model, and comes out of it, but inside it is a row without padding."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from pytest_accept.prediction.encodings import IDS, MASK
from pytest_accept.prediction.packing import attention
from pytest_accept.prediction.packing.attention import Row
from pytest_accept.prediction.packing.layout import CannotPack, Layout
from pytest_accept.prediction.packing.packable import Parts

# How a configuration keeps the name of its attention. Not by its property, which writes to the
# configurations inside of it as well.
NAMED = "_attn_implementation_internal"


def uses_sdpa(parts: Parts) -> bool:
    """Return whether all parts of a model still use scaled-dot-product attention."""
    return all(getattr(each, NAMED, None) == "sdpa" for each in parts.configs)


@contextlib.contextmanager
def in_rows(parts: Parts) -> Iterator[None]:
    """Let the body of a model read rows; afterwards the model is as it was.

    CannotPack, while it reads, for inputs that are more than ids with padding on the right.
    """
    attention.register()
    before = [getattr(each, NAMED) for each in parts.configs]
    token = attention.reading.set(None)
    hooks = [
        parts.body.register_forward_pre_hook(_pack, with_kwargs=True),
        parts.last.register_forward_hook(_Unpack(parts.layers)),
    ]
    try:
        for each in parts.configs:
            setattr(each, NAMED, attention.NAME)
        yield
    finally:
        for each, name in zip(parts.configs, before, strict=True):
            setattr(each, NAMED, name)
        for hook in hooks:
            hook.remove()
        attention.reading.reset(token)


def _pack(
    body: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Turn the arguments of a padded batch into those of a row."""
    given = _by_name(body, args, kwargs)
    mask, ids = given.get(MASK), given.get(IDS)
    if not isinstance(mask, torch.Tensor) or not isinstance(ids, torch.Tensor):
        raise CannotPack("a call without ids or without a mask")
    layout = Layout.of(mask)
    positions = _positions(body, ids, layout)
    packed = {name: _packed(name, each, ids, layout) for name, each in given.items()}
    attention.reading.set(Row(layout))
    return (), {**packed, MASK: None, "position_ids": positions}


def _by_name(
    body: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    bound = inspect.signature(body.forward).bind(*args, **kwargs)
    rest = [p.name for p in bound.signature.parameters.values() if p.kind is p.VAR_KEYWORD]
    given = dict(bound.arguments)
    for name in rest:
        given.update(given.pop(name, {}))
    return given


def _packed(name: str, each: Any, ids: torch.Tensor, layout: Layout) -> Any:
    if not isinstance(each, torch.Tensor) or name == MASK:
        return each
    if each.shape != ids.shape or name == "position_ids":
        raise CannotPack(f"an argument {name} of its own")
    return layout.pack(each)


def _positions(body: torch.nn.Module, ids: torch.Tensor, layout: Layout) -> torch.Tensor:
    """Return the positions (1, tokens) that the body would give the tokens of a padded batch."""
    # RoBERTa and its kin count from beyond the padding token, and do not count that token.
    own = getattr(getattr(body, "embeddings", None), "create_position_ids_from_input_ids", None)
    if own is None:
        return layout.positions()
    found: torch.Tensor = own(ids, body.embeddings.padding_idx)  # type: ignore[union-attr]
    return layout.pack(found)


class _Unpack:
    """Turns the states of a row into those of a padded batch."""

    def __init__(self, layers: int) -> None:
        self._layers = layers

    def __call__(self, last: torch.nn.Module, args: Any, output: Any) -> Any:
        row = attention.reading.get()
        attention.reading.set(None)
        if row is None or row.calls != self._layers:
            # Whatever else a layer does to mix tokens, it does not know where texts end.
            raise CannotPack("layers that do not all use the attention interface")
        if isinstance(output, tuple):
            return (row.layout.unpack(output[0]), *output[1:])
        output.last_hidden_state = row.layout.unpack(output.last_hidden_state)
        return output
