"""Attributions by a user's function of texts and labels."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pytest_accept.attributions.explained import Explained
from pytest_accept.attributions.tokens import Tokens, tokenised
from pytest_accept.errors import PredictionError, shown
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.engine import Engine

if TYPE_CHECKING:
    from pytest_accept.attributions.kinds import ScoringFunction
    from pytest_accept.loading import Model

BATCH_SIZE = 32


def ask(model: Model, function: ScoringFunction, asked: Sequence[Explained]) -> list[Any]:
    """Return the scores that a function gives the tokens of texts; each is asked for once."""

    def make() -> Engine:
        return Engine(_FunctionBackend(model, function))

    blocks, _ = model.engine(("scores of", function), make).blocks(asked)
    return blocks


@dataclass(frozen=True)
class _Texts:
    """Texts with their tokens. Each costs the same: what a function does is not known."""

    asked: Sequence[Explained]
    tokens: Sequence[Tokens]
    owners: None = None

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.ones(len(self.asked), np.int64)

    @property
    def truncated(self) -> npt.NDArray[np.bool_]:
        return np.zeros(len(self.asked), np.bool_)

    def whole(self, parts: Sequence[Any]) -> Any:
        return np.concatenate(parts)


class _FunctionBackend:
    """Calls the function with at most 32 texts and the names of their labels."""

    columns = 1
    most = BATCH_SIZE
    start = BATCH_SIZE

    def __init__(self, model: Model, function: ScoringFunction) -> None:
        self.name = str(getattr(function, "__name__", type(function).__name__))
        self._model, self._function = model, function

    def stamp(self) -> Hashable:
        """Return the state of the model's weights, on which the function may depend."""
        return self._model.stamp()

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        yield

    def prepare(self, inputs: Sequence[Explained]) -> _Texts:
        texts = [each.text for each in inputs]
        return _Texts(inputs, tokenised(self._model.tokenizer, texts, self._model.max_length)[1])

    def forward(self, prepared: _Texts, indices: npt.NDArray[np.int64]) -> Blocks:
        asked = [prepared.asked[i] for i in indices.tolist()]
        labels = [self._model.labels[each.label] for each in asked]
        answer = self._function([each.text for each in asked], labels)
        many = hasattr(answer, "__iter__")
        found = list(answer) if many else []
        if len(found) != len(asked):
            got = f"{len(found)} of them" if many else shown(answer)
            raise PredictionError(
                f"Expected {self.name!r} to return a sequence of scores for each of {len(asked)} "
                f"texts, but got {got}."
            )
        tokens = (prepared.tokens[i] for i in indices.tolist())
        return Blocks.join(
            [
                self._checked(row, each, own)
                for row, each, own in zip(found, asked, tokens, strict=True)
            ]
        )

    def _checked(self, row: Any, asked: Explained, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return the scores (t, 1) of a text."""
        whole, real = len(tokens.ids), tokens.real
        own = int(real.sum())
        if hasattr(row, "detach"):
            row = row.detach().cpu().double()
        try:
            scores = np.asarray(row, np.float64)
        except (TypeError, ValueError) as error:
            raise PredictionError(
                f"Expected {self.name!r} to return numbers for {shown(asked.text)}, but got "
                f"{type(row).__name__}: {error}."
            ) from error
        if scores.ndim != 1 or len(scores) not in (own, whole):
            raise PredictionError(
                f"Expected {self.name!r} to score each token of {shown(asked.text)}, which has "
                f"{own} ({whole} with special tokens), but got an array of shape {scores.shape}. "
                "tokens_of(model, texts) says what the tokens are."
            )
        if not np.isfinite(scores).all():
            at = int(np.argmin(np.isfinite(scores)))
            raise PredictionError(
                f"Expected the scores of {self.name!r} to be finite, but that of token {at} of "
                f"{shown(asked.text)} is {scores[at]}."
            )
        if len(scores) == whole:
            return scores[:, None]
        filled = np.zeros((whole, 1))
        filled[real, 0] = scores
        return filled
