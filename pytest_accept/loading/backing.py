"""What stands behind a Model and answers it: a torch module with its tokenizer, or a function."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol

import torch

from pytest_accept.errors import ModelError
from pytest_accept.loading import known as what
from pytest_accept.loading.identity import Identity
from pytest_accept.loading.known import Known
from pytest_accept.prediction.backends.callables import CallableBackend
from pytest_accept.prediction.backends.torch_module import (
    Reading,
    TorchBackend,
    weights_stamp,
)
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.store import Kept
from pytest_accept.prediction.store_keys import shelf_of


class Backing(Protocol):
    """Makes engines, one for each way of reading the model."""

    @property
    def tokenizer(self) -> Any:
        """The tokenizer, None for a function."""

    def stamp(self) -> Hashable:
        """Return a value that changes when the model does."""

    def engine(self, reading: Reading) -> Engine:
        """Return an engine that has answered nothing yet."""


class TorchBacking:
    """A module with its tokenizer; `weights` returns it, also after it was unloaded.

    `watch`: the module belongs to the user, who may change its weights. `identity`: all that makes
    its answers, None if that is not known; then none are kept across runs. `known`: what the module
    is, so that it is not needed before it is asked anything; None: that is looked up.
    """

    def __init__(
        self,
        name: str,
        weights: Callable[[], torch.nn.Module],
        *,
        tokenizer: Any,
        max_length: int | None,
        watch: bool = False,
        identity: Identity | None = None,
        known: Known | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.identity = identity
        self._name = name
        self._weights = weights
        self._max_length = max_length
        self._watch = watch
        self._known = known

    def stamp(self) -> Hashable:
        """Return the state of the weights of a user's module."""
        return weights_stamp(self._weights()) if self._watch else None

    def engine(self, reading: Reading) -> Engine:
        """Return an engine for the module."""
        known = self._known or what.of_module(self._weights(), self.tokenizer, self._max_length)
        backend = TorchBackend(
            self._name,
            self._weights,
            reading,
            tokenizer=self.tokenizer,
            max_length=self._max_length,
            device=torch.device(known.device),
            pad_id=_pad_id(known, self.tokenizer, reading),
            watch=self._watch,
        )
        return Engine(backend, kept=kept_of(self._name, self.identity, reading, half=known.half))


class FunctionBacking:
    """A function that answers in one way only."""

    tokenizer = None

    def __init__(self, backend: CallableBackend, reading: Reading) -> None:
        self._backend = backend
        self._reading = reading

    def stamp(self) -> Hashable:
        """Return None: a function is taken to stay as it is."""
        return None

    def engine(self, reading: Reading) -> Engine:
        """Return an engine for the function; ModelError for another way of reading it."""
        if reading == self._reading:
            return Engine(self._backend)
        raise ModelError(
            f"This needs a torch model with its tokenizer, but {self._backend.name!r} is a "
            "function."
        )


def kept_of(
    name: str, identity: Identity | None, reading: Reading, *, half: bool = False
) -> Kept | None:
    """Return what is kept of a model's answers to a reading, None if these have no key."""
    shelf = shelf_of(identity, reading)
    if shelf is None:
        return None
    kind = type(reading).__name__
    return Kept(shelf, reading.columns, model=name, reading=kind, half=half)


def _pad_id(known: Known, tokenizer: Any, reading: Reading) -> int | None:
    """Return the token to pad with, None if the model cannot tell padding from text."""
    if not known.pads:
        return None
    of_tokenizer: int | None = tokenizer.pad_token_id
    if not getattr(reading, "needs_pad_token", False):
        # Padding stands to the right and is masked: any token will do.
        return of_tokenizer or 0
    return known.pad_token
