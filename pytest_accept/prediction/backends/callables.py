"""Predictions from any function of texts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError, shown
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.probabilities import as_probabilities

BATCH_SIZE = 32


@dataclass(frozen=True)
class Texts:
    """Inputs as they are. Each costs the same: what a function does with them is not known."""

    inputs: Sequence[Any]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """One for each input."""
        return np.ones(len(self.inputs), np.int64)

    @property
    def truncated(self) -> npt.NDArray[np.bool_]:
        """False for each input: whether a function cuts texts is not known."""
        return np.zeros(len(self.inputs), np.bool_)

    @property
    def owners(self) -> None:
        """None: a function reads texts whole."""

    def whole(self, parts: Sequence[Rows]) -> Rows:
        """Return the answers as they are."""
        return np.concatenate(parts)


class CallableBackend:
    """Calls `function(texts)`, a list of at most `batch_size` texts, for their probabilities."""

    def __init__(
        self,
        name: str,
        function: Callable[[list[Any]], Any],
        *,
        columns: int,
        multi_label: bool = False,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self.name = name
        self.columns = columns
        self.most = batch_size
        self.start = batch_size
        self._function = function
        self._multi_label = multi_label

    def stamp(self) -> Hashable:
        """Return None: a function is taken to stay as it is."""
        return None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing."""
        yield

    def prepare(self, inputs: Sequence[Any]) -> Texts:
        """Return the inputs as they are."""
        return Texts(inputs)

    def forward(self, prepared: Texts, indices: npt.NDArray[np.int64]) -> Rows | Blocks:
        """Return the probabilities that the function gives some of the texts, validated."""
        texts = [prepared.inputs[i] for i in indices.tolist()]
        answer = self._function(texts)
        what = f"the answers of {self.name!r}"
        rows = as_probabilities(
            answer,
            self.columns,
            what,
            multi_label=self._multi_label,
            size=len(texts),
            shown=lambda row: f"that to {shown(texts[row])}",
        )
        if len(rows) != len(texts):
            raise PredictionError(
                f"Expected {self.name!r} to return {len(texts)} rows, one for each text it was "
                f"given, but got {len(rows)}."
            )
        return rows
