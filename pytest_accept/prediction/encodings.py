"""Token ids of many texts, kept flat and small until a batch needs them padded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.blocks import Rows

IDS = "input_ids"
MASK = "attention_mask"


@dataclass(frozen=True)
class Encodings:
    """The encodings of n texts, one after the other.

    `columns` maps each model input (`input_ids`, `token_type_ids`, …) to a flat int32 array; text i
    is `offsets[i]:offsets[i + 1]` of each. `truncated[i]`: input i was longer and has been cut.

    An input longer than a model takes may be read in parts, each with an encoding of its own:
    `owners` says which input an encoding is of, ascending; None: each is an input. `read[i]` are
    the positions in encoding i whose outputs are the answer, for tasks that read some of them.
    """

    columns: Mapping[str, npt.NDArray[np.int32]]
    offsets: npt.NDArray[np.int64]
    truncated: npt.NDArray[np.bool_]
    owners: npt.NDArray[np.int64] | None = None
    read: Sequence[npt.NDArray[np.int64]] = ()

    @classmethod
    def of(
        cls,
        columns: Mapping[str, Sequence[Sequence[int]]],
        truncated: npt.NDArray[np.bool_],
        owners: npt.NDArray[np.int64] | None = None,
        read: Sequence[npt.NDArray[np.int64]] = (),
    ) -> Encodings:
        """Flatten a tokenizer's lists, all columns of equal lengths."""
        lengths = np.fromiter(map(len, columns[IDS]), np.int64, len(columns[IDS]))
        total = int(lengths.sum())
        flat = {
            name: np.fromiter(chain.from_iterable(lists), np.int32, total)
            for name, lists in columns.items()
        }
        return cls(flat, _offsets(lengths), truncated, owners, read)

    @classmethod
    def join(cls, parts: Sequence[Encodings]) -> Encodings:
        """Return the encodings of further texts as one; of whole inputs only."""
        if len(parts) == 1:
            return parts[0]
        columns = {
            name: np.concatenate([part.columns[name] for part in parts])
            for name in parts[0].columns
        }
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(columns, _offsets(lengths), np.concatenate([part.truncated for part in parts]))

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The number of tokens of each text."""
        return np.diff(self.offsets)

    def whole(self, parts: Sequence[Rows]) -> Rows:
        """Return the answer to an input that is read in parts: theirs, one after the other."""
        return np.concatenate(parts)

    def padded(self, indices: Iterable[int], pad_id: int) -> dict[str, npt.NDArray[np.int64]]:
        """Return the model inputs of some texts, padded on the right to the longest of them.

        On the right always: there a causal model and absolute positions cannot see the padding.
        """
        spans = [(self.offsets[i], self.offsets[i + 1]) for i in indices]
        lengths = np.array([end - start for start, end in spans])
        mask = np.arange(lengths.max()) < lengths[:, None]
        inputs = {}
        for name, flat in self.columns.items():
            filled = np.full(mask.shape, pad_id if name == IDS else 0, np.int64)
            filled[mask] = np.concatenate([flat[start:end] for start, end in spans])
            inputs[name] = filled
        inputs[MASK] = mask.astype(np.int64)
        return inputs


def _offsets(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
