"""Where predictions come from: one file per kind of model."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.blocks import Blocks, Rows


class Prepared(Protocol):
    """Inputs made ready for a backend, with what the engine must know to batch them."""

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The cost of each input, or of each part of one: its tokens."""

    @property
    def truncated(self) -> npt.NDArray[np.bool_]:
        """Which inputs were cut."""

    @property
    def owners(self) -> npt.NDArray[np.int64] | None:
        """Which input each part is of; None if inputs are not read in parts."""

    def whole(self, parts: Sequence[Rows]) -> Rows:
        """Return the answer to an input of the answers to its parts."""


class Backend(Protocol):
    """Runs a model. The engine asks `prepare` once per input and `forward` once per batch."""

    @property
    def name(self) -> str:
        """What to call the model in errors."""

    @property
    def columns(self) -> int:
        """How many numbers a prediction has."""

    @property
    def most(self) -> int | None:
        """How many inputs one batch may hold, None for as many as fit."""

    @property
    def start(self) -> int:
        """How many tokens a first batch may have after padding."""

    def stamp(self) -> Hashable:
        """Return a value that changes when the model does: answers of before are then forgotten."""

    def session(self) -> AbstractContextManager[None]:
        """Make the model ready; leave it as it was found."""

    def prepare(self, inputs: Sequence[Any]) -> Any:
        """Return the `Prepared` inputs."""

    def forward(self, prepared: Any, indices: npt.NDArray[np.int64]) -> Rows | Blocks:
        """Return an array of shape (len(indices), columns), or as many answers of several rows."""


class Streaming(Protocol):
    """What a backend may offer besides: it makes batches of its own, and answers as they come."""

    def stream(
        self, inputs: Sequence[Any]
    ) -> Iterator[tuple[npt.NDArray[np.int64], Blocks, npt.NDArray[np.bool_]]]:
        """Yield which inputs are answered (indices), their answers, and which of them were cut.

        Each input once, in any order. Instead of `prepare` and `forward`.
        """


__all__ = ["Backend", "Prepared", "Rows", "Streaming"]
