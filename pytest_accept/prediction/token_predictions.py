"""What a tagger says of each word of sentences, aligned with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.alignment import LabelledExamples, aligned
from pytest_accept.prediction.probabilities import softmax

if TYPE_CHECKING:
    from pytest_accept.records import ModelDescription

Words = tuple[str, ...]
"""A sentence, or a document, split into words."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenPredictions:
    """What a model says of the words of n sentences, with k tags.

    `logits`: for each sentence float64 of shape (words, k). `truncated`: bool of shape (n,),
    sentences with a word longer than the model takes, which was cut. `inputs`: the words.
    """

    logits: Sequence[npt.NDArray[np.float64]]
    labels: tuple[str, ...]
    truncated: npt.NDArray[np.bool_]
    model: ModelDescription
    inputs: Sequence[Words] | None = None

    def __post_init__(self) -> None:
        for each in self.logits:
            if each.ndim != 2 or each.shape[1] != len(self.labels):
                raise PredictionError(
                    f"Expected logits of shape (words, {len(self.labels)}), one column per tag "
                    f"{list(self.labels)!r}, but got shape {each.shape}."
                )

    def __len__(self) -> int:
        return len(self.logits)

    def __repr__(self) -> str:
        words = sum(map(len, self.logits))
        return f"<{len(self):,} sentences ({words:,} words) tagged by {self.model.name!r}>"

    @cached_property
    def probabilities(self) -> list[npt.NDArray[np.float64]]:
        """The softmax of the logits: for each sentence (words, k), each row summing to 1."""
        return [softmax(each) for each in self.logits]

    @cached_property
    def tags(self) -> list[tuple[str, ...]]:
        """The most probable tag of each word, of equals the first."""
        return [tuple(self.labels[i] for i in each.argmax(axis=1)) for each in self.logits]

    def take(self, indices: npt.ArrayLike) -> TokenPredictions:
        """Return the predictions at `indices` (integers, or a mask of booleans), in that order."""
        at = np.asarray(indices)
        at = np.flatnonzero(at) if at.dtype == np.bool_ else at.astype(np.int64, copy=False)
        return replace(
            self,
            logits=[self.logits[i] for i in at.tolist()],
            truncated=self.truncated[at],
            inputs=None if self.inputs is None else [self.inputs[i] for i in at.tolist()],
        )

    def for_data(self, data: LabelledExamples) -> TokenPredictions:
        """Return these predictions aligned with `data`, one for each of its examples.

        They may be of exactly these examples, or of every row of the source that `data` is a part
        of. PredictionError if there are neither as many as examples nor as rows, or if they are of
        other words.
        """
        return aligned(self, data)
