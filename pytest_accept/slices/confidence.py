"""A condition on how sure the model is."""

from __future__ import annotations

import numbers
from typing import Any

from pytest_accept.errors import SettingError, expected
from pytest_accept.slices.condition import Condition


def confidence_between(model: Any, low: float, high: float = 1.0) -> Condition:
    """Texts of whose label a classifier is sure with low <= probability < high, 1 included.

    Confidence is the probability of the predicted label; of a multi-label model that of its least
    certain decision, so 0.5 or more. `model` is a Model for text classification, or Predictions of
    the data. Raises SettingError for another model, and if not 0 <= low < high <= 1.
    """
    for name, value in (("low", low), ("high", high)):
        if not isinstance(value, numbers.Real) or isinstance(value, bool) or not 0 <= value <= 1:
            raise SettingError(expected(name, "a probability between 0 and 1", value))
    if not hasattr(model, "for_data") and not hasattr(model, "predict"):
        raise SettingError(expected("model", "a Model, or Predictions of the data", model))
    if low >= high:
        raise SettingError(f"Expected `low` to be less than `high`, but got {low} and {high}.")

    def holds(data: Any) -> Any:
        sure = confidences(model, data)
        return (sure >= low) & ((sure < high) | (high >= 1))

    return Condition(
        f"confidence {low:g} to {high:g}", f"confidence_between(model, {low!r}, {high!r})", holds
    )


def confidences(model: Any, data: Any) -> Any:
    """Return how sure a classifier is of each example (n,)."""
    import numpy as np

    said = model.for_data(data) if hasattr(model, "for_data") else model.predict(data)
    probabilities = getattr(said, "probabilities", None)
    if not isinstance(probabilities, np.ndarray):
        raise SettingError(
            "confidence_between() is for text classification: how sure a model is of a text is not "
            f"defined for {getattr(model, 'task', 'this one')}."
        )
    if said.multi_label:
        return np.maximum(probabilities, 1 - probabilities).min(axis=1)
    return probabilities.max(axis=1)
