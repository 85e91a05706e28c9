"""What a masked language model says of the word behind the mask of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.prediction.backends.torch_module import numbers
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.tasks.documents import documents
from pytest_accept.tasks.masked_positions import around, logits_at, mask_of
from pytest_accept.tasks.special_tokens import special_tokens


class Gap(NamedTuple):
    """A text with one mask, and a token that could stand there, as its id."""

    text: str
    token: int


@dataclass(frozen=True)
class _Gaps(Encodings):
    tokens: Any = field(default=None)


@dataclass(frozen=True)
class MaskedWords:
    """Gaps to four numbers each, as a row.

    The rank of the token (1 is the most probable; a tie is the worse rank) and its probability, the
    id of the most probable token and its probability. Of a text longer than the model takes, what
    stands around the mask is read.
    """

    columns: ClassVar[int] = 4

    def encode(self, tokenizer: Any, inputs: Sequence[Gap], max_length: int | None) -> Encodings:
        """Tokenise texts; each must hold the mask token once."""
        mask, (before, after) = mask_of(tokenizer), special_tokens(tokenizer)
        room = None if max_length is None else max_length - len(before) - len(after)
        ids: list[list[int]] = []
        truncated = np.zeros(len(inputs), np.bool_)
        texts = [each.text for each in inputs]
        for i, document in enumerate(documents(tokenizer, texts, "never")):
            inner = document.ids.tolist()
            start, stop = around(inner.index(mask), len(inner), room)
            truncated[i] = stop - start < len(inner)
            ids.append([*before, *inner[start:stop], *after])
        rest = [name for name in tokenizer("a", verbose=False) if name not in (IDS, MASK)]
        columns = {IDS: ids, **{name: [[0] * len(each) for each in ids] for name in rest}}
        read = [np.array([each.index(mask)], np.int64) for each in ids]
        found = Encodings.of(columns, truncated, read=read)
        tokens = np.array([each.token for each in inputs], np.int64)
        return _Gaps(found.columns, found.offsets, truncated, read=read, tokens=tokens)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.floating[Any]]:
        """Return the row of each gap."""
        assert isinstance(encodings, _Gaps)
        columns = np.concatenate([encodings.read[i] for i in indices.tolist()])
        logits = logits_at(module, tensors, columns).double()
        tokens = torch.from_numpy(encodings.tokens[indices]).to(logits.device)[:, None]
        own = logits.gather(1, tokens)
        best, likeliest = logits.max(dim=1, keepdim=True)
        rank = (logits >= own).sum(dim=1, keepdim=True)
        total = logits.logsumexp(dim=1, keepdim=True)
        rows = [rank, (own - total).exp(), likeliest, (best - total).exp()]
        return numbers(torch.cat([each.double() for each in rows], dim=1))
