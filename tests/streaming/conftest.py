"""Data in files, in memory, and a model that is right of most of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pytest_accept import load_model
from pytest_accept.data import chunks, stream_sources

LABELS = ("neg", "neutral", "pos")
ROWS = 700


def rows(n: int = ROWS, *, seed: int = 0) -> list[dict[str, Any]]:
    """Distinct texts with labels and a column to slice by."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, n).tolist()
    return [
        {"text": f"text {seed} {i}", "label": LABELS[label], "source": "ab"[i % 2], "stars": i % 5}
        for i, label in enumerate(labels)
    ]


class Guessing:
    """A function of texts that counts them: its probabilities follow from a hash of each text."""

    __name__ = "guessing"

    def __init__(self, labels: int = 3) -> None:
        self.labels = labels
        self.asked = 0

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        seeds = [zlib.crc32(repr(each).encode()) for each in texts]
        shifted = np.array([[(s >> 7 * k) & 127 for k in range(self.labels)] for s in seeds])
        grown = np.exp(shifted / 40)
        found: np.ndarray = grown / grown.sum(axis=1, keepdims=True)
        return found


@pytest.fixture
def guessing() -> Guessing:
    return Guessing()


@pytest.fixture
def model(guessing: Guessing) -> Any:
    return load_model(guessing, labels=LABELS, batch_size=512)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Read so many rows at a time."""

    def cut(size: int) -> None:
        monkeypatch.setattr(chunks, "ROWS", size)
        monkeypatch.setattr(stream_sources, "ROWS", size)

    return cut


def write(folder: Path, examples: list[dict[str, Any]], *, files: int = 3) -> Path:
    """Write a folder of parquet files."""
    folder.mkdir(exist_ok=True)
    size = -(-len(examples) // files)
    for i in range(files):
        part = examples[i * size : (i + 1) * size]
        pq.write_table(pa.Table.from_pylist(part), folder / f"part{i}.parquet", row_group_size=100)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "reviews", rows())
