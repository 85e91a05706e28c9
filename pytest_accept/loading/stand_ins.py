"""Models of a dry run: what is known of one without its weights, and predictions that say nothing.

A stand-in notes what it is asked. Who looks at its answers gets Unanswered instead.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from pytest_accept import dry_run
from pytest_accept.errors import ModelError
from pytest_accept.loading import checkpoint, hub, saved
from pytest_accept.loading.lengths import NO_LIMIT
from pytest_accept.loading.model import Model
from pytest_accept.loading.sources import as_folder
from pytest_accept.prediction import Predictions
from pytest_accept.prediction.token_predictions import TokenPredictions
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import find

_UNSAID = ("probabilities", "logits", "truncated")


class StandIn(Model):
    """A model that is described but not there. `known`: whether its labels are."""

    def __init__(self, description: ModelDescription, *, known: bool = True) -> None:
        self._description = description
        self._known = known

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes; Unanswered of a model that is yet to be made."""
        return self._description.labels if self._known else self._unanswered("the labels of")

    @property
    def tokenizer(self) -> Any:
        """Unanswered: no tokenizer is loaded."""
        return self._unanswered("the tokenizer of")

    def describe(self) -> ModelDescription:
        """Return what identifies the model, without its fingerprint."""
        return self._description

    def predict(self, data: Any) -> Any:
        """Note what is to be predicted, and return predictions that say nothing."""
        inputs = list(data.inputs if hasattr(data, "inputs") else data)
        keys = [tuple(each) if isinstance(each, list) else each for each in inputs]
        self._note("predict", keys)
        kind = UnsaidTags if self.task == "token-classification" else UnsaidPredictions
        return kind(self._description, inputs, known=self._known)

    def read(self, reading: Any, inputs: Sequence[Any]) -> NoReturn:
        """Note what is to be read; Unanswered."""
        self._note(reading, list(inputs))
        self._unanswered("an answer of")

    def cut(self, reading: Any, inputs: Sequence[Any]) -> NoReturn:
        """Unanswered: without a tokenizer nobody knows."""
        self._unanswered("the tokenizer of")

    def module(self) -> NoReturn:
        """Unanswered: there are no weights."""
        self._unanswered("the weights of")

    def gradients(self) -> NoReturn:
        """Unanswered: there are no weights."""
        self._unanswered("gradients of")

    def stamp(self) -> None:
        """Return None: there are no weights that could change."""

    def engine(self, question: Any, make: Any) -> Any:
        """Return an engine that notes what it is asked; whoever asks gets Unanswered."""
        return _Silent(self, question)

    def _note(self, reading: Any, inputs: list[Any]) -> None:
        run = dry_run.current()
        if run is not None:
            run.read(self, reading, inputs)

    def _unanswered(self, what: str) -> NoReturn:
        raise dry_run.Unanswered(f"it needs {what} {self.name!r}")


class _Silent:
    """An engine that answers nothing to a question."""

    def __init__(self, model: StandIn, question: Any) -> None:
        self._model, self._question = model, question

    def blocks(self, inputs: Sequence[Any]) -> NoReturn:
        """Note what is to be read; Unanswered."""
        self._model.read(self._question, inputs)


class _Unsaid:
    """Predictions that are yet to be made."""

    def __init__(
        self, model: ModelDescription, inputs: Sequence[Any], *, known: bool = True
    ) -> None:
        own = {"model": model, "inputs": inputs, "_known": known}
        if known:
            own.update(labels=model.labels, multi_label=model.multi_label)
        self.__dict__.update(own)

    def __len__(self) -> int:
        return len(self.__dict__["inputs"])

    def __repr__(self) -> str:
        return f"<{len(self):,} predictions yet to be made by {self.__dict__['model'].name!r}>"

    def __getattr__(self, name: str) -> NoReturn:
        model = self.__dict__["model"]
        if name in (*_UNSAID, "labels", "multi_label"):
            raise dry_run.Unanswered(f"it needs what {model.name!r} predicts")
        raise AttributeError(name)

    def take(self, indices: Any) -> Any:
        """Return those at `indices`, which say nothing either."""
        at = np.asarray(indices)
        at = np.flatnonzero(at) if at.dtype == np.bool_ else at
        own = self.__dict__
        inputs = [own["inputs"][i] for i in at.tolist()]
        return type(self)(own["model"], inputs, known=own["_known"])

    def for_data(self, data: Any) -> Any:
        """Return predictions of `data`."""
        own = self.__dict__
        return type(self)(own["model"], list(data.inputs), known=own["_known"])


