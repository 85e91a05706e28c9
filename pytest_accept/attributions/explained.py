"""Texts with the label to explain, encoded: what readings that attribute share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.attributions.tokens import tokenised
from pytest_accept.errors import PredictionError, shown
from pytest_accept.prediction.backends.torch_module import logits_of, numbers
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.predictions import Input


class Explained(NamedTuple):
    """A text, and the index of the label that is to be explained."""

    text: Input
    label: int


@dataclass(frozen=True)
class Explaining(Encodings):
    """Encodings of `asked` (n,), each read `times` over.

    `real` (tokens,): which tokens stand for text, flat as the columns are.
    """

    asked: Sequence[Explained] = ()
    real: Any = field(default=None)
    times: int = 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The number of tokens of each part."""
        return np.repeat(np.diff(self.offsets), self.times)

    def padded(self, indices: Iterable[int], pad_id: int) -> dict[str, npt.NDArray[np.int64]]:
        """Return the model inputs of some parts."""
        return super().padded([i // self.times for i in indices], pad_id)

    def labels(self, indices: npt.NDArray[np.int64], device: torch.device) -> torch.Tensor:
        """Return the labels (b,) that some parts are to explain."""
        found = [self.asked[i // self.times].label for i in indices.tolist()]
        return torch.tensor(found, device=device)

    def reals(self, indices: npt.NDArray[np.int64], device: torch.device) -> torch.Tensor:
        """Return which tokens of some parts stand for text (b, t); padding does not."""
        rows: list[npt.NDArray[np.bool_]] = [
            self.real[self.offsets[i // self.times] : self.offsets[i // self.times + 1]]
            for i in indices.tolist()
        ]
        found = np.zeros((len(rows), max(each.size for each in rows)), np.bool_)
        for row, each in zip(found, rows, strict=True):
            row[: len(each)] = each
        return torch.from_numpy(found).to(device)

    def answers(self, scores: torch.Tensor, indices: npt.NDArray[np.int64], what: str) -> Blocks:
        """Return scores (b, t) or (b, t, columns) as answers of one row a token, without padding's.

        PredictionError if one is NaN or infinite; `what` names them.
        """
        rows = numbers(scores).reshape((*scores.shape[:2], -1))
        sizes = np.diff(self.offsets)[indices // self.times]
        here = np.arange(rows.shape[1]) < sizes[:, None]
        bad = ~np.isfinite(np.where(here[..., None], rows, 0.0)).all(axis=(1, 2))
        if bad.any():
            at = int(indices[int(np.argmax(bad))]) // self.times
            raise PredictionError(
                f"Expected {what} to be finite, but {np.count_nonzero(bad)} of {bad.size} texts in "
                f"a batch have NaN or infinite ones, such as {shown(self.asked[at].text)}. Is the "
                "model's dtype too narrow? Try dtype='float32', or occlusion(), which needs no "
                "gradients."
            )
        return Blocks(rows[here], sizes)


def explaining(
    tokenizer: Any, asked: Sequence[Explained], max_length: int | None, times: int = 1
) -> Explaining:
    """Return the encodings of texts with their labels; `times` is how often each is read."""
    encodings, tokens = tokenised(tokenizer, [each.text for each in asked], max_length)
    return Explaining(
        encodings.columns,
        encodings.offsets,
        encodings.truncated,
        None if times == 1 else np.repeat(np.arange(len(asked)), times),
        asked=asked,
        real=np.concatenate([each.real for each in tokens]),
        times=times,
    )


def label_logits(
    module: torch.nn.Module, tensors: dict[str, Any], labels: torch.Tensor
) -> torch.Tensor:
    """Return the logit (b,) of each text's label."""
    logits = logits_of(module, tensors)
    return logits.gather(1, labels[:, None].to(logits.device))[:, 0]
