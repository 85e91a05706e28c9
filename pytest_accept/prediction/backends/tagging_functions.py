"""Predictions from any function that tags sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError, shown, unknown
from pytest_accept.prediction.backends.callables import BATCH_SIZE, CallableBackend, Texts
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.probabilities import as_probabilities

# What a probability of 0 counts as, so that its logarithm is finite.
SMALLEST = float(np.finfo(np.float64).eps)


class TaggingFunctionBackend(CallableBackend):
    """Calls `function(sentences)`, a list of at most `batch_size` lists of words, for their tags.

    It returns, for each sentence, a tag for each word, or an array of probabilities (words, tags).
    """

    def __init__(
        self,
        name: str,
        function: Callable[[list[list[str]]], Any],
        labels: tuple[str, ...],
        *,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        super().__init__(name, function, columns=len(labels), batch_size=batch_size)
        self._labels = labels

    def forward(self, prepared: Texts, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the logarithms of the probabilities (words, tags) of some of the sentences."""
        sentences = [list(prepared.inputs[i]) for i in indices.tolist()]
        answers = list(self._function(sentences))
        if len(answers) != len(sentences):
            raise PredictionError(
                f"Expected {self.name!r} to return the tags of {len(sentences)} sentences, as many "
                f"as it was given, but got {len(answers)}."
            )
        return Blocks.join(list(map(self._logarithms, answers, sentences)))

    def _logarithms(self, answer: Any, words: Sequence[str]) -> Rows:
        if len(answer) != len(words):
            raise PredictionError(
                f"Expected {self.name!r} to return {len(words)} tags for {shown(' '.join(words))}, "
                f"one for each word, but got {len(answer)}."
            )
        if isinstance(answer[0], str):
            probabilities = np.eye(self.columns)[[self._index(tag) for tag in answer]]
        else:
            what = f"the answer of {self.name!r} to {shown(' '.join(words))}"
            probabilities = as_probabilities(answer, self.columns, what, size=len(words))
        logarithms: Rows = np.log(np.maximum(probabilities, SMALLEST))
        return logarithms

    def _index(self, tag: str) -> int:
        if tag in self._labels:
            return self._labels.index(tag)
        raise PredictionError(f"{self.name!r} answers with {unknown('tag', tag, self._labels)}")
