"""What a causal language model makes of each token of a document, given what stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.prediction.backends.torch_module import numbers
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, Encodings
from pytest_accept.tasks.documents import Window
from pytest_accept.tasks.output_head import token_losses


@dataclass(frozen=True)
class TokenLosses:
    """Windows of documents to one negative log-likelihood in nats per scored token."""

    columns: ClassVar[int] = 1
    rows: ClassVar[bool] = True

    def encode(self, tokenizer: Any, inputs: Sequence[Window], max_length: int | None) -> Encodings:
        """Return the windows' tokens, with the positions whose outputs speak of scored tokens."""
        ids = [np.frombuffer(each.ids, np.int32) for each in inputs]
        read = [
            np.arange(each.first - 1, len(tokens) - 1, dtype=np.int64)
            for each, tokens in zip(inputs, ids, strict=True)
        ]
        cut = np.zeros(len(inputs), np.bool_)
        return Encodings.of({IDS: [each.tolist() for each in ids]}, cut, read=read)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return the losses (tokens, 1) of each window."""
        at = [encodings.read[i] for i in indices.tolist()]
        sizes = np.array(list(map(len, at)), np.int64)
        ids = tensors[IDS]
        rows = torch.from_numpy(np.repeat(np.arange(len(at)), sizes)).to(ids.device)
        columns = torch.from_numpy(np.concatenate(at)).to(ids.device)
        losses = token_losses(module, tensors, rows, columns, ids[rows, columns + 1])
        return Blocks(numbers(losses[:, None]), sizes)
