"""Where the texts of a padded batch stand once they are one row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch


class CannotPack(Exception):  # noqa: N818  (an answer, not an error)
    """A batch, or a model, that has to be padded."""


@dataclass(frozen=True)
class Layout:
    """A batch of n texts, padded on the right to `width` tokens, as one row without padding.

    `lengths` are those of the texts, in their order; `at` (tokens,) says where each token of the
    row stands in the flattened batch.
    """

    lengths: tuple[int, ...]
    width: int
    at: torch.Tensor

    @classmethod
    def of(cls, mask: torch.Tensor) -> Layout:
        """Return the layout of a batch with this attention mask (n, width); CannotPack if texts do
        not stand on the left.
        """
        if mask.dim() != 2:
            raise CannotPack(f"an attention mask of shape {tuple(mask.shape)}")
        lengths = mask.sum(dim=1)
        real = torch.arange(mask.shape[1], device=mask.device) < lengths[:, None]
        if not torch.equal(real, mask.bool()) or not bool(lengths.all()):
            raise CannotPack("an attention mask that hides more than padding on the right")
        return cls(tuple(lengths.tolist()), mask.shape[1], real.flatten().nonzero()[:, 0])

    @cached_property
    def groups(self) -> list[tuple[int, int, int]]:
        """Neighbours of the same length: where they begin in the row, how many, and how long."""
        found = []
        start = 0
        for length, same in groupby(self.lengths):
            count = len(list(same))
            found.append((start, count, length))
            start += count * length
        return found

    @cached_property
    def edges(self) -> torch.Tensor:
        """Where each text begins, and where the last ends, (n + 1,) int32."""
        sums = torch.tensor([0, *self.lengths], dtype=torch.int32).cumsum(0, dtype=torch.int32)
        return sums.to(self.at.device)

    @property
    def tokens(self) -> int:
        """How many tokens the row has."""
        return len(self.at)

    def pack(self, batch: torch.Tensor) -> torch.Tensor:
        """Return a batch (n, width, …) as a row (1, tokens, …)."""
        return batch.flatten(0, 1).index_select(0, self.at)[None]

    def unpack(self, row: torch.Tensor) -> torch.Tensor:
        """Return a row (1, tokens, …) as a batch (n, width, …), zero where the padding is."""
        if row.shape[:2] != (1, self.tokens):
            raise CannotPack(f"an output of shape {tuple(row.shape)} for {self.tokens} tokens")
        n = len(self.lengths)
        if n * self.width == self.tokens:
            return row.view(n, self.width, *row.shape[2:])
        batch = row.new_zeros(n * self.width, *row.shape[2:])
        return batch.index_copy_(0, self.at, row[0]).view(n, self.width, *row.shape[2:])

    def positions(self) -> torch.Tensor:
        """Return how many tokens stand before each in its own text, (1, tokens)."""
        columns = torch.remainder(self.at, self.width)
        return columns[None]
