"""Predictions from a Record: looked up, never made."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import ReplayError, shown
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.engine import WINDOW
from pytest_accept.replaying.keys import key_of, rows_of
from pytest_accept.replaying.lines import Table

_SHOWN = 2


@dataclass(frozen=True)
class _Found:
    """Where the answers to inputs are."""

    at: npt.NDArray[np.int64]
    truncated: npt.NDArray[np.bool_]
    owners: None = None

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.ones(len(self.at), np.int64)

    def whole(self, parts: Sequence[Rows]) -> Rows:
        return np.concatenate(parts)


class RecordedBackend:
    """Answers to a reading from a table; errors call the record `record`, and end in `hint`.

    `refusal`: why the reading cannot be replayed at all, None if it can.
    """

    most = WINDOW
    start = WINDOW

    def __init__(
        self,
        name: str,
        reading: Hashable,
        table: Table,
        *,
        record: str,
        hint: str,
        refusal: str | None = None,
    ) -> None:
        self.name = name
        self.columns = table.rows.shape[1]
        self._reading, self._table = reading, table
        self._record, self._hint, self._refusal = record, hint, refusal

    def stamp(self) -> Hashable:
        """Return None: a record does not change."""
        return None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing."""
        yield

    def prepare(self, inputs: Sequence[Hashable]) -> _Found:
        """Find the answers; ReplayError, with some of the inputs, if there are not all of them."""
        if self._refusal is not None:
            raise ReplayError(self._refusal)
        at = [self._table.index.get(key_of(each), -1) for each in inputs]
        missing = [each for each, place in zip(inputs, at, strict=True) if place < 0]
        if missing:
            some = "; ".join(shown(each) for each in missing[:_SHOWN])
            raise ReplayError(
                f"The record {self._record} holds no prediction by {self.name!r} of "
                f"{len(missing):,} of {len(inputs):,} texts, such as {some}. A replay cannot make "
                f"any: run with the model and --accept-keep-predictions.{self._hint}"
            )
        places = np.array(at, np.int64)
        self._check_sizes(inputs, self._table.sizes[places].tolist())
        return _Found(places, self._table.cut[places])

    def forward(self, prepared: _Found, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the inputs."""
        return self._table.take(prepared.at[indices])

    def _check_sizes(self, inputs: Sequence[Hashable], sizes: Sequence[int]) -> None:
        for asked, size in zip(inputs, sizes, strict=True):
            least, most = rows_of(self._reading, asked)
            if size < least or (most is not None and size > most):
                wanted = f"{least} are" if most else f"{least} or more are"
                raise ReplayError(
                    f"The answers of {self.name!r} in {self._record} are damaged: that to "
                    f"{shown(asked)} has {size} rows, but {wanted} expected."
                )
