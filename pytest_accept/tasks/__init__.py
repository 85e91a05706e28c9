"""What a model is for: one file per task.

A task says how examples become model inputs and how a model's numbers become Predictions. To add
one, write a sibling of `text_classification.py` and name it in `TASKS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import ModelError, unknown
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.records import ModelDescription
from pytest_accept.tasks.text_classification import TextClassification


class Task(Protocol):
    """How examples of a task become encodings, and rows of numbers become Predictions."""

    @property
    def name(self) -> str:
        """The task's name, as transformers spells it."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the model's logits."""

    @property
    def multi_label(self) -> bool:
        """Whether an example may have several labels at once."""

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
        """Tokenise inputs; longer ones than `max_length` tokens are cut, and marked so."""

    def predictions(
        self,
        rows: npt.NDArray[np.float64],
        truncated: npt.NDArray[np.bool_],
        inputs: Sequence[Input],
        model: ModelDescription,
    ) -> Predictions:
        """Turn what the model answered into Predictions."""


TASKS = {TextClassification.name: TextClassification}


def find(name: str) -> type[TextClassification]:
    """Return a task by its name, as transformers spells it; ModelError if it is not supported."""
    if name in TASKS:
        return TASKS[name]
    raise ModelError(f"{unknown('supported task', name, TASKS)} This version supports no other.")


__all__ = ["TASKS", "Task", "TextClassification", "find"]
