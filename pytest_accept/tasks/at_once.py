"""Questions that a model answers through its other readings, or its tokenizer, for many at once."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.backends.at_hand import AtHand
from pytest_accept.prediction.blocks import Blocks, Rows


class ReadsTokens(Protocol):
    """What a model offers to such a question."""

    @property
    def name(self) -> str:
        """What to call it in errors."""

    @property
    def tokenizer(self) -> Any:
        """Its tokenizer."""

    def stamp(self) -> Hashable:
        """Return a value that changes when the weights do."""

    def read(self, reading: Any, inputs: Sequence[Hashable]) -> list[Rows]:
        """Return the rows that a reading finds for each input."""


class Question(Protocol):
    """What is asked. Equal questions have equal answers, which a model keeps."""

    @property
    def columns(self) -> int:
        """How many numbers a row of an answer has."""

    def answers(self, model: ReadsTokens, inputs: Sequence[Any]) -> list[Rows]:
        """Return the rows (r, columns) of each input."""

    def __hash__(self) -> int: ...


class AtOnceBackend:
    """Lets an engine remember the answers to a question."""

    # The work is done when inputs are prepared: handing it on is one batch.
    most = 1 << 20
    start = 1 << 20

    def __init__(self, model: ReadsTokens, question: Question) -> None:
        self.name = model.name
        self.columns = question.columns
        self._model, self._question = model, question

    def stamp(self) -> Hashable:
        """Return the state of the model's weights."""
        return self._model.stamp()

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing: the model's own engine makes it ready."""
        yield

    def prepare(self, inputs: Sequence[Any]) -> AtHand:
        """Ask the question of all inputs."""
        answers = self._question.answers(self._model, inputs)
        return AtHand(answers, np.zeros(len(answers), np.bool_))

    def forward(self, prepared: AtHand, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the inputs."""
        return prepared.some(indices)
