"""Trained inside a suite: fine-tuned models, probes, and recipes that make a model of a seed."""

from pytest_accept.training.recipes import Recipe, Run, run

__all__ = ["Recipe", "Run", "run"]
