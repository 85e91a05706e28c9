"""Pseudo-log-likelihoods: how probable each token of a text is, given all of its others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.backends.torch_module import numbers
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.tasks.documents import documents
from pytest_accept.tasks.masked_positions import around, logits_at, mask_of
from pytest_accept.tasks.special_tokens import special_tokens

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Masked(Encodings):
    """A sequence for each token of each text, made when it is asked for: there are many.

    `texts` are the ids of the texts; `windows` (sequences, 3) the text's tokens that a sequence
    shows, from and to, and the one that it hides; `targets` (sequences,) what that is.
    """

    texts: Sequence[npt.NDArray[np.int32]] = ()
    windows: Any = None
    targets: Any = None
    around: tuple[list[int], list[int]] = ([], [])
    mask: int = 0

    @property
    def lengths(self) -> Integers:
        """The number of tokens of each sequence."""
        special = sum(map(len, self.around))
        found: Integers = self.windows[:, 1] - self.windows[:, 0] + special
        return found

    def hidden(self, indices: Integers) -> Integers:
        """Return where each sequence has its mask."""
        found: Integers = self.windows[indices, 2] - self.windows[indices, 0] + len(self.around[0])
        return found

    def padded(self, indices: Iterable[int], pad_id: int) -> dict[str, Integers]:
        """Return the model inputs of some sequences, padded on the right."""
        assert self.owners is not None
        at = np.array(list(indices), np.int64)
        lengths = self.lengths[at]
        ids = np.full((len(at), lengths.max()), pad_id, np.int64)
        before, after = self.around
        for row, i, length in zip(ids, at.tolist(), lengths.tolist(), strict=True):
            start, stop, _ = self.windows[i]
            row[:length] = [*before, *self.texts[self.owners[i]][start:stop], *after]
        ids[np.arange(len(at)), self.hidden(at)] = self.mask
        mask = np.arange(ids.shape[1]) < lengths[:, None]
        # Token types and the like are all 0 in a text that is no pair.
        rest = {name: np.zeros_like(ids) for name in self.columns if name != IDS}
        return {IDS: ids, **rest, MASK: mask.astype(np.int64)}


@dataclass(frozen=True)
class PseudoLikelihoods:
    """Texts to the log-probability in nats of each token, as (tokens, 1).

    Each token is masked in turn and predicted from all others (Salazar et al. 2020). Special tokens
    are there but not predicted. Of a text longer than the model takes, each token is read in the
    middle of what the model can take.
    """

    columns: ClassVar[int] = 1

    def encode(self, tokenizer: Any, inputs: Sequence[str], max_length: int | None) -> Encodings:
        """Return a sequence for each token; PredictionError for a text without any."""
        mask, (before, after) = mask_of(tokenizer), special_tokens(tokenizer)
        room = None if max_length is None else max_length - len(before) - len(after)
        texts = [each.ids for each in documents(tokenizer, inputs, "never")]
        empty = next((i for i, ids in enumerate(texts) if not len(ids)), None)
        if empty is not None:
            raise PredictionError(
                f"The tokenizer makes no tokens of {inputs[empty]!r}, so there is none to predict. "
                "Leave such texts out of the data."
            )
        windows = [(*around(i, len(ids), room), i) for ids in texts for i in range(len(ids))]
        names = tokenizer("a", verbose=False)
        return _Masked(
            {name: np.empty(0, np.int32) for name in names if name != MASK},
            np.zeros(1, np.int64),
            np.zeros(len(texts), np.bool_),
            np.repeat(np.arange(len(texts)), [len(ids) for ids in texts]),
            texts=texts,
            windows=np.array(windows, np.int64),
            targets=np.concatenate(texts).astype(np.int64),
            around=(before, after),
            mask=mask,
        )

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: Integers,
    ) -> npt.NDArray[np.floating[Any]]:
        """Return the log-probability (sequences, 1) of what each sequence hides."""
        assert isinstance(encodings, _Masked)
        logits = logits_at(module, tensors, encodings.hidden(indices))
        targets = torch.from_numpy(encodings.targets[indices]).to(logits.device)
        chosen = logits.gather(1, targets[:, None])
        return numbers(chosen - logits.logsumexp(dim=1, keepdim=True))
