"""How texts are shared out among workers, and what becomes of their answers: without a cluster."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pytest_accept import PredictionError
from pytest_accept.prediction.backends.ray import Chunks, RayBackend
from pytest_accept.prediction.engine import Engine

TEXTS = [f"{'word ' * (i * 37 % 90)}{i}" for i in range(1000)]


@pytest.mark.parametrize("workers", [1, 3, 64])
@pytest.mark.parametrize("n", [1, 15, 200, 1000])
def test_every_input_is_in_one_chunk_of_like_lengths(n: int, workers: int) -> None:
    chunks = Chunks().of(TEXTS[:n], workers)
    assert sorted(np.concatenate(chunks).tolist()) == list(range(n))
    lengths = [len(TEXTS[i]) for chunk in chunks for i in chunk.tolist()]
    assert lengths == sorted(lengths, reverse=True)
    assert max(map(len, chunks)) <= 256
    # Each worker gets four, unless they would be too small to batch.
    assert len(chunks) >= min(4 * workers, n // 16)


def test_long_texts_make_small_chunks() -> None:
    long = ["x" * 70_000, "y" * 40_000, "z" * 40_000, *["short"] * 100]
    assert [len(each) for each in Chunks().of(long, 1)] == [1, 1, 26, 26, 26, 23]
    assert [len(each) for each in Chunks(inputs=20).of(["a"] * 100, 1)] == [20] * 5
    pairs = [("x" * 40_000, "y" * 30_000), ("a", "b")]
    assert [len(each) for each in Chunks().of(pairs, 1)] == [1, 1]
    tokens = [(1, 2, 3)] * 40_000
    assert len(Chunks(inputs=50_000).of(tokens, 1)[0]) == 10_000


def _backend(answer: Any, *, workers: int = 2) -> RayBackend:
    def ask(lists: list[list[str]]) -> Iterator[tuple[int, Any]]:
        for number in reversed(range(len(lists))):  # as if the last were the fastest
            yield number, answer(lists[number])

    return RayBackend("far", 1, ask, workers=workers, chunks=Chunks())


def _lengths(texts: list[str]) -> tuple[Any, Any, Any]:
    rows = np.array([[len(text)] for text in texts], np.float32)
    return rows, np.ones(len(texts), np.int64), np.array([len(text) > 300 for text in texts])


def test_answers_are_put_in_order_whenever_they_come() -> None:
    engine = Engine(_backend(_lengths))
    rows, truncated = engine.rows(TEXTS)
    assert rows[:, 0].tolist() == [len(text) for text in TEXTS]
    assert truncated.tolist() == [len(text) > 300 for text in TEXTS]


def test_several_rows_of_an_input_stay_together() -> None:
    def letters(texts: list[str]) -> tuple[Any, Any, Any]:
        sizes = np.array([len(text) for text in texts], np.int64)
        rows = np.array([[ord(c)] for text in texts for c in text], np.float32)
        return rows, sizes, np.zeros(len(texts), np.bool_)

    blocks, _ = Engine(_backend(letters)).blocks(TEXTS[:100])
    said = ["".join(chr(int(c)) for c in block[:, 0]) for block in blocks]
    assert said == TEXTS[:100]
    backend = _backend(letters)
    prepared = backend.prepare(TEXTS[:50])
    found = backend.forward(prepared, np.array([3, 1]))
    assert found.sizes.tolist() == [len(TEXTS[3]), len(TEXTS[1])]


def test_wrong_answers_of_a_worker_are_an_error() -> None:
    def few(texts: list[str]) -> tuple[Any, Any, Any]:
        rows, sizes, cut = _lengths(texts)
        return rows[1:], sizes[1:], cut[1:]

    with pytest.raises(PredictionError, match="to answer 125 texts with an array"):
        Engine(_backend(few)).rows(TEXTS)


def test_what_has_arrived_is_kept_when_a_run_is_interrupted() -> None:
    calls: list[int] = []

    def breaks(texts: list[str]) -> tuple[Any, Any, Any]:
        calls.append(len(texts))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return _lengths(texts)

    engine = Engine(_backend(breaks))
    with pytest.raises(KeyboardInterrupt):
        engine.rows(TEXTS)
    assert len(engine.answered()[0]) == sum(calls[:3])
    rows, _ = engine.rows(TEXTS)
    assert rows[:, 0].tolist() == [len(text) for text in TEXTS]
    assert sum(calls) == len(TEXTS) + calls[3]  # no text twice but those that broke off
