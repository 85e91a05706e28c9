"""A backend whose texts are numbers of letters, and that counts what it is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import numpy as np

from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.predictions import Input


class FakeBackend:
    """Answers a text with (its length, the number of its a's). `react` sees each batch before."""

    name = "fake"
    columns = 2

    def __init__(
        self,
        *,
        start: int = 64,
        react: Callable[[list[str], int], Any] = lambda texts, padded: None,
    ) -> None:
        self.start = start
        self.most: int | None = None
        self.react = react
        self.state: Hashable = 0
        self.asked: list[list[str]] = []

    def stamp(self) -> Hashable:
        return self.state

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        yield

    def prepare(self, inputs: Sequence[Input]) -> Encodings:
        self._inputs = [str(each) for each in inputs]
        ids = [[ord(letter) for letter in text] for text in self._inputs]
        return Encodings.of({"input_ids": ids}, np.array([len(each) > 90 for each in ids]))

    def forward(self, prepared: Encodings, indices: np.ndarray) -> np.ndarray:
        texts = [self._inputs[i] for i in indices]
        padded = max(map(len, texts)) * len(texts)
        answer = self.react(texts, padded)
        self.asked.append(texts)
        if answer is not None:
            return np.asarray(answer, np.float32)
        return np.array([[len(text), text.count("a")] for text in texts], np.float32)


def texts_of(count: int, longest: int = 40, seed: int = 0) -> list[str]:
    """Distinct texts of 4 letters and more."""
    random = np.random.default_rng(seed)
    sizes = random.integers(4, longest + 1, count)
    return [f"{i:x}".rjust(4, "z") + "a" * (size - 4) for i, size in enumerate(sizes)]
