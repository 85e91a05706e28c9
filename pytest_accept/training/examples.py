"""Labelled texts to what a model is trained on: token ids and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pytest_accept.data import Data
from pytest_accept.errors import DataError, LabelError, SettingError, expected
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.tasks import TextClassification


def check_labels(data: Any, called: str = "data") -> None:
    """Raise an error that says what is missing if the data have no labels to learn from."""
    if not isinstance(data, Data):
        raise SettingError(expected(called, "what load_data returns", data))
    if not data.labelled:
        raise LabelError(
            f"{data.population!r} has no labels to learn from. Load it with label='…', the column "
            "that holds them."
        )
    if data.soft:
        raise LabelError(
            f"The labels of {data.population!r} are probabilities, and training needs one label "
            "for each example. Load it with the likeliest as the label."
        )


def check_several(data: Data) -> None:
    """Raise DataError if all examples have the same label."""
    if data.multi_label:
        return
    first = data.label_text(0)
    if all(data.label_text(i) == first for i in range(len(data))):
        raise DataError(
            f"All {len(data):,} examples of {data.population!r} have the label {first!r}, so there "
            "is nothing to tell apart. Train on data with two labels or more."
        )


@dataclass(frozen=True)
class Examples:
    """Encoded texts with their targets."""

    encodings: Encodings
    targets: Any

    @classmethod
    def of_texts(
        cls, data: Data, tokenizer: Any, task: TextClassification, max_length: int | None
    ) -> Examples:
        """Return the texts of data as the task encodes them, with the task's labels as targets."""
        inputs: Any = data.inputs
        encodings = task.encode(tokenizer, inputs, max_length)
        if task.multi_label:
            matrix = data.label_matrix(task.labels, multi_label=True)
            return cls(encodings, matrix.astype(np.float32))
        return cls(encodings, data.label_ids(task.labels))

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, indices: Sequence[int], pad_id: int) -> dict[str, torch.Tensor]:
        """Return some of the examples as inputs of a model, padded as for predictions."""
        arrays = self.encodings.padded(indices, pad_id)
        inputs = {name: torch.from_numpy(array) for name, array in arrays.items()}
        inputs["labels"] = torch.from_numpy(self.targets[list(indices)])
        return inputs
