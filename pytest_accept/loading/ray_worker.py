"""What runs in a worker of a Ray cluster: models, loaded when first asked for and kept."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import ray
import torch

from pytest_accept import settings
from pytest_accept.errors import AcceptanceError, BackendError
from pytest_accept.loading import saved
from pytest_accept.loading.identity import Identity
from pytest_accept.loading.model import Model
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.store_keys import VERSIONS, version_of
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task

T = TypeVar("T")

Makes = dict[str, str | None]
"""What makes answers: the fingerprint of the model, its kind of device, versions of packages."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A model that workers are to load. `key` tells it from others, `source` is a whole path if
    `local`, else a name on the hub. `settings` are those of the run that change how it is loaded.
    """

    key: str
    source: str
    local: bool
    asked: saved.Asked
    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a worker says of a model: enough to ask for its answers without having it."""

    description: ModelDescription
    task: Task
    identity: Identity | None
    makes: Makes


@dataclass(frozen=True)
class Failed:
    """An error of the check: sent as a value, so that it arrives as what it is."""

    error: Exception


class Worker:
    """An actor. Its methods return a value or a Failed, and may be called again for the same."""

    def __init__(self, threads: int) -> None:
        torch.set_num_threads(threads)
        self._models: dict[str, Model] = {}

    @ray.method(max_task_retries=-1)
    def ready(self) -> str:
        """Return the address of the machine; waits until the worker runs, also after it died."""
        return _machine()

    @ray.method(max_task_retries=0)
    def describe(self, wanted: bytes) -> Loaded | Failed:
        """Return what identifies a model."""

        def work() -> Loaded:
            model = self._model(pickle.loads(wanted))
            return Loaded(
                description=model.describe(),
                task=model._task,
                identity=getattr(model._backing, "identity", None),
                makes=_makes(model),
            )

        return _caught(work)

    @ray.method(max_task_retries=0)
    def tokenizer(self, wanted: bytes) -> bytes | Failed:
        """Return the model's tokenizer, pickled."""
        return _caught(lambda: pickle.dumps(self._model(pickle.loads(wanted)).tokenizer))

    @ray.method(max_task_retries=0)
    def answer(
        self, wanted: bytes, makes: Makes, reading: bytes, inputs: list[Any]
    ) -> tuple[Any, Any, Any] | Failed:
        """Return what a reading finds in inputs: rows, their number for each input, which were cut.

        `makes` is what the answers of this run are made by.
        """

        def work() -> tuple[Any, Any, Any]:
            asked: Wanted = pickle.loads(wanted)
            model = self._model(asked)
            _check_same(_makes(model), makes, asked)
            with settings.using(**asked.settings):
                engine = model._engine_of(pickle.loads(reading))
                try:
                    answers, truncated = engine.blocks(inputs)
                    blocks = Blocks.join(answers)
                finally:
                    # Who asks remembers; a worker would fill its memory.
                    engine.forget()
            return np.ascontiguousarray(blocks.rows), blocks.sizes, truncated

        return _caught(work)

    def _model(self, wanted: Wanted) -> Model:
        if wanted.key not in self._models:
            _check_there(wanted)
            with settings.using(**wanted.settings):
                self._models[wanted.key] = saved.from_saved(
                    Path(wanted.source) if wanted.local else wanted.source, wanted.asked
                )
        return self._models[wanted.key]


def _machine() -> str:
    found: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    return found


def _caught(work: Callable[[], T]) -> T | Failed:
    try:
        return work()
    except Exception as error:
        return Failed(_portable(error))


def _portable(error: Exception) -> Exception:
    """Return an error that survives the way home: its class may not be there, or not unpickle."""
    if not isinstance(error, AcceptanceError) and type(error).__module__ != "builtins":
        return BackendError(f"A Ray worker raised {type(error).__name__}: {error}")
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return BackendError(f"A Ray worker raised {type(error).__name__}: {error}")
    error.add_note(f"(in a Ray worker on {_machine()})")
    return error


def _check_there(wanted: Wanted) -> None:
    if wanted.local and not Path(wanted.source).is_dir():
        raise BackendError(
            f"The folder {wanted.source!r} is not on the machine {_machine()}, "
            "where a Ray worker is to load it. Keep models in a folder that every machine of the "
            "cluster has under the same path (a network file system), or name one of the hub."
        )


def _makes(model: Model) -> Makes:
    # Which kind each worker has is for its machine to say, and part of what keys the answers.
    device = (model.device or "").partition(":")[0]
    return {"fingerprint": model.fingerprint, "device": device, **versions()}


def versions() -> Makes:
    """Return the versions of what touches numbers."""
    return {each: version_of(each) for each in VERSIONS}


def _check_same(here: Makes, makes: Makes, wanted: Wanted) -> None:
    for what, ours in makes.items():
        if here[what] != ours:
            raise BackendError(
                f"On the machine {_machine()} the {what} of {wanted.source!r} is {here[what]}, and "
                f"in this run {ours}. Do all machines of the cluster have the same files, the same "
                "revision of the hub, the same devices, and the same packages?"
            )
