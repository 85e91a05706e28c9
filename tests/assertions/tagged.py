"""Predictions of taggers without a model: what they say is written down."""

from __future__ import annotations

import numpy as np

import pytest_accept as pa
from pytest_accept.prediction.token_predictions import TokenPredictions
from pytest_accept.records import ModelDescription

TYPES = ("PER", "LOC", "ORG")
LABELS = ("O", *(f"{letter}-{name}" for name in TYPES for letter in "BI"))


def data_of(*sentences: str, **options: object) -> pa.Data:
    """Return data of sentences such as "Anna/B-PER sings"; a word without a tag is outside."""
    split = [[pair.partition("/") for pair in each.split()] for each in sentences]
    rows = [
        {
            "text": [word for word, _, _ in each],
            "label": [tag or "O" for _, _, tag in each],
            "document": i // 2,
        }
        for i, each in enumerate(split)
    ]
    return pa.load_data(rows, **{"name": "dev", **options})


def said_of(
    data: pa.Data, *sentences: str, labels: tuple[str, ...] = LABELS, sure: float = 3.0
) -> TokenPredictions:
    """Return predictions of the data, each a row of tags such as "B-PER O"; `sure` is a logit."""
    logits = []
    for each in sentences:
        rows = np.zeros((len(each.split()), len(labels)))
        for word, tag in enumerate(each.split()):
            rows[word, labels.index(tag)] = sure + len(logits) / 10
        logits.append(rows)
    return predictions_of(data, logits, labels)


def predictions_of(
    data: pa.Data, logits: list[np.ndarray], labels: tuple[str, ...] = LABELS
) -> TokenPredictions:
    return TokenPredictions(
        logits=logits,
        labels=labels,
        truncated=np.zeros(len(logits), np.bool_),
        model=ModelDescription(name="m", source="m", task="token-classification", labels=labels),
        inputs=data.inputs,
    )


def world(
    seed: int = 0, n: int = 120, skill: float = 4.0
) -> tuple[pa.Data, TokenPredictions, list[list[str]]]:
    """Return random sentences, predictions of varying skill, and the labelled tags."""
    random = np.random.default_rng(seed)
    rows, logits = [], []
    for i in range(n):
        tags: list[str] = []
        while len(tags) < 4 + i % 9:
            if random.random() < 0.6:
                tags.append("O")
                continue
            kind = TYPES[int(random.choice(3, p=[0.6, 0.3, 0.1]))]
            tags += [f"B-{kind}", *[f"I-{kind}"] * int(random.integers(0, 3))]
        rows.append(
            {"text": [f"w{i}-{j}" for j in range(len(tags))], "label": tags, "document": i // 4}
        )
        noise = random.normal(size=(len(tags), len(LABELS)))
        noise[np.arange(len(tags)), [LABELS.index(tag) for tag in tags]] += skill * random.random()
        logits.append(noise)
    data = pa.load_data(rows, name="dev")
    return data, predictions_of(data, logits), [row["label"] for row in rows]
