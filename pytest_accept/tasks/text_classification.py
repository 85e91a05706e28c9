"""Text classification: one label of several, or several at once, for texts and pairs of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import ModelError, PredictionError
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.records import ModelDescription

# One call of the tokenizer: enough to use every core, few enough to keep its objects small.
CHUNK = 1024


@dataclass(frozen=True)
class TextClassification:
    """Texts, or pairs of texts, to one probability per label.

    `multi_label`: probabilities by sigmoid, each label for itself, instead of by softmax. `gives`:
    what the model answers with.
    """

    name: ClassVar[str] = "text-classification"
    auto_class: ClassVar[str] = "AutoModelForSequenceClassification"

    labels: tuple[str, ...]
    multi_label: bool = False
    gives: Literal["logits", "probabilities"] = "logits"

    @classmethod
    def of_config(cls, config: Any, labels: Sequence[str] | None = None) -> TextClassification:
        """Return the task of a transformers config; `labels` rename its own.

        ModelError for a regression model, and where the number of labels differs.
        """
        problem = getattr(config, "problem_type", None)
        own = tuple(str(config.id2label[i]) for i in sorted(config.id2label))
        if problem == "regression" or (len(own) == 1 and problem is None):
            raise ModelError(
                f"The model is a regression model (num_labels={len(own)}, "
                f"problem_type={problem!r}): it has no labels to judge. For a single label with a "
                "sigmoid, set problem_type to 'multi_label_classification' in its config.json."
            )
        if len(own) == 1 and problem == "single_label_classification":
            raise ModelError(
                "The model has a single label and problem_type='single_label_classification': its "
                "probability would always be 1. Was it meant to have two labels, or the "
                "problem_type 'multi_label_classification'?"
            )
        return cls(checked_labels(labels, own), problem == "multi_label_classification")

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
        """Tokenise inputs without padding; longer ones than `max_length` tokens are cut.

        Of a pair the longer text is cut first. PredictionError for a text that is not valid Unicode
        or of which the tokenizer makes no tokens.
        """
        chunks = (inputs[start : start + CHUNK] for start in range(0, len(inputs), CHUNK))
        return Encodings.join([_encode_chunk(tokenizer, chunk, max_length) for chunk in chunks])

    def predictions(
        self,
        rows: npt.NDArray[np.float64],
        truncated: npt.NDArray[np.bool_],
        inputs: Sequence[Input],
        model: ModelDescription,
    ) -> Predictions:
        """Turn logits, or probabilities, into Predictions."""
        logits = rows if self.gives == "logits" else None
        return Predictions(
            probabilities=rows if logits is None else probabilities(rows, self.multi_label),
            logits=logits,
            labels=self.labels,
            multi_label=self.multi_label,
            truncated=truncated,
            model=model,
            inputs=inputs,
        )


def probabilities(
    logits: npt.NDArray[np.float64], multi_label: bool = False
) -> npt.NDArray[np.float64]:
    """Return the softmax of each row, or the sigmoid of each number if `multi_label`."""
    if multi_label:
        # exp of a positive number may overflow, of a negative one it cannot.
        small = np.exp(-np.abs(logits))
        positive: npt.NDArray[np.float64] = np.where(logits >= 0, 1.0, small) / (1.0 + small)
        return positive
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def checked_labels(labels: Sequence[str] | None, own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels to use: `labels` where given, else the model's own."""
    if labels is None:
        return own
    names = tuple(str(each) for each in labels)
    if len(names) != len(own):
        raise ModelError(
            f"Expected `labels` to name the model's {len(own)} labels {list(own)!r}, in that "
            f"order, but got {len(names)}: {list(names)!r}."
        )
    if len(set(names)) != len(names):
        raise ModelError(f"Expected `labels` to differ from each other, but got {list(names)!r}.")
    return names


def _encode_chunk(tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
    columns = _tokenise(tokenizer, inputs)
    ids = columns[IDS]
    truncated = np.zeros(len(ids), np.bool_)
    if max_length is not None:
        truncated[:] = [len(each) > max_length for each in ids]
    if truncated.any():
        at = np.flatnonzero(truncated).tolist()
        cut = _tokenise(
            tokenizer, [inputs[i] for i in at], truncation="longest_first", max_length=max_length
        )
        for name, lists in columns.items():
            for i, shorter in zip(at, cut[name], strict=True):
                lists[i] = shorter
    empty = next((i for i, each in enumerate(ids) if not len(each)), None)
    if empty is not None:
        raise PredictionError(
            f"The tokenizer makes no tokens of {inputs[empty]!r}, so there is nothing to predict. "
            "Leave such texts out of the data."
        )
    return Encodings.of(columns, truncated)


def _tokenise(
    tokenizer: Any, inputs: Sequence[Input], **options: Any
) -> dict[str, list[Sequence[int]]]:
    pairs = isinstance(inputs[0], tuple)
    texts = ([each[0] for each in inputs], [each[1] for each in inputs]) if pairs else (inputs,)
    try:
        found: Mapping[str, Any] = tokenizer(
            *(list(each) for each in texts),
            padding=False,
            return_attention_mask=False,
            # Too long is ours to notice, not to be warned of.
            verbose=False,
            **options,
        )
    except (TypeError, UnicodeError) as error:
        _explain(inputs, error)
        raise
    columns = {name: list(lists) for name, lists in found.items() if name != MASK}
    size = [len(each) for each in columns[IDS]]
    return {
        name: lists
        for name, lists in columns.items()
        if name == IDS or [len(each) for each in lists] == size
    }


def _explain(inputs: Sequence[Input], error: Exception) -> None:
    """Raise what the tokenizer meant, if a text with half a character (a lone surrogate) is why."""
    for each in inputs:
        try:
            "".join(each).encode()
        except UnicodeEncodeError:
            shown = repr(each)
            shown = shown if len(shown) <= 120 else shown[:119] + "…"
            raise PredictionError(
                f"The text {shown} is not valid Unicode: it holds a lone surrogate, which no "
                "tokenizer takes. Was it read with errors='surrogateescape', or cut in the middle "
                "of a character?"
            ) from error
