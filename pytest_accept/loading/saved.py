"""A saved model, in a local folder or on the hub, to a Model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from pytest_accept.backends import Chosen
from pytest_accept.errors import ModelError, SettingError, expected
from pytest_accept.loading import (
    cascade,
    checkpoint,
    devices,
    fingerprints,
    hub,
    identity,
    known,
)
from pytest_accept.loading.backing import TorchBacking
from pytest_accept.loading.lengths import longest_input
from pytest_accept.loading.memory import Weights
from pytest_accept.loading.model import Model
from pytest_accept.loading.sources import as_folder
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task, find


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The arguments of `load_model` that a saved model heeds."""

    task: str | None = None
    revision: str | None = None
    dtype: str | torch.dtype = "auto"
    device: str | torch.device | None = None
    labels: Sequence[str] | None = None
    tokenizer: Any = None
    max_length: int | None = None
    allow_untrained: bool = False
    allow_pickle: bool = False
    trust_remote_code: bool = False
    name: str | None = None
    precision: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def from_saved(source: str | Path, asked: Asked) -> Model:
    """Return the Model of a folder or hub name, checked; loaded if it was not loaded before."""
    files = _checked(source, asked)
    weights = Weights(files.load, files.place, _size(files.folder))
    if files.remembered is None:
        module: Any = weights()
        config, about = module.config, files.known_of(module)
        known.remember(files.key, about)
    else:
        config, about = checkpoint.transformers_config(files.folder), files.remembered
    task = files.kind.of_config(config, asked.labels)
    description = files.described(task, about)
    tokenizer, options = files.tokenizer, _making(asked)
    backing = TorchBacking(
        description.name,
        weights,
        tokenizer=tokenizer,
        max_length=description.max_length,
        identity=identity.of_known(description, about, tokenizer, options=options),
        known=about,
    )
    if asked.precision is None or not cascade.pays(weights.device):
        return Model(task, backing, description)
    description = replace(description, precision=asked.precision)
    half = partial(files.load, torch.bfloat16)
    quick = Weights(half, files.place, _size(files.folder) // 2)
    return Model(task, cascade.backing(task, description, backing, quick, options), description)


def _checked(source: str | Path, asked: Asked) -> _Files:
    """Return the files of a model, as far as they are safe and fit what was asked."""
    dtype, place = _dtype(asked.dtype), devices.choose(asked.device)
    folder = find_folder(source, asked)
    config = checkpoint.read_config(folder, trust_remote_code=asked.trust_remote_code)
    task = checkpoint.infer_task(
        folder, config, task=asked.task, allow_untrained=asked.allow_untrained
    )
    kind = find(task)
    cascade.check(asked.precision, kind, dtype)
    safe = checkpoint.check_weights(
        folder, allow_pickle=asked.allow_pickle, auto_class=kind.auto_class
    )
    fingerprint = fingerprints.of_folder(folder)
    tokenizer, own = _tokenizer(folder, asked)
    has_head = checkpoint.has_head(config, kind)
    key = _key(fingerprint, asked, place) if has_head else None
    return _Files(
        source=source,
        asked=asked,
        folder=folder,
        kind=kind,
        safe=safe,
        has_head=has_head,
        dtype=dtype,
        place=place,
        fingerprint=fingerprint,
        tokenizer=tokenizer,
        own_tokenizer=own,
        key=key,
        remembered=known.recall(key),
    )


@dataclass(frozen=True, kw_only=True)
class _Files:
    """The files of a model, and what is known before it is loaded.

    `own_tokenizer`: the tokenizer is theirs. `remembered`: what is known of the module from before,
    under `key`.
    """

    source: str | Path
    asked: Asked
    folder: Path
    kind: type[Task]
    safe: bool
    has_head: bool
    dtype: str | torch.dtype
    place: torch.device
    fingerprint: str
    tokenizer: Any
    own_tokenizer: bool
    key: str | None
    remembered: known.Known | None

    def load(self, dtype: str | torch.dtype | None = None) -> torch.nn.Module:
        """Return the module, in the dtype that was asked for or in another one."""
        asked = self.asked
        module = checkpoint.load_module(
            self.folder,
            self.kind,
            safe=self.safe,
            dtype=self.dtype if dtype is None else dtype,
            labels=None if self.has_head else asked.labels,
            allow_untrained=asked.allow_untrained,
            trust_remote_code=asked.trust_remote_code,
            options=_making(asked),
        )
        _check_unchanged(self.folder, self.fingerprint)
        module = module if "device_map" in asked.options else module.to(self.place)
        known.check(self.key, self.remembered, self.known_of(module), str(self.source))
        return module

    def known_of(self, module: torch.nn.Module) -> known.Known:
        """Return what is to be known of the module."""
        limit = longest_input(self.tokenizer, module, self.asked.max_length)
        return known.of_module(module, self.tokenizer, limit)

    def described(self, task: Task, about: known.Known) -> ModelDescription:
        """Return what identifies the model."""
        local = as_folder(self.source) is not None
        fingerprint = self.fingerprint
        if not self.own_tokenizer:
            of_tokenizer = fingerprints.of_tokenizer(self.tokenizer)
            fingerprint = fingerprints.combined(fingerprint, of_tokenizer)
        return ModelDescription(
            name=self.asked.name or (self.folder.resolve().name if local else str(self.source)),
            source=str(self.source),
            task=self.kind.name,
            labels=task.labels,
            multi_label=task.multi_label,
            fingerprint=fingerprint,
            dtype=about.dtype,
            device=about.device,
            max_length=about.max_length,
        )


def load(source: str | Path, asked: Asked, chosen: Chosen) -> Model:
    """Return the Model of a folder or hub name, run by torch in this process."""
    chosen.check(())
    return from_saved(source, asked)


def find_folder(source: str | Path, asked: Asked) -> Path:
    """Return the folder with the files of a saved model, downloaded if need be."""
    subfolder = str(asked.options.get("subfolder") or "")
    folder = as_folder(source)
    if folder is None:
        options = {k: v for k, v in asked.options.items() if k in hub.OPTIONS and k != "subfolder"}
        return hub.snapshot(
            str(source),
            revision=asked.revision,
            subfolder=subfolder,
            allow_pickle=asked.allow_pickle,
            trust_remote_code=asked.trust_remote_code,
            **options,
        )
    if not (folder / subfolder).is_dir():
        raise ModelError(f"The folder {str(folder)!r} has no subfolder {subfolder!r}.")
    return folder / subfolder


def _tokenizer(folder: Path, asked: Asked) -> tuple[Any, bool]:
    """Return the tokenizer, and whether it is the folder's own."""
    if asked.tokenizer is None:
        own = checkpoint.load_tokenizer(folder, trust_remote_code=asked.trust_remote_code)
        return own, True
    if isinstance(asked.tokenizer, str | Path):
        source, trusted = asked.tokenizer, asked.trust_remote_code
        return checkpoint.load_tokenizer(source, trust_remote_code=trusted), False
    return asked.tokenizer, False


def _making(asked: Asked) -> dict[str, Any]:
    """Return the options that say how a model is made of its files."""
    return {k: v for k, v in asked.options.items() if k not in hub.OPTIONS}


def _key(fingerprint: str, asked: Asked, place: torch.device) -> str | None:
    """Return what names a checkpoint that is loaded in this way, None if it is to be loaded at
    once: where more than its own files makes it.
    """
    if asked.tokenizer is not None or asked.trust_remote_code or asked.precision is not None:
        return None
    if _making(asked):
        return None
    how = (asked.task, str(asked.dtype), str(place), asked.max_length, asked.allow_untrained)
    return known.key(fingerprint, *how)


def _check_unchanged(folder: Path, fingerprint: str) -> None:
    if fingerprints.of_folder(folder) != fingerprint:
        raise ModelError(
            f"The checkpoint {str(folder)!r} has been overwritten since it was first loaded: what "
            "it says now may not be what it said before. Load it again under another name, or give "
            "each checkpoint a folder of its own."
        )


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("*.safetensors"))


def _dtype(dtype: str | torch.dtype) -> str | torch.dtype:
    if dtype == "auto":
        return dtype
    found = dtype if isinstance(dtype, torch.dtype) else getattr(torch, str(dtype), None)
    if isinstance(found, torch.dtype) and found.is_floating_point:
        return found
    raise SettingError(
        expected("dtype", "'auto' or a dtype such as 'float32' or 'bfloat16'", dtype)
    )
