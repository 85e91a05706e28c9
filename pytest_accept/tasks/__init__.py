"""What a model is for: one file per task.

A task says how examples become model inputs and how a model's numbers become Predictions. To add
one, write a sibling of `text_classification.py` and name it in `TASKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from pytest_accept.errors import ModelError, unknown
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription
from pytest_accept.tasks.language_models import CausalLM, FillMask
from pytest_accept.tasks.text_classification import TextClassification
from pytest_accept.tasks.token_classification import TokenClassification


class Task(Reading, Protocol):
    """What is asked of a model by default, and what its answers mean."""

    name: ClassVar[str]
    """The task's name, as transformers spells it."""

    auto_class: ClassVar[str]
    """The class of transformers that loads a model for it."""

    head: ClassVar[str]
    """How the names of architectures for it end."""

    architectures: ClassVar[str]
    """The mapping in transformers that lists architectures for it."""

    has_labels: ClassVar[bool]
    """Whether the head is one for labels, which fine-tuning puts on a pretrained model."""

    needs_pad_token: ClassVar[bool]
    """Whether batches need a padding token in the model's config."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the logits; none for language models."""

    @property
    def multi_label(self) -> bool:
        """Whether an example may have several labels at once."""

    @classmethod
    def of_config(cls, config: Any, labels: Sequence[str] | None = None) -> Task:
        """Return the task of a transformers config; `labels` rename its own."""

    def predict(self, engine: Engine, inputs: Any, model: Callable[[], ModelDescription]) -> Any:
        """Return what the model says of inputs; PredictionError for what is none for this task."""


TASKS: dict[str, type[Task]] = {
    each.name: each for each in (TextClassification, TokenClassification, CausalLM, FillMask)
}
_OTHER_NAMES = {
    "sentiment-analysis": TextClassification.name,
    "ner": TokenClassification.name,
    "text-generation": CausalLM.name,
}


def find(name: str) -> type[Task]:
    """Return a task by its name, as transformers spells it; ModelError if it is not supported."""
    name = _OTHER_NAMES.get(name, name)
    if name in TASKS:
        return TASKS[name]
    raise ModelError(f"{unknown('supported task', name, TASKS)} This version supports no other.")


def task_of(architecture: str) -> type[Task] | None:
    """Return the task that an architecture has a head for, None if none of ours."""
    from transformers.models.auto import modeling_auto

    for task in TASKS.values():
        known = getattr(modeling_auto, task.architectures).values()
        names = {each for value in known for each in ([value] if isinstance(value, str) else value)}
        if architecture in names or architecture.endswith(task.head):
            return task
    return None


__all__ = [
    "TASKS",
    "CausalLM",
    "FillMask",
    "Task",
    "TextClassification",
    "TokenClassification",
    "find",
    "task_of",
]
