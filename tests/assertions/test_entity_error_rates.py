"""Bounds of entity F1 where the entities of a sentence are right or wrong together."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from pytest_accept.metrics.confusion import f1
from pytest_accept.metrics.entities import table
from pytest_accept.statistics import Interval, clustered_interval, table_interval
from tests.statistics.simulation import CONFIDENCE, error_rates

SHARES = (0.9, 0.08, 0.02)


def sentences(
    random: np.random.Generator, n: int, *, mean: float, error: float, alike: float, size: int = 1
) -> np.ndarray:
    """Return rows of n sentences with `mean` entities (geometric) of three types, two of them rare.

    `error` is the mean rate of errors, of which 3 in 10 are of another type, beside spurious ones;
    `alike` is the correlation within sentences, or runs of `size` of them.
    """
    strength = (1 - alike) / alike
    rates = random.beta(error * strength, (1 - error) * strength, -(-n // size))
    rate = np.repeat(rates, size)[:n]
    entities = random.geometric(1 / (1 + mean), n) - 1
    true = random.multinomial(entities, SHARES)
    right = random.binomial(true, 1 - rate[:, None])
    retyped = np.roll(random.binomial(true - right, 0.3), 1, axis=1)
    spurious = random.multinomial(random.poisson(0.5 * rate), SHARES)
    return np.hstack([right, true, right + retyped + spurious, np.ones((n, 1))]).astype(float)


def interval(rows: np.ndarray, formula: Any, codes: np.ndarray | None, seed: int) -> Interval:
    common: dict[str, Any] = {"confidence": CONFIDENCE, "seed": seed, "resamples": 500}
    cells, counts = table(rows)
    if codes is None:
        return table_interval(cells, counts, formula, **common)
    return clustered_interval(rows, codes, formula, possible=cells, **common)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "average", "size", "world"),
    [
        (50, "micro", 1, {"mean": 1.6, "error": 0.15, "alike": 0.2}),
        (50, "macro", 1, {"mean": 1.6, "error": 0.03, "alike": 0.3}),
        (50, "micro", 1, {"mean": 2.5, "error": 0.15, "alike": 0.7}),
        (200, "micro", 1, {"mean": 0.4, "error": 0.3, "alike": 0.3}),
        (200, "macro", 1, {"mean": 1.6, "error": 0.15, "alike": 0.3}),
        (300, "micro", 5, {"mean": 1.6, "error": 0.15, "alike": 0.7}),
    ],
)
def test_a_model_at_the_bar_is_accepted_as_rarely_as_said(
    n: int, average: Any, size: int, world: dict[str, float]
) -> None:
    formula = partial(f1, average=average)
    many = sentences(np.random.default_rng(1), 1_000_000, size=size, **world)
    codes = np.arange(n) // size if size > 1 else None

    def drawn(random: np.random.Generator, seed: int) -> Interval:
        return interval(sentences(random, n, size=size, **world), formula, codes, seed)

    rates = error_rates(drawn, float(formula(many.sum(axis=0))), reps=150)
    assert rates.above <= rates.allowed
    # A mean over types is that of the types in the sample: of rare ones it may lack some.
    assert average == "macro" or rates.below <= rates.allowed
    assert rates.lower_width < 0.25
