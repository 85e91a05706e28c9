"""A loaded model under test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError, expected
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task

if TYPE_CHECKING:
    from pytest_accept.prediction.backends.embedding_gradients import EmbeddingGradients


class Model:
    """A model under test: what it is, and what it says of texts.

    Each text is predicted once, whoever asks and how often. `load_model` makes Models.
    """

    def __init__(
        self,
        task: Task,
        engine: Engine,
        description: ModelDescription,
        fingerprint: Callable[[], str] | None = None,
    ) -> None:
        """`fingerprint` is for a model that may change: it is asked again when its weights did."""
        self._task = task
        self._engine = engine
        self._description = description
        self._fingerprint = fingerprint
        self._stamp: Hashable = None

    @property
    def name(self) -> str:
        """What to call the model in reports."""
        return self._description.name

    @property
    def task(self) -> str:
        """The task, as transformers spells it."""
        return self._description.task

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the model's logits."""
        return self._description.labels

    @property
    def multi_label(self) -> bool:
        """Whether a text may have several labels at once."""
        return self._description.multi_label

    @property
    def device(self) -> str | None:
        """The torch device, None for a function."""
        return self._description.device

    @property
    def dtype(self) -> str | None:
        """The type of the weights, such as "float32"; None for a function."""
        return self._description.dtype

    @property
    def max_length(self) -> int | None:
        """How many tokens of a text are read; longer texts are cut, and counted."""
        return self._description.max_length

    @property
    def fingerprint(self) -> str | None:
        """The hash of weights, config and tokenizer; None for a function."""
        return self.describe().fingerprint

    def describe(self) -> ModelDescription:
        """Return what identifies this model."""
        self._engine.look()
        return self._described()

    def predict(self, data: Any) -> Predictions:
        """Return the predictions for a Data, or for a list of texts or of pairs of texts.

        PredictionError if the inputs are no texts, if the model answers with NaN or infinite logits
        or in a wrong shape, or if a text does not fit into memory.
        """
        inputs = _inputs(data)
        rows, truncated = self._engine.rows(inputs)
        return self._task.predictions(rows, truncated, inputs, self._described())

    def label(self, text: Input) -> str:
        """Return the most probable label of a text (or of a pair of texts)."""
        if not isinstance(text, str | tuple):
            raise PredictionError(expected("text", "a text or a pair of texts", text))
        return self.labels[int(self.predict([text]).label_ids[0])]

    def probabilities(self, texts: Any) -> npt.NDArray[np.float64]:
        """Return the probabilities of texts, of shape (n, k), columns in the order of `labels`."""
        return self.predict(texts).probabilities

    def gradients(self) -> EmbeddingGradients:
        """Return gradients of predictions at the input embeddings; ModelError for a function."""
        from pytest_accept.prediction.backends.embedding_gradients import EmbeddingGradients

        return EmbeddingGradients(self._engine.backend)

    def _described(self) -> ModelDescription:
        if self._fingerprint is not None and self._stamp != self._engine.stamp:
            self._description = replace(self._description, fingerprint=self._fingerprint())
            self._stamp = self._engine.stamp
        return self._description

    def __repr__(self) -> str:
        about = self._description
        where = f" on {about.device}" if about.device else ""
        return f"<Model {self.name!r}: {self.task}, labels {', '.join(self.labels)}{where}>"


def _inputs(data: Any) -> Sequence[Input]:
    inputs = data.inputs if hasattr(data, "inputs") else data
    if isinstance(inputs, str | bytes) or not hasattr(inputs, "__iter__"):
        raise PredictionError(expected("data", "a Data or a list of texts", inputs))
    found: Sequence[Any] = inputs if isinstance(inputs, list) else list(inputs)
    kinds = set(map(type, found))
    if kinds <= {str}:
        return found
    if all(issubclass(kind, str) for kind in kinds):
        # Such as numpy's, which hash and compare like str but are not what a tokenizer expects.
        return [str(each) for each in found]
    if kinds <= {tuple, list} and all(_is_pair(each) for each in found):
        return [(str(one), str(other)) for one, other in found]
    at = next((i for i, each in enumerate(found) if not isinstance(each, str)), 0)
    if kinds & {tuple, list}:
        at = next((i for i, each in enumerate(found) if not _is_pair(each)), 0)
    raise PredictionError(
        f"Expected every input to be a text, or every input to be a pair of texts, but number "
        f"{at + 1} of {len(found):,} is {found[at]!r} ({type(found[at]).__name__})."
    )


def _is_pair(each: Any) -> bool:
    return (
        isinstance(each, tuple | list)
        and len(each) == 2
        and isinstance(each[0], str)
        and isinstance(each[1], str)
    )
