"""Masked language models: which word stands behind a mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy.typing as npt

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription
from pytest_accept.tasks.labels import no_labels


@dataclass(frozen=True)
class FillMask:
    """Texts with a mask to probabilities of the words behind it."""

    name: ClassVar[str] = "fill-mask"
    auto_class: ClassVar[str] = "AutoModelForMaskedLM"
    head: ClassVar[str] = "ForMaskedLM"
    architectures: ClassVar[str] = "MODEL_FOR_MASKED_LM_MAPPING_NAMES"
    has_labels: ClassVar[bool] = False
    needs_pad_token: ClassVar[bool] = False

    labels: ClassVar[tuple[str, ...]] = ()
    multi_label: ClassVar[bool] = False
    columns: ClassVar[int] = 1

    @classmethod
    def of_config(cls, config: Any, labels: Sequence[str] | None = None) -> FillMask:
        """Return the task; ModelError if `labels` are given."""
        no_labels(labels, cls.name)
        return cls()

    def encode(self, tokenizer: Any, inputs: Sequence[Any], max_length: int | None) -> Encodings:
        """Raise PredictionError: see `predict`."""
        raise PredictionError(_WHAT)

    def read(
        self, module: Any, tensors: dict[str, Any], encodings: Encodings, indices: npt.NDArray[Any]
    ) -> Blocks:
        """Raise PredictionError: see `predict`."""
        raise PredictionError(_WHAT)

    def predict(self, engine: Engine, inputs: Any, model: Callable[[], ModelDescription]) -> Any:
        """Raise PredictionError: what a language model says depends on what is asked."""
        raise PredictionError(_WHAT)


_WHAT = (
    "A masked language model has no labels to predict: ask for "
    "its top_k_accuracy or pseudo_perplexity."
)
