"""The tokens of texts as a model reads them, and where each stands in its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytest_accept.attributions.attribution import Span
from pytest_accept.errors import ModelError, SettingError
from pytest_accept.loading import Model
from pytest_accept.prediction.encodings import IDS, Encodings
from pytest_accept.tasks import TextClassification
from pytest_accept.tasks.text_classification import as_inputs, encode_texts

if TYPE_CHECKING:
    from pytest_accept.prediction.predictions import Input

# One call of the tokenizer.
CHUNK = 1024


class Tokens(NamedTuple):
    """The tokens of one input: `ids` (t,), and the span of each, None for special tokens."""

    ids: npt.NDArray[np.int64]
    spans: tuple[Span | None, ...]

    @property
    def real(self) -> npt.NDArray[np.bool_]:
        """Which tokens stand for text (t,)."""
        return np.array([each is not None for each in self.spans], np.bool_)


def tokens_of(model: Model, inputs: Any) -> list[Tokens]:
    """Return the tokens of texts or pairs of texts (or of a Data) as the model reads them.

    Longer texts are cut as they are for predictions. White space at the ends of a token is not
    part of its span. ModelError for a function, SettingError for what is no text classifier.
    """
    check(model)
    texts = as_inputs(list(getattr(inputs, "inputs", inputs)))
    return tokenised(model.tokenizer, texts, model.max_length)[1]


def check(model: Model) -> None:
    """Raise ModelError or SettingError, if tokens of this model's texts cannot be scored."""
    if not isinstance(model, Model):
        raise SettingError(
            f"An attribution asks the model itself, so pass what load_model returned, not "
            f"{type(model).__name__}."
        )
    if model.task != TextClassification.name:
        raise SettingError(
            f"An attribution explains the label of a text, so it needs a text classifier, but "
            f"{model.name!r} is for {model.task}."
        )
    if model.tokenizer is None:
        raise ModelError(
            f"An attribution scores a model's tokens, but {model.name!r} is a function, and its "
            "tokens are not known. Load the module with its tokenizer: "
            "load_model(module, tokenizer=…)."
        )
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelError(
            f"An attribution needs a fast tokenizer, which says where in the text a token stands, "
            f"but that of {model.name!r} ({type(model.tokenizer).__name__}) is written in Python. "
            "Load the model with a PreTrainedTokenizerFast: load_model(…, tokenizer=…)."
        )


def tokenised(
    tokenizer: Any, inputs: Sequence[Input], max_length: int | None
) -> tuple[Encodings, list[Tokens]]:
    """Return the encodings of inputs, and their tokens."""
    if not inputs:
        return Encodings.of({IDS: []}, np.zeros(0, np.bool_)), []
    encodings = encode_texts(tokenizer, inputs, max_length)
    flat = encodings.columns[IDS].astype(np.int64)
    ids = np.split(flat, encodings.offsets[1:-1])
    spans: list[tuple[Span | None, ...]] = []
    for start in range(0, len(inputs), CHUNK):
        spans += _spans(tokenizer, inputs[start : start + CHUNK], max_length)
    return encodings, [Tokens(*each) for each in zip(ids, spans, strict=True)]


def _spans(
    tokenizer: Any, inputs: Sequence[Input], max_length: int | None
) -> list[tuple[Span | None, ...]]:
    pairs = isinstance(inputs[0], tuple)
    sides = [[each[side] for each in inputs] for side in range(2)] if pairs else [list(inputs)]
    cut = {} if max_length is None else {"truncation": "longest_first", "max_length": max_length}
    found = tokenizer(*sides, return_offsets_mapping=True, verbose=False, **cut)
    return [
        tuple(
            None if side is None else _trimmed(sides[side][i], side, *span)
            for side, span in zip(found.sequence_ids(i), found["offset_mapping"][i], strict=True)
        )
        for i in range(len(inputs))
    ]


def _trimmed(text: str, side: int, start: int, stop: int) -> Span:
    """Leave white space out: of some tokenizers a word's token begins with the space before it."""
    token = text[start:stop]
    bare = token.strip()
    if not bare or len(bare) == len(token):
        return side, start, stop
    start += len(token) - len(token.lstrip())
    return side, start, start + len(bare)
