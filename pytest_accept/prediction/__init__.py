"""From texts to Predictions: de-duplicate, batch by length, run, remember."""

from pytest_accept.prediction.predictions import Input, Predictions
from pytest_accept.prediction.stored import load_predictions

__all__ = ["Input", "Predictions", "load_predictions"]
