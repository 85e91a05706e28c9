"""What must be known of a checkpoint's module before it is asked anything.

It is remembered in the cache folder: a run whose answers are all kept loads neither the weights nor
the code of the architecture.
"""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from pytest_accept import settings
from pytest_accept.errors import CacheError
from pytest_accept.loading import memory_file
from pytest_accept.prediction.backends.torch_module import can_pad
from pytest_accept.prediction.store_keys import CODE, VERSIONS, key_of, version_of

NAME = "models.json"
MOST = 500
"""So many ways of loading models are remembered, the last ones."""


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a module is, without it.

    `kind`: its class, with the module that defines it. `attention`: which one it uses, None if it
    does not say. `dtype` and `device` are those of its weights. `max_length`: how many tokens are
    read. `pads`: it can be told which tokens are padding. `pad_token`: the one of its config.
    """

    kind: str
    attention: str | None
    dtype: str
    device: str
    max_length: int | None
    pads: bool
    pad_token: int | None

    @property
    def half(self) -> bool:
        """Whether the weights are in half precision, or less."""
        dtype = getattr(torch, self.dtype, None)
        return isinstance(dtype, torch.dtype) and dtype.itemsize < torch.float32.itemsize


def of_module(module: torch.nn.Module, tokenizer: Any, max_length: int | None) -> Known:
    """Return what is to be known of a module."""
    config: Any = getattr(module, "config", None)
    first = next(module.parameters(), torch.empty(0))
    pad_token = getattr(config, "pad_token_id", tokenizer.pad_token_id)
    return Known(
        kind=kind_of(module),
        attention=getattr(config, "_attn_implementation", None),
        dtype=str(getattr(module, "dtype", first.dtype)).removeprefix("torch."),
        device=str(first.device),
        max_length=max_length,
        pads=can_pad(module),
        pad_token=pad_token if isinstance(pad_token, int) else None,
    )


def kind_of(module: Any) -> str:
    """Return what class a module is of."""
    return f"{type(module).__module__}.{type(module).__qualname__}"


def key(fingerprint: str, *how: str | int | bool | None) -> str | None:
    """Return what names a checkpoint that is loaded in this way; None if nothing is remembered."""
    if settings.current().cache == "off":
        return None
    versions = tuple((name, version_of(name)) for name in VERSIONS)
    found = key_of((CODE, versions, fingerprint, *how))
    return None if found is None else found.hex()


def recall(key: str | None) -> Known | None:
    """Return what was remembered, None if nothing was."""
    return None if key is None else memory_file.read(NAME, Known, most=MOST).get(key)


def remember(key: str | None, known: Known) -> None:
    """Remember what is known, as the settings allow."""
    if key is not None and settings.current().cache != "read":
        memory_file.add(NAME, Known, key, known, most=MOST)


def check(key: str | None, remembered: Known | None, found: Known, name: str) -> None:
    """Raise CacheError if a module is not what was remembered of it; then that is put right."""
    if remembered is None or remembered == found:
        return
    remember(key, found)
    changed = [
        f"{each} is {getattr(found, each)!r} and was {getattr(remembered, each)!r}"
        for each in Known.__struct_fields__
        if getattr(found, each) != getattr(remembered, each)
    ]
    raise CacheError(
        f"The model {name!r} is not as the cache remembers it: {', '.join(changed)}. Another "
        "attention may have been installed since, or somebody wrote to the cache. Answers that "
        "were looked up may be those of before, so this ends here: run it again, for the cache "
        "knows the model as it is now (with --accept-cache=read it does not: say off)."
    )
