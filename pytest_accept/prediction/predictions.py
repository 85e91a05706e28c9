"""What a model says of examples, aligned with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.alignment import LabelledExamples, aligned

if TYPE_CHECKING:
    from pytest_accept.records import ModelDescription

Input = str | tuple[str, str]
"""A text, or a pair of texts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """What a model says of n examples and k labels.

    `probabilities`: float64 of shape (n, k), each in 0..1. Rows sum to 1 (softmax), or, if
    `multi_label`, each label stands alone (sigmoid). `logits`: the same shape before that, None
    where only probabilities are known. `truncated`: bool of shape (n,), texts longer than the model
    takes, which were cut. `inputs`: what was predicted, None if unknown.
    """

    probabilities: npt.NDArray[np.float64]
    logits: npt.NDArray[np.float64] | None
    labels: tuple[str, ...]
    multi_label: bool
    truncated: npt.NDArray[np.bool_]
    model: ModelDescription
    inputs: Sequence[Input] | None = None

    def __post_init__(self) -> None:
        shape = self.probabilities.shape
        if len(shape) != 2 or shape[1] != len(self.labels):
            raise PredictionError(
                f"Expected probabilities of shape (n, {len(self.labels)}), one column per label "
                f"{list(self.labels)!r}, but got shape {shape}."
            )

    def __len__(self) -> int:
        return len(self.probabilities)

    def __repr__(self) -> str:
        kind = "multi-label predictions" if self.multi_label else "predictions"
        return f"<{len(self):,} {kind} of {self.model.name!r}: {', '.join(self.labels)}>"

    @cached_property
    def label_ids(self) -> npt.NDArray[np.int64]:
        """The most probable label of each example, an index into `labels`; of equals the first."""
        ids: npt.NDArray[np.int64] = self.probabilities.argmax(axis=1).astype(np.int64)
        return ids

    def take(self, indices: npt.ArrayLike) -> Predictions:
        """Return the predictions at `indices` (integers, or a mask of booleans), in that order."""
        at = np.asarray(indices)
        if at.dtype == np.bool_:
            at = np.flatnonzero(at)
        at = at.astype(np.int64, copy=False)
        return replace(
            self,
            probabilities=self.probabilities[at],
            logits=None if self.logits is None else self.logits[at],
            truncated=self.truncated[at],
            inputs=None if self.inputs is None else [self.inputs[i] for i in at.tolist()],
        )

    def for_data(self, data: LabelledExamples) -> Predictions:
        """Return these predictions aligned with `data`, one for each of its examples.

        They may be of exactly these examples, or of every row of the source that `data` is a part
        of. PredictionError if there are neither as many as examples nor as rows, or if the
        predictions know their texts and one of them is not the text of the data.
        """
        return aligned(self, data)
