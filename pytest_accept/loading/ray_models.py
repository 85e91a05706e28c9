"""Saved models whose predictions are made by workers of a Ray cluster."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Hashable, Iterator
from dataclasses import is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from pytest_accept import settings
from pytest_accept.backends import Chosen
from pytest_accept.loading import memory, ray_cluster, saved
from pytest_accept.loading.backing import kept_of
from pytest_accept.loading.model import Model
from pytest_accept.loading.ray_worker import Loaded, Wanted, versions
from pytest_accept.loading.sources import as_folder
from pytest_accept.prediction.backends.ray import Chunks, RayBackend
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.engine import Engine

OPTIONS = ("workers", "cpus", "gpus")
GPU_CHUNKS = Chunks(inputs=2048, size=1 << 20)


def load(source: str | Path, asked: saved.Asked, chosen: Chosen) -> Model:
    """Return the Model of a folder or hub name, which workers load and run.

    `ray` starts Ray on this machine, unless RAY_ADDRESS names a cluster; `ray:auto` and
    `ray:ADDRESS` use one that runs. Options: `workers`, and `cpus` and `gpus` of each.
    """
    chosen.check(OPTIONS, address=True)
    workers = chosen.number("workers", least=1, whole=True)
    folder = as_folder(source)
    pool = partial(
        ray_cluster.pool,
        chosen.address,
        workers=None if workers is None else int(workers),
        cpus=chosen.number("cpus"),
        gpus=chosen.number("gpus"),
    )
    wanted = Wanted(
        key=uuid.uuid4().hex,
        source=str(source if folder is None else folder.resolve()),
        local=folder is not None,
        asked=replace(
            asked, device=_kind_of_device(asked.device), tokenizer=_whole_path(asked.tokenizer)
        ),
        settings=_settings(pool().size.workers),
    )
    backing = RayBacking(source, asked, wanted, pool)
    about = replace(backing.loaded.description, source=str(source))
    return Model(backing.loaded.task, backing, about)


class RayBacking:
    """A model that workers hold. What needs its weights here gets a second one, in this process."""

    def __init__(
        self,
        source: str | Path,
        asked: saved.Asked,
        wanted: Wanted,
        pool: Callable[[], ray_cluster.Pool],
    ) -> None:
        """`pool` returns the workers; they may be others once Ray was started again."""
        self._source, self._asked = source, asked
        self._pool = pool
        self._wanted = pickle.dumps(wanted)
        self._here: Model | None = None
        self._tokenizer: Any = None
        self.loaded: Loaded = pool().ask("describe", self._wanted)
        self.identity = self.loaded.identity

    @property
    def tokenizer(self) -> Any:
        """The tokenizer, as the workers have it."""
        if self._tokenizer is None:
            self._tokenizer = pickle.loads(self._pool().ask("tokenizer", self._wanted))
        return self._tokenizer

    def stamp(self) -> Hashable:
        """Return None: workers check what they load."""
        return None

    def here(self) -> Model:
        """Return the model in this process, loaded when first asked for."""
        if self._here is None:
            self._here = saved.from_saved(self._source, self._asked)
        return self._here

    def engine(self, reading: Reading) -> Engine:
        """Return an engine that asks the workers; one of this process for a foreign reading."""
        if not can_travel(reading):
            return self.here()._backing.engine(reading)
        name = self.loaded.description.name
        # Workers with other versions than this process are refused: the store could not tell.
        makes = {**self.loaded.makes, **versions()}
        sent = pickle.dumps(reading)

        def ask(lists: list[list[Any]]) -> Iterator[tuple[int, Any]]:
            def call(inputs: list[Any]) -> Any:
                return lambda worker: worker.answer.remote(self._wanted, makes, sent, inputs)

            return self._pool().run([call(each) for each in lists])

        size = self._pool().size
        chunks = GPU_CHUNKS if size.gpus else Chunks()
        backend = RayBackend(name, reading.columns, ask, workers=size.workers, chunks=chunks)
        kept = kept_of(name, self.identity, reading, half=_is_half(self.loaded.description.dtype))
        return Engine(backend, kept=kept)


def _is_half(dtype: str | None) -> bool:
    kind: torch.dtype = getattr(torch, dtype or "", torch.float32)
    return kind.itemsize < torch.float32.itemsize


def can_travel(reading: Any) -> bool:
    """Return whether workers, which import our code and no suite's, can be asked a reading."""
    ours = type(reading).__module__.partition(".")[0] == "pytest_accept"
    if not ours or not is_dataclass(reading):
        return False
    try:
        return bool(pickle.loads(pickle.dumps(reading)) == reading)
    except Exception:
        return False


def _kind_of_device(device: Any) -> str | None:
    """Return "cuda" for "cuda:1": which one it is on, Ray says."""
    asked = device if device is not None else settings.current().device
    return None if asked is None else torch.device(asked).type


def _whole_path(tokenizer: Any) -> Any:
    folder = as_folder(tokenizer) if isinstance(tokenizer, str | Path) else None
    return tokenizer if folder is None else str(folder.resolve())


def _settings(workers: int) -> dict[str, Any]:
    """Return the settings of the run that a worker heeds."""
    limit = settings.current().model_memory
    if limit is None and ray_cluster.is_own():
        # Each would take half of the machine's memory.
        limit = memory.limit_of(torch.device("cpu")) // workers
    return {"model_memory": limit, "cache": "off", "progress": False, "backend": None}
