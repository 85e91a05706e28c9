"""Inputs that are answered as soon as they are prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.blocks import Blocks, Rows


@dataclass(frozen=True)
class AtHand:
    """The answers to inputs, rows (r, columns) for each, and which of them were `truncated` (n,).

    All cost the same, since handing them on is all that is left to do.
    """

    answers: Sequence[Rows]
    truncated: npt.NDArray[np.bool_]
    owners: None = None

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """One for each input."""
        return np.ones(len(self.answers), np.int64)

    def whole(self, parts: Sequence[Rows]) -> Rows:
        """Return the answers as they are."""
        return np.concatenate(parts)

    def some(self, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the inputs."""
        return Blocks.join([self.answers[i] for i in indices.tolist()])
