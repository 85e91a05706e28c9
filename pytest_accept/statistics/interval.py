"""The answer of every interval method."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A measured value with two one-sided bounds.

    `value`: the plug-in estimate. `low`, `high`: each a ONE-SIDED bound at `confidence`, so that
    the true value is below `low` in at most a share 1 - confidence of repetitions, and above `high`
    likewise (both together are a two-sided interval at 2 confidence - 1). `n`: examples.
    `clusters`: independent groups of examples, None where every example stands for itself.
    `method`: a short name for people, such as "Clopper-Pearson".
    """

    value: float
    low: float
    high: float
    confidence: float
    n: int
    clusters: int | None
    method: str
