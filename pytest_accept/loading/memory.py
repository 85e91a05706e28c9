"""Which models stay in memory: the ones used last, as many as fit."""

from __future__ import annotations

import math
import os
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import torch

from pytest_accept import settings
from pytest_accept.loading.devices import sharers


class Weights:
    """The weights of a checkpoint: loaded when called, unloaded when others need the room.

    `load` returns the module. `size` is how many bytes it is expected to take, corrected once
    known.
    """

    def __init__(
        self,
        load: Callable[[], torch.nn.Module],
        device: torch.device,
        size: int,
        room: Room | None = None,
    ) -> None:
        self.device = device
        self.size = size
        self._load = load
        self._room = room or shared
        self._module: torch.nn.Module | None = None

    def __call__(self) -> torch.nn.Module:
        """Return the module, after loading it if need be."""
        self._room.make(self)
        if self._module is None:
            self._module = self._load()
            self.size = _bytes(self._module)
        return self._module

    @property
    def loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._module is not None

    def unload(self) -> None:
        """Drop the weights; the next call loads them again."""
        self._module = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


class Room:
    """The models that share a machine's memory, least recently used first."""

    def __init__(self, limit: Callable[[torch.device], int] | None = None) -> None:
        self._limit = limit or limit_of
        self._used: list[weakref.ref[Weights]] = []

    def make(self, wanted: Weights) -> None:
        """Note that weights are used now, and unload others until they fit."""
        others = [each for ref in self._used if (each := ref()) is not None and each is not wanted]
        self._used = [*map(weakref.ref, others), weakref.ref(wanted)]
        here = [each for each in others if each.loaded and each.device == wanted.device]
        taken = wanted.size + sum(each.size for each in here)
        limit = self._limit(wanted.device)
        for each in here:
            if taken <= limit:
                return
            each.unload()
            taken -= each.size


def limit_of(device: torch.device) -> int:
    """Return how many bytes models may take on a device: the settings', else half of it.

    Of that half each of the processes that share the device has its part.
    """
    asked = settings.current().model_memory
    if asked is not None:
        return asked
    places = torch.cuda.device_count() if device.type == "cuda" else 1
    return _total(device) // 2 // max(1, math.ceil(sharers() / max(1, places)))


def _total(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    if device.type == "mps":
        return int(torch.mps.recommended_max_memory())
    if not hasattr(os, "sysconf"):
        return sys.maxsize
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # A container may have less than its machine.
    group = Path("/sys/fs/cgroup/memory.max")
    allowed = group.read_text().strip() if group.is_file() else "max"
    return min(physical, int(allowed)) if allowed.isdigit() else physical


def _bytes(module: torch.nn.Module) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(each.numel() * each.element_size() for each in tensors)


shared = Room()
