"""Whether a model reads rows: found out on the first batch of each question that is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.out_of_memory import is_out_of_memory
from pytest_accept.prediction.packing.layout import CannotPack
from pytest_accept.prediction.packing.packable import Parts, parts_of
from pytest_accept.prediction.packing.row import in_rows, uses_sdpa

Integers = npt.NDArray[np.int64]
Read = Callable[[Integers], Rows | Blocks]

# How far answers may be apart, for numbers up to 1 and in proportion beyond: rounding, and far less
# than what a text says that sees its neighbours or has wrong positions.
ALLOWED = 1e-4
ALLOWED_NARROW = 0.1
# Where those texts stand that are compared, from longest to shortest; neighbours are often equal.
COMPARED = (0.0, 0.5, 0.75, 1.0)


class Packing:
    """Reads batches as rows where that is right, else padded.

    `state`: "untried", "rows", or "padded", which is for good; `why` it is padded. `asked`: whether
    the reading runs the whole module on ids alone.
    """

    def __init__(self, *, asked: bool) -> None:
        self.state: Literal["untried", "rows", "padded"] = "untried" if asked else "padded"
        self.why = "" if asked else "this question is not asked of rows"
        self._parts: Parts | None = None

    def end(self) -> None:
        """Let go of the module that was read."""
        self._parts = None

    def read(
        self, module: torch.nn.Module, read: Read, lengths: Integers, indices: Integers
    ) -> Rows | Blocks:
        """Return `read(indices)`, the answers to some of the texts that have these `lengths`."""
        parts = self._ready(module, read, lengths, indices)
        if parts is None:
            return read(indices)
        try:
            with in_rows(parts):
                return read(indices)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            self._give_up(error)
        # Whatever is wrong with more than rows is raised here.
        return read(indices)

    def _ready(
        self, module: torch.nn.Module, read: Read, lengths: Integers, indices: Integers
    ) -> Parts | None:
        """Return the parts of a module, None if this batch is to be padded."""
        if self.state == "padded" or len(np.unique(lengths[indices])) < 2:
            return None
        try:
            parts = self._parts = self._parts or parts_of(module)
        except CannotPack as error:
            self._give_up(error)
            return None
        # The user, or rollout of attentions, may have switched for a while.
        if not uses_sdpa(parts) or not _sees_all(parts, lengths[indices]):
            return None
        if self.state == "untried":
            self._try(parts, read, lengths)
        return parts if self.state == "rows" else None

    def _try(self, parts: Parts, read: Read, lengths: Integers) -> None:
        """Compare what a few texts of different lengths say in a row and padded."""
        few = _few(lengths, parts.longest)
        padded = Blocks.of(read(few))
        try:
            with in_rows(parts):
                rows = Blocks.of(read(few))
            self._compare(padded.rows, rows.rows, _narrow(parts.body))
        except Exception as error:
            if is_out_of_memory(error):
                raise
            self._give_up(error)

    def _compare(self, padded: Rows, rows: Rows, narrow: bool) -> None:
        if padded.shape != rows.shape:
            raise CannotPack(f"answers of shape {rows.shape} instead of {padded.shape}")
        scale = max(1.0, float(np.abs(padded).max()))
        difference = float(np.abs(padded - rows).max())
        # Not greater than: a NaN is no agreement.
        if not difference <= (ALLOWED_NARROW if narrow else ALLOWED) * scale:
            raise CannotPack(f"answers that differ by {difference:.1e}")
        self.state = "rows"

    def _give_up(self, error: Exception) -> None:
        self.state = "padded"
        self.why = str(error) or type(error).__name__


def _sees_all(parts: Parts, lengths: Integers) -> bool:
    return parts.longest is None or int(lengths.max()) <= parts.longest


def _few(lengths: Integers, longest: int | None) -> Integers:
    """Return the longest text, the shortest, and some between, two of which are neighbours."""
    order = np.argsort(-lengths, kind="stable")
    order = order if longest is None else order[lengths[order] <= longest]
    last = len(order) - 1
    at = [round(where * last) for where in COMPARED]
    return order[sorted({*at, min(last, at[1] + 1)})]


def _narrow(body: Any) -> bool:
    return next((each.dtype for each in body.parameters()), torch.float32).itemsize < 4
