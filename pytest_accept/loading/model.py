"""A loaded model under test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import ModelError, PredictionError, SettingError, expected
from pytest_accept.loading.backing import Backing
from pytest_accept.prediction import store
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.blocks import Rows
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task, TextClassification
from pytest_accept.tasks.at_once import AtOnceBackend, Question

if TYPE_CHECKING:
    import torch

    from pytest_accept.prediction.backends.embedding_gradients import EmbeddingGradients


class Model:
    """A model under test: what it is, and what it says of texts.

    Each text is predicted once, whoever asks and how often. `load_model` makes Models.
    """

    def __init__(
        self,
        task: Task,
        backing: Backing,
        description: ModelDescription,
        fingerprint: Callable[[], str] | None = None,
    ) -> None:
        """`fingerprint` is for a model that may change: it is asked again when its weights did."""
        self._task = task
        self._backing = backing
        self._description = description
        self._fingerprint = fingerprint
        self._stamp: Hashable = None
        self._engines: dict[Hashable, Engine] = {}
        self._engine = self._engine_of(task)
        self._forgetful: Engine | None = None

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
    def tokenizer(self) -> Any:
        """The transformers tokenizer, None for a function."""
        return self._backing.tokenizer

    @property
    def fingerprint(self) -> str | None:
        """The hash of weights, config and tokenizer; None for a function."""
        return self.describe().fingerprint

    def describe(self) -> ModelDescription:
        """Return what identifies this model."""
        self._engine.look()
        return self._described()

    def predict(self, data: Any) -> Any:
        """Return what the model says of a Data, or of a list of inputs.

        Text classification: `Predictions` of texts or pairs of texts. Token classification:
        `TokenPredictions` of sentences, each a list or tuple of words.

        PredictionError if the inputs are none for the task, if the model answers with NaN or
        infinite logits or in a wrong shape, or if a text does not fit into memory.
        """
        inputs = data.inputs if hasattr(data, "inputs") else data
        if isinstance(inputs, str | bytes) or not hasattr(inputs, "__iter__"):
            raise PredictionError(expected("data", "a Data or a list of texts", inputs))
        found = inputs if isinstance(inputs, list) else list(inputs)
        return self._task.predict(self._engine, found, self._described)

    def predict_and_forget(self, data: Any) -> Any:
        """Return what `predict` does of a part of data larger than memory, and remember none of it.

        The store keeps the answers to each part together, so that a later run finds them.
        """
        if self._forgetful is None:
            self._forgetful = self._backing.engine(self._task)
        try:
            with store.in_parts():
                return self._task.predict(self._forgetful, data.inputs, self._described)
        finally:
            self._forgetful.forget()

    def read(self, reading: Reading, inputs: Sequence[Hashable]) -> list[Rows]:
        """Return the rows (r, columns) that a reading finds for each input; each is read once.

        ModelError if the model is a function.
        """
        blocks, _ = self._engine_of(reading).blocks(inputs)
        return blocks

    def cut(self, reading: Reading, inputs: Sequence[Hashable]) -> npt.NDArray[np.bool_]:
        """Return which inputs were too long for the model and have been cut (n,)."""
        _, truncated = self._engine_of(reading).blocks(inputs)
        return truncated

    def label(self, text: Input) -> str:
        """Return the most probable label of a text (or of a pair of texts)."""
        if self.task != TextClassification.name:
            raise SettingError(
                f"Only a text classifier has labels of texts, not one for {self.task}."
            )
        if not isinstance(text, str | tuple):
            raise PredictionError(expected("text", "a text or a pair of texts", text))
        return self.labels[int(self.predict([text]).label_ids[0])]

    def probabilities(self, texts: Any) -> npt.NDArray[np.float64]:
        """Return the probabilities of texts, of shape (n, k), columns in the order of `labels`."""
        found: Predictions = self.predict(texts)
        return found.probabilities

    def module(self) -> torch.nn.Module:
        """Return the torch module, which is not to be changed; ModelError for a function.

        A model of files whose weights were changed all the same raises PredictionError when asked.
        """
        backend = self._torch()
        if hasattr(backend, "lend"):
            found: torch.nn.Module = backend.lend()
            return found
        kind = getattr(backend, "kind", "a function")
        raise ModelError(f"This needs a torch model, but {self.name!r} is {kind}.")

    def gradients(self) -> EmbeddingGradients:
        """Return gradients of predictions at the input embeddings; ModelError for a function."""
        from pytest_accept.prediction.backends.embedding_gradients import EmbeddingGradients

        return EmbeddingGradients(self._torch())

    def stamp(self) -> Hashable:
        """Return a value that changes when the weights do."""
        return self._backing.stamp()

    def engine(self, question: Hashable, make: Callable[[], Engine]) -> Engine:
        """Return the engine that remembers the answers to a question, made when first asked."""
        if question not in self._engines:
            self._engines[question] = make()
        return self._engines[question]

    def ask(self, question: Question, inputs: Sequence[Hashable]) -> list[Rows]:
        """Return the rows (r, columns) that answer a question of each input; each is asked once."""
        engine = self.engine(question, lambda: Engine(AtOnceBackend(self, question)))
        return engine.blocks(inputs)[0]

    def engines(self) -> dict[Hashable, Engine]:
        """Return the engine of each question that was asked so far."""
        return dict(self._engines)

    def _torch(self) -> Any:
        """Return the backend that has the weights in this process, if there is one."""
        here = getattr(self._backing, "here", None)
        backend: Any = self._engine.backend if here is None else here()._engine.backend
        # Of a cascade, the model in float32.
        return getattr(backend, "exact", backend)

    def _engine_of(self, reading: Reading) -> Engine:
        return self.engine(reading, lambda: self._backing.engine(reading))

    def _described(self) -> ModelDescription:
        if self._fingerprint is not None and self._stamp != self._engine.stamp:
            self._description = replace(self._description, fingerprint=self._fingerprint())
            self._stamp = self._engine.stamp
        return self._description

    def __repr__(self) -> str:
        about = self._description
        where = f" on {about.device}" if about.device else ""
        said = (each if each.isprintable() else repr(each) for each in self.labels)
        labels = f", labels {', '.join(said)}" if self.labels else ""
        return f"<Model {self.name!r}: {self.task}{labels}{where}>"
