"""Whether a model reads rows: found out before the first batch, on beginnings of a few texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.out_of_memory import is_out_of_memory
from pytest_accept.prediction.packing.layout import CannotPack
from pytest_accept.prediction.packing.packable import Parts, parts_of
from pytest_accept.prediction.packing.row import in_rows, uses_sdpa

Integers = npt.NDArray[np.int64]

# How far logits may be apart, for numbers up to 1 and in proportion beyond: rounding, and far less
# than what a text says that sees its neighbours or has wrong positions.
ALLOWED = 1e-4
ALLOWED_NARROW = 0.1
# Which texts are compared, from longest to shortest, and how many tokens of each. Beginnings are
# enough to tell a row from a padded batch, and cost nothing.
COMPARED = ((0.0, 16), (0.4, 11), (0.6, 11), (1.0, 6))


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

    def decide(
        self,
        module: torch.nn.Module,
        encodings: Encodings,
        run: Callable[[Encodings], tuple[torch.Tensor, torch.Tensor]],
    ) -> None:
        """Find out whether a module says the same in rows and padded, if that is not known.

        `run` returns the logits of a few encodings, and their attention mask (n, tokens).
        """
        if self.state != "untried" or len(np.unique(encodings.lengths)) < 2:
            return
        try:
            parts = self._parts = parts_of(module)
            few = _beginnings(encodings, parts.longest)
            padded, mask = run(few)
            with in_rows(parts):
                rows, _ = run(few)
            _compare(padded, rows, mask)
            self.state = "rows"
        except Exception as error:
            # Smaller batches may fit, and are padded until the next question.
            if not is_out_of_memory(error):
                self._give_up(error)

    def read(
        self,
        module: torch.nn.Module,
        read: Callable[[Integers], Rows | Blocks],
        lengths: Integers,
        indices: Integers,
    ) -> Rows | Blocks:
        """Return `read(indices)`, the answers to some of the texts that have these `lengths`."""
        parts = self._ready(module, lengths[indices])
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

    def _ready(self, module: torch.nn.Module, lengths: Integers) -> Parts | None:
        """Return the parts of a module, None if a batch of these lengths is to be padded."""
        if self.state != "rows" or len(np.unique(lengths)) < 2:
            return None
        try:
            parts = self._parts = self._parts or parts_of(module)
        except CannotPack:
            # The user has switched to another attention since.
            return None
        if parts.longest is not None and int(lengths.max()) > parts.longest:
            return None
        return parts if uses_sdpa(parts) else None

    def _give_up(self, error: Exception) -> None:
        self.state = "padded"
        self.why = str(error) or type(error).__name__


def _beginnings(encodings: Encodings, longest: int | None) -> Encodings:
    """Return the first tokens of a few texts, of different lengths."""
    lengths = encodings.lengths
    order = np.argsort(-lengths, kind="stable")
    found: list[slice] = []
    for where, most in COMPARED:
        i = order[round(where * (len(order) - 1))]
        start = int(encodings.offsets[i])
        found.append(slice(start, start + min(most, int(lengths[i]), longest or most)))
    if len({each.stop - each.start for each in found}) < 2:
        raise CannotPack(f"a window of {longest} tokens")
    columns: dict[str, Any] = {
        name: [flat[each].tolist() for each in found] for name, flat in encodings.columns.items()
    }
    return Encodings.of(columns, np.zeros(len(found), np.bool_))


def _compare(padded: torch.Tensor, rows: torch.Tensor, mask: torch.Tensor) -> None:
    """Raise CannotPack if logits (n, k) or (n, tokens, k) differ where there is text."""
    if padded.shape != rows.shape:
        raise CannotPack(f"logits of shape {tuple(rows.shape)} instead of {tuple(padded.shape)}")
    if padded.shape[:2] == mask.shape and padded.dim() > 2:
        padded, rows = padded[mask.bool()], rows[mask.bool()]
    allowed = ALLOWED_NARROW if padded.dtype.itemsize < 4 else ALLOWED
    scale = max(1.0, float(padded.abs().max()))
    difference = float((padded.double() - rows.double()).abs().max())
    # Not greater than: a NaN is no agreement.
    if not difference <= allowed * scale:
        raise CannotPack(f"logits that differ by {difference:.1e}")
