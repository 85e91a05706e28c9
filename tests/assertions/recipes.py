"""Recipes without training: functions of a seed that return models of functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

import pytest_accept as pa

LABELS = ("neg", "pos")


def reviews(n: int = 200, positive: float = 0.5) -> pa.Data:
    """Return n reviews "0", "1", …, of which the first share is positive, from two sources."""
    rows = [
        {
            "text": str(i),
            "label": LABELS[i < positive * n],
            "source": ("shop", "tweets")[i % 2],
            "writer": i // 5,
        }
        for i in range(n)
    ]
    return pa.load_data(rows, name="reviews")


def truth(data: pa.Data) -> dict[int, int]:
    return dict(enumerate(data.label_ids(LABELS).tolist()))


def model_of(data: pa.Data, wrong: Collection[int], sure: float = 0.9, name: str = "m") -> pa.Model:
    """Return a model that is right on all reviews but those of these numbers."""
    labels = truth(data)

    def says(texts: list[str]) -> np.ndarray:
        numbers = [int("".join(filter(str.isdigit, text))) for text in texts]
        said = np.array([labels[number] ^ (number in wrong) for number in numbers])
        return np.where(np.eye(2, dtype=bool)[said], sure, 1 - sure)

    return pa.load_model(says, labels=LABELS, name=name)


def constant(label: int = 0) -> pa.Model:
    """Return a model that always says the same."""
    return pa.load_model(
        lambda texts: [[0.8, 0.2][:: 1 - 2 * label]] * len(texts), labels=LABELS, name="same"
    )


def recipe_of(made: Mapping[int, Any]) -> Callable[[int], Any]:
    """Return a recipe that gives the models of `made`, and raises its errors."""
    asked: list[int] = []

    def train(seed: int) -> Any:
        asked.append(seed)
        result = made[seed]
        if isinstance(result, BaseException):
            raise result
        return result

    train.asked = asked  # type: ignore[attr-defined]
    return train


def wrong(generator: np.random.Generator, n: int, share: float) -> set[int]:
    return set(np.flatnonzero(generator.random(n) < share).tolist())
