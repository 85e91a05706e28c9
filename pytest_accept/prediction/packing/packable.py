"""Which modules may be tried on rows of texts, by what their configuration says of them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from pytest_accept.prediction.packing.layout import CannotPack

# Layers that mix tokens by their attention alone.
PLAIN = ("full_attention", "sliding_attention")
WINDOWS = ("sliding_window", "local_attention", "window_size", "attention_window")


@dataclass(frozen=True)
class Parts:
    """What is needed of a model to let it read rows.

    `body` turns ids into states, `last` is the part of it whose output is padded again; `configs`
    name the attention that its parts use; `longest`: texts of more tokens do not see all of
    themselves.
    """

    body: torch.nn.Module
    last: torch.nn.Module
    configs: tuple[Any, ...]
    layers: int
    longest: int | None


def parts_of(module: torch.nn.Module) -> Parts:
    """Return the parts of a module; CannotPack if it is not of transformers, uses another attention
    than its scaled-dot-product attention, or does more than attend.
    """
    from transformers import PreTrainedModel

    if not isinstance(module, PreTrainedModel):
        raise CannotPack("not a model of transformers")
    kind: Any = module
    if not (kind._supports_attention_backend and kind._supports_sdpa):
        raise CannotPack("an architecture that does not use the attention interface")
    if getattr(module.config, "is_encoder_decoder", False):
        raise CannotPack("an encoder with a decoder")
    if getattr(module, "_compiled_call_impl", None) is not None:
        raise CannotPack("a compiled module")
    if len(set((getattr(module, "hf_device_map", None) or {}).values())) > 1:
        raise CannotPack("a model on several devices")
    _check_kernel(module)
    body = _body(module)
    if any(each._forward_hooks or each._forward_pre_hooks for each in body.modules()):
        raise CannotPack("hooks, which would see rows")
    configs = tuple(_configs(module))
    named = {getattr(each, "_attn_implementation", None) for each in configs}
    if named != {"sdpa"}:
        raise CannotPack(f"attention of the kind {', '.join(sorted(map(str, named)))}")
    return Parts(body, _last(body), configs, _layers(body), _longest(configs))


def _check_kernel(module: Any) -> None:
    """Raise CannotPack where no kernel attends to texts of different lengths at a good speed."""
    if module.device.type == "cpu":
        return
    if module.device.type != "cuda" or module.dtype not in (torch.float16, torch.bfloat16):
        raise CannotPack(f"no kernel for {module.dtype} on {module.device.type}")
    try:
        importlib.import_module("torch.nn.attention.varlen")
    except ImportError as error:
        raise CannotPack("a torch without torch.nn.attention.varlen") from error


def _body(module: Any) -> torch.nn.Module:
    """Return the part of a model that turns ids into states."""
    body: Any = module.base_model
    # Where the body only hands on to a decoder, heads may ask that one.
    inner = getattr(body, "decoder", None)
    if isinstance(inner, torch.nn.Module) and _takes(inner, "input_ids"):
        body = inner
    for name in ("input_ids", "attention_mask", "position_ids"):
        if not _takes(body, name):
            raise CannotPack(f"a {type(body).__name__} that takes no {name}")
    found: torch.nn.Module = body
    return found


def _takes(module: torch.nn.Module, name: str) -> bool:
    return name in inspect.signature(module.forward).parameters


def _last(body: torch.nn.Module) -> torch.nn.Module:
    """Return the body, or its encoder if a pooler follows that reads states of whole texts."""
    encoder = getattr(body, "encoder", None)
    pooled = isinstance(getattr(body, "pooler", None), torch.nn.Module)
    return encoder if pooled and isinstance(encoder, torch.nn.Module) else body


def _configs(module: torch.nn.Module) -> Iterator[Any]:
    """Yield every configuration that a part of a module reads, once."""
    seen: set[int] = set()
    for part in module.modules():
        config = getattr(part, "config", None)
        if config is not None and id(config) not in seen:
            seen.add(id(config))
            yield config


def _layers(body: torch.nn.Module) -> int:
    config: Any = body.config
    kinds = set(getattr(config, "layer_types", None) or PLAIN)
    if not kinds <= set(PLAIN):
        raise CannotPack(f"layers of the kind {', '.join(sorted(kinds - set(PLAIN)))}")
    layers: int | None = getattr(config, "num_hidden_layers", None)
    if not layers:
        raise CannotPack("a configuration that does not say how many layers there are")
    return layers


def _longest(configs: tuple[Any, ...]) -> int | None:
    sizes = [getattr(each, name, None) for each in configs for name in WINDOWS]
    return min((size for size in sizes if isinstance(size, int) and size > 0), default=None)
