"""Labelled texts, or tagged sentences, to what a model is trained on: token ids and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.data import Data
from pytest_accept.data.tag_schemes import tags
from pytest_accept.errors import DataError, LabelError, SettingError, expected
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.tasks import TextClassification, TokenClassification

IGNORED = -100
"""The target of what is not to be learnt, in torch's losses."""


class Examples(Protocol):
    """Encoded examples with their targets."""

    @property
    def encodings(self) -> Encodings:
        """The token ids."""

    def targets(self, indices: Sequence[int], length: int) -> npt.NDArray[Any]:
        """Return the targets of some examples, padded to a length in tokens."""


def encoded(
    data: Data,
    tokenizer: Any,
    task: TextClassification | TokenClassification,
    max_length: int | None,
) -> Examples:
    """Return the examples of data as the task reads them, with its labels as targets."""
    inputs: Any = data.inputs
    encodings = task.encode(tokenizer, inputs, max_length)
    if isinstance(task, TokenClassification):
        return _Tagged(encodings, tag_sequences(data), task.labels)
    if task.multi_label:
        matrix = data.label_matrix(task.labels, multi_label=True)
        return _Labelled(encodings, matrix.astype(np.float32))
    return _Labelled(encodings, data.label_ids(task.labels))


def batch(examples: Examples, indices: Sequence[int], pad_id: int) -> dict[str, torch.Tensor]:
    """Return some examples as inputs of a model, padded as for predictions."""
    arrays = examples.encodings.padded(indices, pad_id)
    length = next(iter(arrays.values())).shape[1]
    arrays["labels"] = examples.targets(indices, length)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


@dataclass(frozen=True)
class _Labelled:
    """Texts with a label each, or a row of 0 and 1."""

    encodings: Encodings
    labels: npt.NDArray[Any]

    def targets(self, indices: Sequence[int], length: int) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = self.labels[list(indices)]
        return found


class _Tagged:
    """Sentences with a tag for each word, which its first piece is to learn."""

    def __init__(
        self, encodings: Encodings, sequences: Sequence[Sequence[str]], labels: Sequence[str]
    ) -> None:
        self.encodings = encodings
        ids = {label: i for i, label in enumerate(labels)}
        unknown = {tag for tags in sequences for tag in tags} - set(ids)
        if unknown:
            raise LabelError(
                f"The tags {sorted(unknown)} are none of the labels to train for, "
                f"{list(labels)!r}. Were the validation data tagged like the others?"
            )
        # A long sentence is read in windows; between them they read every word once, in order.
        flat = np.array([ids[tag] for tags in sequences for tag in tags], np.int64)
        sizes = [len(positions) for positions in encodings.read]
        self._tags = np.split(flat, np.cumsum(sizes)[:-1])

    def targets(self, indices: Sequence[int], length: int) -> npt.NDArray[Any]:
        found = np.full((len(indices), length), IGNORED, np.int64)
        for row, i in enumerate(indices):
            found[row, self.encodings.read[i]] = self._tags[i]
        return found


def tag_sequences(data: Data) -> list[tuple[str, ...]]:
    """Return the tags of each sentence, IOB1 as IOB2: who learns IOB1 cannot part entities well."""
    sequences = data.tag_sequences()
    if data.scheme != "IOB1":
        return sequences
    return [
        tags(spans, len(sequence), "IOB2")
        for spans, sequence in zip(data.spans(), sequences, strict=True)
    ]


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
    """Raise DataError if all examples have the same label, or all words the same tag."""
    if data.multi_label:
        return
    if data.tagged:
        found = {tag for tags in data.tag_sequences() for tag in tags}
    else:
        found = {data.label_text(i) for i in range(len(data))}
    if len(found) < 2:
        raise DataError(
            f"All {len(data):,} examples of {data.population!r} have the label "
            f"{next(iter(found))!r}, so there is nothing to tell apart. Train on data with two "
            "labels or more."
        )
