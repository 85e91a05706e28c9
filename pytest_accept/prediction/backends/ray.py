"""Predictions from the workers of a Ray cluster, each of which holds the model and stays warm."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction.backends.at_hand import AtHand
from pytest_accept.prediction.blocks import Blocks, Rows

Answered = tuple[npt.NDArray[np.int64], Blocks, npt.NDArray[np.bool_]]
"""Which inputs, their answers, and which of them were cut."""

FEWEST = 16


@dataclass(frozen=True, slots=True)
class Chunks:
    """How much a worker gets at a time: so many inputs, of so many characters or tokens at most.

    Enough that its own engine batches well, and little enough that a worker that is killed, or a
    run that is interrupted, loses seconds.
    """

    inputs: int = 256
    size: int = 65_536

    def of(self, inputs: Sequence[Any], workers: int) -> list[npt.NDArray[np.int64]]:
        """Return which inputs go together: of like length, the longest first.

        So nobody waits at the end for one long chunk. Each worker gets four or more, if there are
        inputs enough.
        """
        sizes = np.array([max(1, _size(each)) for each in inputs], np.int64)
        order = np.argsort(-sizes, kind="stable")
        most = min(self.inputs, max(FEWEST, -(-len(inputs) // (4 * workers))))
        chunks, start, held = [], 0, 0
        for at, i in enumerate(order.tolist()):
            held += int(sizes[i])
            if at > start and (at - start >= most or held > self.size):
                chunks.append(order[start:at])
                start, held = at, int(sizes[i])
        return [*chunks, order[start:]]


def _size(each: Any) -> int:
    """Return about how much there is to read: characters of texts, tokens of anything else."""
    if isinstance(each, str):
        return len(each)
    return sum(map(_size, each)) if isinstance(each, tuple | list) else 1


class RayBackend:
    """Asks workers for what a reading finds in inputs.

    `ask` yields the number and the answer (rows, sizes, truncated) of each list of inputs, in any
    order. `workers` is how many share the work.
    """

    most: int | None = None
    start = 1 << 20

    def __init__(
        self,
        name: str,
        columns: int,
        ask: Callable[[list[list[Any]]], Iterator[tuple[int, Any]]],
        *,
        workers: int,
        chunks: Chunks,
    ) -> None:
        self.name = name
        self.columns = columns
        self._ask = ask
        self._workers = workers
        self._chunks = chunks

    def stamp(self) -> Hashable:
        """Return None: workers load a model once, and check what they load."""
        return None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing: workers make the model ready."""
        yield

    def stream(self, inputs: Sequence[Any]) -> Iterator[Answered]:
        """Yield the answers to inputs as workers send them."""
        chunks = self._chunks.of(inputs, self._workers)
        lists = [[inputs[i] for i in chunk.tolist()] for chunk in chunks]
        with contextlib.closing(self._ask(lists)) as answers:  # type: ignore[type-var]
            for number, (rows, sizes, truncated) in answers:
                yield chunks[number], Blocks(rows, sizes), truncated

    def prepare(self, inputs: Sequence[Any]) -> AtHand:
        """Return the answers to all inputs, for who wants them at once."""
        answers: list[Rows] = [np.empty((0, self.columns))] * len(inputs)
        cut = np.zeros(len(inputs), np.bool_)
        for indices, blocks, truncated in self.stream(inputs):
            cut[indices] = truncated
            for i, rows in zip(indices.tolist(), blocks.split(), strict=True):
                answers[i] = rows
        return AtHand(answers, cut)

    def forward(self, prepared: AtHand, indices: npt.NDArray[np.int64]) -> Blocks:
        """Return the answers to some of the inputs."""
        return prepared.some(indices)
