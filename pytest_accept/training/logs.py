"""What is known of how a model was trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from pytest_accept.loading import Model
from pytest_accept.records import Training, TrainingStep

_logs: WeakKeyDictionary[Model, Training] = WeakKeyDictionary()


def log_of(model: Model) -> Training | None:
    """Return how `fine_tune` or `probe` made a model, None for one that they did not."""
    return _logs.get(model)


def keep(model: Model, log: Training) -> None:
    """Remember how a model was made, for as long as it lives."""
    _logs[model] = log


def read_trainer_state(folder: Any) -> tuple[TrainingStep, ...]:
    """Return the steps that a transformers Trainer logged into a folder, if it did."""
    if not isinstance(folder, str | Path):
        return ()
    try:
        state = json.loads((Path(folder) / "trainer_state.json").read_text(encoding="utf-8"))
        return tuple(
            TrainingStep(
                step=int(each["step"]),
                epoch=float(each["epoch"]),
                loss=float(each["loss"]),
                learning_rate=float(each["learning_rate"]),
            )
            for each in state["log_history"]
            if {"step", "epoch", "loss", "learning_rate"} <= each.keys()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()  # a user's folder may hold anything
