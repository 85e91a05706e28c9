"""Documents to the losses of their tokens, whatever their length: in windows, each token once."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import shown
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.tasks.documents import Bos, beginning, documents, windows
from pytest_accept.tasks.token_losses import TokenLosses


@dataclass(frozen=True)
class DocumentLosses:
    """The question: the loss of each token of a text, read in windows of `context` tokens.

    A window begins `stride` tokens after the one before. An answer is rows of one number: 1 if a
    BOS token stands before the text, else 0; how many bytes of it are in the token that is not
    scored; and the loss in nats of each token that is.
    """

    columns: ClassVar[int] = 1

    context: int
    stride: int
    bos: Bos = "auto"


class ReadsTokens(Protocol):
    """What a model must offer for it."""

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


@dataclass(frozen=True)
class _Losses:
    answers: Sequence[Rows]
    owners: None = None

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.ones(len(self.answers), np.int64)

    @property
    def truncated(self) -> npt.NDArray[np.bool_]:
        return np.zeros(len(self.answers), np.bool_)

    def whole(self, parts: Sequence[Rows]) -> Rows:
        return np.concatenate(parts)


class DocumentBackend:
    """Asks a model for the losses of all windows of many documents at once."""

    columns = DocumentLosses.columns
    # What it has read is there: handing it on is one batch.
    most = 1 << 20
    start = 1 << 20

    def __init__(self, model: ReadsTokens, question: DocumentLosses) -> None:
        self.name = model.name
        self._model, self._question = model, question

    def stamp(self) -> Hashable:
        """Return the state of the model's weights."""
        return self._model.stamp()

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing: the model's own engine makes it ready."""
        yield

    def prepare(self, inputs: Sequence[str]) -> _Losses:
        """Return the losses of the documents."""
        asked, tokenizer = self._question, self._model.tokenizer
        begins = beginning(tokenizer, asked.bos) is not None
        found = documents(tokenizer, inputs, asked.bos)
        pieces = [
            windows(each, context=asked.context, stride=asked.stride, where=shown(text))
            for each, text in zip(found, inputs, strict=True)
        ]
        losses = iter(self._model.read(TokenLosses(), [each for some in pieces for each in some]))
        return _Losses(
            [
                np.concatenate(
                    [
                        np.array([[begins], [each.unscored]], np.float32),
                        *(next(losses) for _ in some),
                    ]
                )
                for each, some in zip(found, pieces, strict=True)
            ]
        )

    def forward(self, prepared: _Losses, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the documents."""
        return Blocks.join([prepared.answers[i] for i in indices.tolist()])
