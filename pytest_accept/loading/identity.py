"""All that makes a model's answers but the reading and the input: what the store keys them by."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

import torch

from pytest_accept.loading.known import Known, kind_of, of_module
from pytest_accept.records import ModelDescription

Identity = tuple[Hashable, ...]

OWN_CODE = "transformers_modules"
"""Where transformers imports the code that came with a checkpoint."""


def of_files(
    about: ModelDescription,
    module: Any,
    tokenizer: Any,
    *,
    options: Mapping[str, Any] | None = None,
) -> Identity | None:
    """Return the identity of a model that was loaded from files and is as it was loaded.

    None if it runs code that came with its files, or was loaded with `options` (of
    `from_pretrained`) that cannot be written down: nobody could tell whether they are the same.
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
        own_code=known.kind.startswith(f"{OWN_CODE}.") or has_own_code(tokenizer),
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
    if about.fingerprint is None or own_code:
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


def has_own_code(thing: Any) -> bool:
    """Return whether something is of code that came with a checkpoint."""
    return type(thing).__module__.partition(".")[0] == OWN_CODE


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
