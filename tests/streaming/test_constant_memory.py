"""Nothing is kept of a chunk but sums: objects and bytes do not grow with their number."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import pytest_accept as accept
from pytest_accept import load_data
from pytest_accept.data import stream_sources
from tests.streaming.conftest import LABELS

SIZE = 256


@dataclass(frozen=True)
class Endless:
    """A part of a stream that makes its rows when they are read."""

    name: str
    chunks: int
    rows: int | None = None

    def tables(self, columns: Sequence[str] | None) -> Iterator[Any]:
        generator = np.random.default_rng(0)
        for chunk in range(self.chunks):
            texts = [f"a text of chunk {chunk} with number {i}" for i in range(SIZE)]
            labels = [LABELS[i] for i in generator.integers(0, 3, SIZE)]
            yield pa.table({"text": texts, "label": labels})


def retained(model: Any, chunks: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """Return objects and bytes that are held after a pass over so many chunks, and its peak."""
    part = Endless("endless", chunks)
    stream = stream_sources.Stream(name="endless", origin="endless", parts=(part,))
    with monkeypatch.context() as patch:
        patch.setattr("pytest_accept.data.streamed.open_stream", lambda *_: stream)
        data = load_data("endless.parquet", streaming=True)
    gc.collect()
    before, bytes_before = len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    accept.accuracy(model, data)
    peak = tracemalloc.get_traced_memory()[1] - bytes_before
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - bytes_before
    return len(gc.get_objects()) - before, held, peak


def test_a_pass_keeps_nothing_of_its_chunks(
    model: Any, small_chunks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(SIZE)
    # So few that its sketches are full after some chunks, as they are of any large data.
    monkeypatch.setattr("pytest_accept.data.sketches._KEPT", 1000)
    retained(model, 8, monkeypatch)  # whatever is made once
    tracemalloc.start()
    try:
        few, many = (retained(model, chunks, monkeypatch) for chunks in (10, 40))
    finally:
        tracemalloc.stop()
    # The examples that are shown may be others, but are not more.
    assert abs(many[0] - few[0]) < 100
    # 30 chunks of 256 texts alone are 700 kB.
    assert abs(many[1] - few[1]) < 50_000
    assert many[2] < 1.05 * few[2]
    assert model.engines()[model._task].answered()[0] == []
