"""Models that were trained in this session, or are loaded from the cache of trained models."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_accept
from pytest_accept import settings
from pytest_accept.errors import TrainingError
from pytest_accept.loading import Model, learned
from pytest_accept.recording import record_training
from pytest_accept.records import Training
from pytest_accept.training import logs, store

_models: dict[Any, Model] = {}


def get(
    made_of: dict[str, Any],
    about: Training,
    *,
    device: str,
    train: Callable[[Path, str], Training],
    load: Callable[[Path], Model],
    hint: str,
    examples: Iterable[Hashable] = (),
) -> Model:
    """Return the Model of a recipe, `made_of` all that matters: trained, or loaded, once a session.

    `about` is what is known of the training beforehand. `train` writes a model into a folder and
    returns its log; `load` makes a Model of the folder. `examples` are the inputs that it learns
    from. TrainingError, with a `hint`, if it came to none.
    """
    key = store.key_of(made_of)
    # A pytest run inside of another is a session of its own, with a Record of its own.
    here = (pytest_accept._configured, settings.cache_folder(), key, about.name, device)
    if here in _models:
        return _models[here]
    recipe = {"model": about.name, "base": about.base, "data": about.data, **made_of}
    folder, log = store.get(key, recipe, lambda into: train(into, key))
    log = replace(log, name=about.name, seed=about.seed, base=about.base, data=about.data)
    record_training(log)
    if log.failure is not None:
        known = f" This is known from before: {folder}, to be deleted if it was bad luck."
        raise TrainingError(
            f"Training {log.name!r} with seed {log.seed} came to no model: {log.failure}. "
            f"{hint}{known * log.cached}",
            log,
        )
    model = load(folder)
    logs.keep(model, log)
    learned.remember(model.fingerprint, examples, base=made_of.get("base_fingerprint"))
    _models[here] = model
    return model
