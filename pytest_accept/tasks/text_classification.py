"""Text classification: one label of several, or several at once, for texts and pairs of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import ModelError, PredictionError
from pytest_accept.prediction.backends.torch_module import logits_of, numbers
from pytest_accept.prediction.blocks import Rows
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.prediction.probabilities import sigmoid, softmax
from pytest_accept.records import ModelDescription
from pytest_accept.tasks.labels import checked_labels

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
    head: ClassVar[str] = "ForSequenceClassification"
    architectures: ClassVar[str] = "MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES"
    has_labels: ClassVar[bool] = True
    # Models that look for the last token of a text find it by the config's padding token.
    needs_pad_token: ClassVar[bool] = True
    rows: ClassVar[bool] = True

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

    @property
    def columns(self) -> int:
        """One logit for each label."""
        return len(self.labels)

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
        """Tokenise inputs without padding; longer ones than `max_length` tokens are cut.

        Of a pair the longer text is cut first. PredictionError for a text that is not valid Unicode
        or of which the tokenizer makes no tokens.
        """
        return encode_texts(tokenizer, inputs, max_length)

    def read(
        self,
        module: Any,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Rows:
        """Return the logits, one row for each text."""
        return numbers(logits_of(module, tensors))

    def predict(
        self, engine: Engine, inputs: Sequence[Any], model: Callable[[], ModelDescription]
    ) -> Predictions:
        """Return the probabilities of texts, or pairs; PredictionError for inputs that are none."""
        texts = as_inputs(inputs)
        rows, truncated = engine.rows(texts)
        logits = rows if self.gives == "logits" else None
        return Predictions(
            probabilities=rows if logits is None else probabilities(rows, self.multi_label),
            logits=logits,
            labels=self.labels,
            multi_label=self.multi_label,
            truncated=truncated,
            model=model(),
            inputs=texts,
        )


def probabilities(logits: npt.NDArray[np.float64], multi_label: bool) -> npt.NDArray[np.float64]:
    """Return the probabilities of labels that stand alone (`multi_label`), or of one of several."""
    return sigmoid(logits) if multi_label else softmax(logits)


def encode_texts(tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
    """Return the encodings of texts or pairs, as `TextClassification.encode` says."""
    chunks = (inputs[start : start + CHUNK] for start in range(0, len(inputs), CHUNK))
    return Encodings.join([_encode_chunk(tokenizer, chunk, max_length) for chunk in chunks])


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


def as_inputs(found: Sequence[Any]) -> Sequence[Input]:
    """Return texts, or pairs of texts, that can be looked up; PredictionError for what is none."""
    kinds = set(map(type, found))
    if kinds <= {str}:
        return found
    if all(issubclass(kind, str) for kind in kinds):
        # Such as numpy's, which hash and compare like str but are not what a tokenizer expects.
        return [str(each) for each in found]
    if kinds <= {tuple, list} and all(_is_pair(each) for each in found):
        return [(str(one), str(other)) for one, other in found]
    at = next((i for i, each in enumerate(found) if not isinstance(each, str)), 0)
    if kinds & {tuple, list}:
        at = next((i for i, each in enumerate(found) if not _is_pair(each)), 0)
    raise PredictionError(
        f"Expected every input to be a text, or every input to be a pair of texts, but number "
        f"{at + 1} of {len(found):,} is {found[at]!r} ({type(found[at]).__name__})."
    )


def _is_pair(each: Any) -> bool:
    return (
        isinstance(each, tuple | list)
        and len(each) == 2
        and isinstance(each[0], str)
        and isinstance(each[1], str)
    )