class UnsaidPredictions(_Unsaid, Predictions):
    """What a classifier would say of texts."""


class UnsaidTags(_Unsaid, TokenPredictions):
    """What a tagger would say of words."""


def is_stand_in(subject: Any) -> bool:
    """Return whether a model, or predictions, are of a dry run."""
    return isinstance(subject, StandIn | _Unsaid)


def of_saved(source: str | Path, asked: saved.Asked) -> StandIn:
    """Return what stands for a folder or a hub name: its config.json is all that is read.

    A model that is not there yet can be planned for if `task` says what it will be for.
    """
    try:
        folder = _config_folder(source, asked)
        config = checkpoint.read_config(folder, trust_remote_code=asked.trust_remote_code)
    except ModelError:
        if asked.task is None:
            raise
        return _yet_to_be(source, asked)
    name = checkpoint.infer_task(
        folder, config, task=asked.task, allow_untrained=asked.allow_untrained
    )
    kind = find(name)
    if asked.labels is not None and not checkpoint.has_head(config, kind):
        config = {**config, "id2label": dict(enumerate(asked.labels))}
    task = kind.of_config(_read(config), asked.labels)
    description = ModelDescription(
        name=_called(source, asked),
        source=str(source),
        task=kind.name,
        labels=task.labels,
        multi_label=task.multi_label,
        max_length=_max_length(folder, config, asked.max_length),
    )
    return StandIn(description)


def of_object(model: Model) -> StandIn:
    """Return what stands for a Model of an object in memory, which is not asked."""
    # Not by describe(), which hashes weights.
    return StandIn(model._description)


def of_training(base: Any, data: Any, *, how: str, name: str | None, task: str | None) -> StandIn:
    """Return what stands for a model that would be trained on a Data."""
    based = base.name if isinstance(base, Model) else Path(str(base)).name
    called = name or f"{based} {how}"
    description = ModelDescription(
        name=called,
        source=called,
        task=find(task or ("token-classification" if data.tagged else "text-classification")).name,
        labels=data.label_names,
        multi_label=data.multi_label,
    )
    model = StandIn(description)
    run = dry_run.current()
    if run is not None:
        run.trained(model, called)
    return model


def _config_folder(source: str | Path, asked: saved.Asked) -> Path:
    if as_folder(source) is not None:
        return saved.find_folder(source, asked)
    options = {k: v for k, v in asked.options.items() if k in hub.OPTIONS and k != "subfolder"}
    subfolder = str(asked.options.get("subfolder") or "")
    return hub.config_folder(str(source), revision=asked.revision, subfolder=subfolder, **options)


def _yet_to_be(source: str | Path, asked: saved.Asked) -> StandIn:
    task = find(str(asked.task)).name
    labels = tuple(asked.labels or ())
    run = dry_run.current()
    if run is not None:
        run.missing(str(source))
    about = ModelDescription(
        name=_called(source, asked), source=str(source), task=task, labels=labels
    )
    return StandIn(about, known=bool(labels))


def _called(source: str | Path, asked: saved.Asked) -> str:
    try:
        local = as_folder(source) is not None
    except ModelError:
        local = True
    return asked.name or (Path(source).resolve().name if local else str(source))


def _read(config: dict[str, Any]) -> Any:
    from transformers import PretrainedConfig

    return PretrainedConfig.from_dict(config)


def _max_length(folder: Path, config: dict[str, Any], asked: int | None) -> int | None:
    """Return about how many tokens of a text are read: the smallest of what the files say."""
    limits = [asked, config.get("max_position_embeddings")]
    file = folder / "tokenizer_config.json"
    if file.is_file():
        limits.append(json.loads(file.read_text(encoding="utf-8")).get("model_max_length"))
    known = [int(each) for each in limits if isinstance(each, int | float) and 0 < each < NO_LIMIT]
    return min(known, default=None)
