"""What would be said by who has learned nothing but how frequent each label is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_accept.records import ModelDescription

if TYPE_CHECKING:
    from pytest_accept.data import Data

NAME = "always the same"
TAGGING = "token-classification"


def uninformed(data: Data, labels: Sequence[str], *, multi_label: bool = False) -> Any:
    """Return Predictions (of tagged data, TokenPredictions) that are the same for every example.

    Each label has the probability of its share in the data, so what is said is always the most
    frequent label (of several labels at once: those that more than half of the examples have).
    """
    task = TAGGING if data.tagged else "text-classification"
    about = ModelDescription(
        name=NAME, source=NAME, task=task, labels=tuple(labels), multi_label=multi_label
    )
    return _tags(data, about) if data.tagged else _labels(data, about)


def said(predictions: Any) -> str:
    """Return what the same predictions say of every example, as a person would put it."""
    import numpy as np

    probabilities = predictions.probabilities[0]
    if getattr(predictions, "multi_label", False):
        names = [predictions.labels[i] for i in np.flatnonzero(probabilities > 0.5)]
        return ", ".join(names) or "no label"
    if probabilities.ndim == 2:
        probabilities = probabilities[0]
    return repr(predictions.labels[int(probabilities.argmax())])


def _labels(data: Data, about: ModelDescription) -> Any:
    import numpy as np

    from pytest_accept.prediction import Predictions

    shares = data.label_matrix(about.labels, about.multi_label).mean(axis=0)
    return Predictions(
        probabilities=np.tile(shares, (len(data), 1)),
        logits=None,
        labels=about.labels,
        multi_label=about.multi_label,
        truncated=np.zeros(len(data), np.bool_),
        model=about,
        inputs=data.inputs,
    )


def _tags(data: Data, about: ModelDescription) -> Any:
    import numpy as np

    from pytest_accept.prediction.token_predictions import TokenPredictions

    counts = Counter(tag for tags in data.tag_sequences() for tag in tags)
    shares = np.array([counts[label] for label in about.labels], dtype=np.float64) + 1e-3
    logits = np.log(shares / shares.sum())
    return TokenPredictions(
        logits=[np.tile(logits, (len(words), 1)) for words in data.inputs],
        labels=about.labels,
        truncated=np.zeros(len(data), np.bool_),
        model=replace(about, multi_label=False),
        inputs=data.inputs,
    )
