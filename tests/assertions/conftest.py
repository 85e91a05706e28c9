"""Predictions without a model: random ones, for data with three labels and two sources."""

from dataclasses import dataclass

import numpy as np
import pytest

import pytest_accept as pa

LABELS = ("bad", "fine", "good")


@dataclass(frozen=True)
class World:
    """Labelled data, predictions of it, and the same as plain arrays for a reference."""

    data: pa.Data
    predictions: pa.Predictions
    probabilities: np.ndarray
    labels: np.ndarray


def make_world(seed: int = 0, n: int = 300, k: int = 3, skill: float = 1.5) -> World:
    """Return a world in which the model is right more often than not."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, k, n)
    logits = random.normal(size=(n, k)) + skill * np.eye(k)[labels]
    exp = np.exp(logits)
    probabilities = exp / exp.sum(axis=1, keepdims=True)
    names = LABELS[:k]
    rows = [
        {
            "text": f"text {i}",
            "label": names[label],
            "source": "tweets" if i % 3 else "shops",
            "author": f"author {i // 5}",
        }
        for i, label in enumerate(labels)
    ]
    return World(
        data=pa.load_data(rows, name="reviews"),
        predictions=pa.load_predictions(probabilities, labels=names),
        probabilities=probabilities,
        labels=labels,
    )


@pytest.fixture(scope="session")
def world() -> World:
    """Three labels, 300 examples."""
    return make_world()


@pytest.fixture(scope="session")
def binary() -> World:
    """Two labels, 300 examples."""
    return make_world(seed=1, k=2)


@pytest.fixture(autouse=True)
def _as_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge as outside of pytest: criteria of these tests are not criteria of this run."""
    monkeypatch.setattr(pa, "_configured", None)
