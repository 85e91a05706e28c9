"""bfloat16 for every text, float32 for those of which it might change the label."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.backends.at_hand import AtHand
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.engine import Engine

# So many texts are read both ways before any is believed, evenly over what is asked.
SAMPLE = 128
# How many times the largest error seen a margin has to be. On 1,200 reviews the largest of all was
# up to 3.8 times that of samples of 32 to 128 of them.
SAFETY = 4.0


class CascadeBackend:
    """Answers with the logits of `quick`, or with those of `exact` where labels might differ.

    Both are engines of one model, in bfloat16 and in float32. A text is sure if, in each of its
    rows, the distance of the best label from the others (`multi_label`: of each from 0) is more
    than `bound`: SAFETY times the largest error of such a distance in all texts that were read both
    ways. These are a sample, and then every text that was not sure.
    """

    # The work is done when inputs are prepared: handing it on is one batch.
    most = 1 << 20
    start = 1 << 20

    def __init__(self, quick: Engine, exact: Engine, *, multi_label: bool) -> None:
        self.name = exact.backend.name
        self.columns = exact.backend.columns
        self.exact = exact.backend
        self.error = 0.0
        self.compared = 0
        self._quick, self._exact, self._multi_label = quick, exact, multi_label

    @property
    def bound(self) -> float:
        """The margin up to which a text is read in float32."""
        return SAFETY * self.error

    def stamp(self) -> Hashable:
        """Return None: both models are of files that stay as they are."""
        return None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing: the engines make their models ready."""
        yield

    def prepare(self, inputs: Sequence[Any]) -> AtHand:
        """Predict the inputs."""
        rows, truncated = self._quick.blocks(inputs)
        found: list[Rows] = list(rows)
        margins = np.array([_margin(each, self._multi_label) for each in found])
        # More of a sample if this model has not been compared on enough yet.
        size = min(len(inputs), max(0, SAMPLE - self.compared))
        chosen = np.zeros(len(inputs), np.bool_)
        chosen[np.linspace(0, len(inputs) - 1, size).round().astype(np.int64)] = True
        read = np.zeros(len(inputs), np.bool_)
        while len(some := np.flatnonzero((chosen | ~(margins > self.bound)) & ~read)):  # or NaN
            self._read_exactly(inputs, found, some)
            read[some] = True
        # Whoever asks remembers them; of data that are larger than memory, nobody does.
        self._quick.forget()
        self._exact.forget()
        return AtHand(found, truncated)

    def forward(self, prepared: AtHand, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the inputs."""
        return prepared.some(indices)

    def _read_exactly(
        self, inputs: Sequence[Any], found: list[Rows], some: npt.NDArray[np.int64]
    ) -> None:
        """Put float32's answers in the place of bfloat16's, and learn how far apart they were."""
        exact, _ = self._exact.blocks([inputs[i] for i in some.tolist()])
        for i, rows in zip(some.tolist(), exact, strict=True):
            self.error = max(self.error, _error(found[i], rows, self._multi_label))
            found[i] = rows
        self.compared += len(some)


def _margin(rows: Rows, multi_label: bool) -> float:
    """Return how far the rows (r, k) of logits are from another label."""
    if multi_label:
        return float(np.abs(rows).min())
    ordered = np.sort(rows, axis=1)
    return float((ordered[:, -1] - ordered[:, -2]).min())


def _error(quick: Rows, exact: Rows, multi_label: bool) -> float:
    """Return how much the distances that `_margin` is the least of are wrong at most."""
    moved = quick.astype(np.float64) - exact
    if not multi_label:
        moved -= np.take_along_axis(moved, quick.argmax(axis=1)[:, None], axis=1)
    return float(np.abs(moved).max())
