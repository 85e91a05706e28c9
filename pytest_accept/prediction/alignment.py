"""Predictions brought into the order of the data they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError

if TYPE_CHECKING:
    from pytest_accept.records import ModelDescription


class LabelledExamples(Protocol):
    """What of a Data is needed to align predictions with it."""

    @property
    def inputs(self) -> Sequence[Any]:
        """The texts, pairs of texts, or sentences of words."""

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The row of each example in the whole source."""

    @property
    def total(self) -> int:
        """How many rows the whole source has."""

    def origin(self, index: int) -> str:
        """Where an example stands, such as "reviews.csv row 3"."""


class Alignable(Protocol):
    """What of predictions is needed to align them."""

    @property
    def model(self) -> ModelDescription:
        """Whose predictions they are."""

    @property
    def inputs(self) -> Sequence[Any] | None:
        """What was predicted, None if unknown."""

    def __len__(self) -> int: ...

    def take(self, indices: npt.ArrayLike) -> Self:
        """Return the predictions at `indices`."""


A = TypeVar("A", bound=Alignable)


def aligned(predictions: A, data: LabelledExamples) -> A:
    """Return predictions aligned with `data`, one for each of its examples.

    They may be of exactly these examples, or of every row of the source that `data` is a part of.
    PredictionError if there are neither as many as examples nor as rows, or if the predictions know
    their texts and one of them is not the text of the data.
    """
    size = len(data.inputs)
    if len(predictions) not in (size, data.total):
        whole = f", and its source {data.total:,} rows" if data.total != size else ""
        raise PredictionError(
            f"The predictions of {predictions.model.name!r} are for {len(predictions):,} examples, "
            f"but the data has {size:,}{whole}. Predict exactly these examples, or all rows of "
            "their source."
        )
    as_it_is = len(predictions) == size and (size != data.total or _matches(predictions, data))
    found = predictions if as_it_is else predictions.take(data.rows)
    _check_texts(found, data)
    return found


def _matches(predictions: Alignable, data: LabelledExamples) -> bool:
    if predictions.inputs is not None:
        return _first_difference(predictions.inputs, data.inputs) is None
    return bool(np.array_equal(data.rows, np.arange(len(predictions))))


def _check_texts(predictions: Alignable, data: LabelledExamples) -> None:
    if predictions.inputs is None:
        return
    at = _first_difference(predictions.inputs, data.inputs)
    if at is None:
        return
    raise PredictionError(
        f"The predictions of {predictions.model.name!r} are not of this data: {data.origin(at)} is "
        f"{_shown(data.inputs[at])}, but the prediction there is of "
        f"{_shown(predictions.inputs[at])}. Predict the data again, or bring both into the same "
        "order."
    )


def _first_difference(ours: Sequence[Any], theirs: Sequence[Any]) -> int | None:
    if ours is theirs:
        return None
    pairs = enumerate(zip(ours, theirs, strict=True))
    return next((i for i, (one, other) in pairs if one is not other and one != other), None)


def _shown(text: Any, width: int = 60) -> str:
    shown = repr(text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
