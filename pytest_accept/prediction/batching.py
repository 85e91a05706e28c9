"""Which texts go through the model together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# How many times the tokens of a packed batch its answers may have after padding.
SPARSEST = 4


class Queue:
    """Texts waiting for prediction, longest first, handed out in batches under a token budget.

    A batch costs what it has after padding: its longest text times its size. Texts next to each
    other are of nearly the same length, so little of that is padding. The longest come first, so
    that a budget too large for the memory shows itself at once. `packed`: the backend reads texts
    without padding, and a batch costs the sum of their lengths.
    """

    def __init__(self, lengths: npt.NDArray[np.int64], most: int | None = None) -> None:
        self._lengths = lengths
        self._most = most or len(lengths)
        self._waiting = np.argsort(-lengths, kind="stable")
        self.tokens = int(lengths.sum())

    def __bool__(self) -> bool:
        return len(self._waiting) > 0

    def peek(self, budget: int, where: float = 0.0, *, packed: bool = False) -> slice:
        """Return where the next batch stands: `where`, in 0..1, from longest to shortest."""
        start = min(int(where * len(self._waiting)), len(self._waiting) - 1)
        longest = max(1, int(self._lengths[self._waiting[start]]))
        size = budget // longest
        if packed:
            most = self._waiting[start : start + SPARSEST * size]
            size = int(np.searchsorted(self._lengths[most].cumsum(), budget, side="right"))
        size = min(max(1, size), self._most)
        return slice(start, min(start + size, len(self._waiting)))

    def indices(self, batch: slice) -> npt.NDArray[np.int64]:
        """Return the texts of a batch."""
        return self._waiting[batch]

    def cost(self, batch: slice, *, packed: bool = False) -> int:
        """Return how many tokens a batch has, after padding unless `packed`."""
        if packed:
            return int(self._lengths[self._waiting[batch]].sum())
        longest = int(self._lengths[self._waiting[batch.start]])
        size: int = batch.stop - batch.start
        return longest * size

    def done(self, batch: slice) -> int:
        """Remove a batch and return how many tokens of text it had."""
        tokens = int(self._lengths[self._waiting[batch]].sum())
        if batch.start:
            self._waiting = np.delete(self._waiting, batch)
        else:
            self._waiting = self._waiting[batch.stop :]
        self.tokens -= tokens
        return tokens
