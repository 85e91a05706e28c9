"""Trained inside a suite: fine-tuned models, probes, and recipes that make a model of a seed."""

from pytest_accept.training.fine_tuning import fine_tune
from pytest_accept.training.probing import probe
from pytest_accept.training.recipes import Recipe, Run, run

__all__ = ["Recipe", "Run", "fine_tune", "probe", "run"]
