"""All that makes a model's answers but the reading and the input: what the store keys them by."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

import torch

from pytest_accept.loading.known import Known, kind_of, of_module
from pytest_accept.records import ModelDescription

Identity = tuple[Hashable, ...]

ATTENTIONS = (
    *(None, "eager", "sdpa", "flex_attention"),
    *("flash_attention_2", "flash_attention_3", "flash_attention_4"),
)
"""Those that are code of torch, transformers or a package; any other may be a suite's own."""

ELSEWHERE = ("config", "gguf_file", "adapter_kwargs")
"""Options that name files which are in no fingerprint."""


def of_files(
    about: ModelDescription,
    module: Any,
    tokenizer: Any,
    *,
    options: Mapping[str, Any] | None = None,
) -> Identity | None:
    """Return the identity of a model that was loaded from files and is as it was loaded.

    None if it runs code that is not transformers' own, or was loaded with `options` (of
    `from_pretrained`) that cannot be written down or name files elsewhere: nobody could tell
    whether they are the same.
    """
    known = of_module(module, tokenizer, about.max_length)
    return of_known(about, known, tokenizer, options=options)


def of_known(
    about: ModelDescription,
    known: Known,
    tokenizer: Any,
    *,
    options: Mapping[str, Any] | None = None,
) -> Identity | None:
    """Return what `of_files` does, of what is known of the module."""
    return of_parts(
        about,
        kind=known.kind,
        # How a model attends is chosen by transformers if the user does not.
        attention=known.attention,
        own_code=is_own_code(known.kind) or is_own_code(kind_of(tokenizer)),
        options=options,
    )


def of_parts(
    about: ModelDescription,
    *,
    kind: str,
    attention: str | None,
    own_code: bool,
    options: Mapping[str, Any] | None = None,
) -> Identity | None:
    """Return the identity of a model that is elsewhere, of what is known of it."""
    if about.fingerprint is None or own_code or attention not in ATTENTIONS:
        return None
    if options and not options.keys().isdisjoint(ELSEWHERE):
        return None
    try:
        written = json.dumps(_plain(dict(options or {})), sort_keys=True)
    except TypeError:
        return None
    return (
        about.fingerprint,
        about.task,
        kind,
        about.dtype,
        about.max_length,
        about.precision,
        attention,
        # An accelerator's cores may round more than was asked for.
        (about.device or "").partition(":")[0],
        torch.get_float32_matmul_precision(),
        written,
    )


def is_own_code(kind: str) -> bool:
    """Return whether a class is a checkpoint's or a suite's, whose code may change unseen."""
    return not kind.startswith("transformers.")


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; TypeError if that would not say all of it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, torch.dtype | torch.device):
        return ["torch", str(value)]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(each)] for key, each in value.items()]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    # Such as a quantization config.
    if type(value).__module__.startswith("transformers.") and hasattr(value, "to_dict"):
        return [kind_of(value), _plain(value.to_dict())]
    raise TypeError(f"{type(value).__name__} cannot be written down")
