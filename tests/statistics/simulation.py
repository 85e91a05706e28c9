"""How often bounds are on the wrong side of the truth, and how often by chance alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pytest_accept.statistics import Interval

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rates:
    """Shares of repetitions: `above` is low > truth, `below` is high < truth; mean widths."""

    above: float
    below: float
    lower_width: float
    upper_width: float
    reps: int

    @property
    def allowed(self) -> float:
        """What a method whose error is exactly 5 % exceeds once in a thousand simulations."""
        return 0.05 + 3 * math.sqrt(0.05 * 0.95 / self.reps)

    @property
    def honest(self) -> bool:
        return max(self.above, self.below) <= self.allowed


def error_rates(
    interval: Callable[[np.random.Generator, int], Interval],
    truth: float,
    *,
    reps: int,
    seed: int = 0,
) -> Rates:
    generator = np.random.default_rng(seed)
    found = [interval(generator, number) for number in range(reps)]
    return Rates(
        above=float(np.mean([each.low > truth + 1e-12 for each in found])),
        below=float(np.mean([each.high < truth - 1e-12 for each in found])),
        lower_width=float(np.mean([each.value - each.low for each in found])),
        upper_width=float(np.mean([each.high - each.value for each in found])),
        reps=reps,
    )


def clustered_outcomes(
    generator: np.random.Generator, *, clusters: int, rate: float, effect: float, unequal: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Beta-binomial outcomes in clusters of 20 (on average) with this design effect."""
    sizes = 1 + generator.geometric(1 / 19, size=clusters) if unequal else np.full(clusters, 20)
    correlation = (effect - 1) / 19
    strength = (1 - correlation) / correlation
    rates = generator.beta(rate * strength, (1 - rate) * strength, size=clusters)
    codes = np.repeat(np.arange(clusters), sizes)
    return (generator.random(len(codes)) < rates[codes]).astype(float), codes


def test_the_allowance_is_small() -> None:
    assert Rates(0, 0, 0, 0, 1000).allowed < 0.071
    assert not Rates(0.08, 0, 0, 0, 1000).honest
