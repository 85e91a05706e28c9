"""Language models, causal and masked: they have no labels; what they say depends on the question.

What is asked of them are readings of their own (`token_losses.py`, `continuation_likelihoods.py`,
`pseudo_likelihoods.py`, …); the tasks only say which models these are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy.typing as npt

from pytest_accept.errors import ModelError, PredictionError
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription


@dataclass(frozen=True)
class _LanguageModel:
    name: ClassVar[str]
    asked_for: ClassVar[str]
    has_labels: ClassVar[bool] = False
    needs_pad_token: ClassVar[bool] = False
    labels: ClassVar[tuple[str, ...]] = ()
    multi_label: ClassVar[bool] = False
    columns: ClassVar[int] = 1

    @classmethod
    def of_config(cls, config: Any, labels: Sequence[str] | None = None) -> Self:
        """Return the task; ModelError if `labels` are given."""
        if labels is not None:
            message = f"A model for {cls.name} has no labels, but got labels={list(labels)!r}."
            raise ModelError(message)
        return cls()

    def encode(self, tokenizer: Any, inputs: Sequence[Any], max_length: int | None) -> Encodings:
        """Raise PredictionError: see `predict`."""
        raise self._nothing()

    def read(
        self, module: Any, tensors: dict[str, Any], encodings: Encodings, indices: npt.NDArray[Any]
    ) -> Blocks:
        """Raise PredictionError: see `predict`."""
        raise self._nothing()

    def predict(self, engine: Engine, inputs: Any, model: Callable[[], ModelDescription]) -> Any:
        """Raise PredictionError: what a language model says depends on what is asked."""
        raise self._nothing()

    def _nothing(self) -> PredictionError:
        return PredictionError(
            f"A model for {self.name} has no labels to predict: ask for its {self.asked_for}."
        )


@dataclass(frozen=True)
class CausalLM(_LanguageModel):
    """How probable is each token of a text, given what stands before it."""

    name: ClassVar[str] = "causal-lm"
    auto_class: ClassVar[str] = "AutoModelForCausalLM"
    head: ClassVar[str] = "ForCausalLM"
    architectures: ClassVar[str] = "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES"
    asked_for: ClassVar[str] = (
        "perplexity, multiple_choice_accuracy, preference_rate or exact_match"
    )


@dataclass(frozen=True)
class FillMask(_LanguageModel):
    """Which word stands behind a mask."""

    name: ClassVar[str] = "fill-mask"
    auto_class: ClassVar[str] = "AutoModelForMaskedLM"
    head: ClassVar[str] = "ForMaskedLM"
    architectures: ClassVar[str] = "MODEL_FOR_MASKED_LM_MAPPING_NAMES"
    asked_for: ClassVar[str] = "top_k_accuracy, pseudo_perplexity or preference_rate"
