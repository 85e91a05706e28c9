"""A later run over the same stream finds the answers of its chunks in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pytest_accept as accept
from pytest_accept import load_data, load_model
from pytest_accept.prediction import store
from pytest_accept.settings import using
from tests.models import TEXTS, build
from tests.streaming.conftest import write


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    labels = ("neg", "pos")
    examples = [
        {"text": f"{TEXTS[i % 4]} {'very ' * (i % 9)}{i}", "label": labels[i % 2]}
        for i in range(300)
    ]
    return write(tmp_path / "reviews", examples)


def forwards(model: Any) -> int:
    return int(model._forgetful.forwards)


def test_a_second_run_asks_the_model_nothing(
    reviews: Path, tmp_path: Path, small_chunks: Any
) -> None:
    small_chunks(128)
    folder = build(tmp_path / "bert", "bert")
    with using(cache="use", cache_dir=tmp_path / "cache"):
        store.forget()
        first, second = (load_model(folder, device="cpu", labels=["neg", "pos"]) for _ in range(2))
        cold = accept.cross_entropy(first, load_data(reviews, streaming=True))
        assert forwards(first) > 0
        store.forget()  # as another process
        warm = accept.cross_entropy(second, load_data(reviews, streaming=True))
        assert forwards(second) == 0
        assert warm.plain() == cold.plain()
        assert first._forgetful.answered()[0] == []
        store.forget()
    memory = accept.cross_entropy(first, load_data(reviews))
    assert cold.value == pytest.approx(memory.value, abs=1e-6)
