"""The predictions of the last accepted model, kept beside the suite."""

from pytest_accept.baseline.baseline import Baseline, Matched, load_baseline

__all__ = ["Baseline", "Matched", "load_baseline"]
