"""Token classification (tagging): one label for each word of a sentence or document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import ModelError, PredictionError, expected
from pytest_accept.prediction.backends.torch_module import logits_of, numbers
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, Encodings
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.token_predictions import TokenPredictions, Words
from pytest_accept.records import ModelDescription
from pytest_accept.tasks.labels import checked_labels
from pytest_accept.tasks.word_pieces import WordPieces

# The share of a window that the next one sees again: context for the words at its edges.
OVERLAP = 0.5


@dataclass(frozen=True)
class TokenClassification:
    """Sentences of words to one distribution over tags per word.

    A word's prediction is that of its first piece, as is the convention since BERT (Devlin et al.
    2019). A text longer than the model takes is read in windows that overlap by half; each word
    is read where it stands farthest from an edge.
    """

    name: ClassVar[str] = "token-classification"
    auto_class: ClassVar[str] = "AutoModelForTokenClassification"
    head: ClassVar[str] = "ForTokenClassification"
    architectures: ClassVar[str] = "MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES"
    has_labels: ClassVar[bool] = True
    needs_pad_token: ClassVar[bool] = False
    rows: ClassVar[bool] = True
    multi_label: ClassVar[bool] = False

    labels: tuple[str, ...]

    @classmethod
    def of_config(cls, config: Any, labels: Sequence[str] | None = None) -> TokenClassification:
        """Return the task of a transformers config; `labels` rename its own.

        ModelError where the number of labels differs, or there is only one.
        """
        own = tuple(str(config.id2label[i]) for i in sorted(config.id2label))
        if len(own) < 2:
            raise ModelError(f"A tagger needs two labels or more, but the model has {list(own)!r}.")
        return cls(checked_labels(labels, own))

    @property
    def columns(self) -> int:
        """One logit for each tag."""
        return len(self.labels)

    def encode(self, tokenizer: Any, inputs: Sequence[Words], max_length: int | None) -> Encodings:
        """Tokenise sentences word by word, long ones in windows.

        A word longer than the model takes is cut there. A word of which the tokenizer makes no
        piece is read as the unknown token.
        """
        pieces = WordPieces.of(tokenizer, inputs)
        room = None if max_length is None else max_length - pieces.special
        if room is not None and room < 1:
            raise PredictionError(
                f"The model takes {max_length} tokens, and {pieces.special} of them are special: "
                "no room is left for words."
            )
        ids: list[list[int]] = []
        owners: list[int] = []
        read: list[npt.NDArray[np.int64]] = []
        truncated = np.zeros(len(inputs), np.bool_)
        for owner, words in enumerate(inputs):
            of_words = [pieces.ids[word] for word in words]
            if room is not None and max(map(len, of_words)) > room:
                truncated[owner] = True
                of_words = [each[:room] for each in of_words]
            for start, stop, first, last in _windows(list(map(len, of_words)), room):
                body = of_words[start:stop]
                starts = np.cumsum([0, *map(len, body[:-1])]) + len(pieces.before)
                ids.append([*pieces.before, *(i for each in body for i in each), *pieces.after])
                owners.append(owner)
                read.append(starts[first - start : last - start])
        # Token types and the like are all 0 in a text that is no pair.
        rest = (name for name in pieces.columns if name != IDS)
        columns = {IDS: ids, **{name: [[0] * len(each) for each in ids] for name in rest}}
        return Encodings.of(columns, truncated, np.array(owners, np.int64), read)

    def read(
        self,
        module: Any,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return the logits (words, tags) of the words that each window is to read."""
        logits = logits_of(module, tensors)
        at = [encodings.read[i] for i in indices.tolist()]
        sizes = np.array(list(map(len, at)), np.int64)
        rows = torch.from_numpy(np.repeat(np.arange(len(at)), sizes)).to(logits.device)
        columns = torch.from_numpy(np.concatenate(at)).to(logits.device)
        return Blocks(numbers(logits[rows, columns]), sizes)

    def predict(
        self, engine: Engine, inputs: Sequence[Any], model: Callable[[], ModelDescription]
    ) -> TokenPredictions:
        """Return the logits of every word; PredictionError for what are no words."""
        sentences = [_words(each, i) for i, each in enumerate(inputs)]
        blocks, truncated = engine.blocks(sentences)
        return TokenPredictions(
            logits=[each.astype(np.float64) for each in blocks],
            labels=self.labels,
            truncated=truncated,
            model=model(),
            inputs=sentences,
        )


def _words(each: Any, i: int) -> Words:
    if isinstance(each, list | tuple) and each and all(isinstance(word, str) for word in each):
        return tuple(each)
    what = "a sentence as a list of words, such as ['Anna', 'sings']"
    hint = " Split texts into words as the model's training data were." * isinstance(each, str)
    raise PredictionError(f"{expected(f'input {i + 1}', what, each)}{hint}")


def _windows(lengths: Sequence[int], room: int | None) -> Iterator[tuple[int, int, int, int]]:
    """Yield the words that each window shows (start, stop) and those read in it (first, last).

    `lengths` are pieces per word. Of two windows that show a word, the one is to be read in which
    it is farther from the edge, which is where the overlap's halves meet.
    """
    ends = np.cumsum(lengths)
    total = int(ends[-1])
    if room is None or total <= room:
        yield 0, len(lengths), 0, len(lengths)
        return
    spans = []
    start, begin = 0, 0  # a word, and the pieces before it
    while True:
        stop = int(np.searchsorted(ends, begin + room, side="right"))
        spans.append((start, stop))
        if stop == len(lengths):
            break
        # The next window begins half a window on, and at least with what this one did not show.
        halfway = int(np.searchsorted(ends, begin + int(room * (1 - OVERLAP)), side="right"))
        start = min(max(halfway, start + 1), stop)
        begin = int(ends[start - 1])
    first = 0
    for (start, stop), following in zip(spans, [*spans[1:], None], strict=True):
        last = stop if following is None else (following[0] + stop + 1) // 2
        last = min(max(last, following[0]), stop) if following is not None else stop
        yield start, stop, first, last
        first = last
