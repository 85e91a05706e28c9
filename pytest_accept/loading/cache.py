"""Models that were asked for before in this session."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import torch

from pytest_accept import settings
from pytest_accept.loading import fingerprints
from pytest_accept.loading.load import load_model
from pytest_accept.loading.model import Model
from pytest_accept.loading.sources import as_folder


class ModelCache:
    """Returns the same Model to whoever asks for the same, and a new one once its files changed."""

    def __init__(self) -> None:
        # The state of the files, the model, and what was asked: an object's id is only unique while
        # the object lives.
        self._models: dict[Hashable, tuple[Hashable, Model, Any]] = {}

    def get(self, source: Any, **options: Any) -> Model:
        """Return `load_model(source, **options)`, loaded once."""
        if isinstance(source, Model):
            return source
        folder = as_folder(source) if isinstance(source, str | Path) else None
        what = folder.resolve() if folder is not None else source
        now = settings.current()
        key = (_key(what), _key(options), now.device, now.backend)
        files = _files(folder / str(options.get("subfolder") or "")) if folder is not None else None
        found = self._models.get(key)
        if found is not None and found[0] == files:
            return found[1]
        model = load_model(source, **options)
        self._models[key] = (files, model, (source, options))
        return model


def _files(folder: Path) -> Hashable:
    if not folder.is_dir():
        return None
    exported = sorted((*folder.glob("*.onnx*"), *folder.glob("*/*.onnx*")))
    stats = ((each.name, each.stat()) for each in (*fingerprints.model_files(folder), *exported))
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _key(value: Any) -> Hashable:
    """Return what tells an argument from another: plain values by value, objects by identity."""
    if isinstance(value, dict):
        return tuple(sorted((str(name), _key(each)) for name, each in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_key(each) for each in value)
    if value is None or isinstance(value, str | int | float | bool | Path | torch.dtype):
        return (type(value).__name__, value)
    return ("object", id(value))
