import math
import time

import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import (
    betting_interval,
    clustered_mean_interval,
    clustered_proportion_interval,
    mean_interval,
    proportion_interval,
)
from tests.statistics.simulation import CONFIDENCE, clustered_outcomes, error_rates


def losses(generator, n: int, *, center: float, spread: float, temperature: float) -> np.ndarray:
    """Cross-entropies of a binary classifier, overconfident by `temperature` (1 is calibrated)."""
    logits = generator.normal(center, spread, size=n)
    right = generator.random(n) < 1 / (1 + np.exp(-logits))
    return np.logaddexp(0, np.where(right, -1, 1) * temperature * logits)


def true_loss(*, center: float, spread: float, temperature: float) -> float:
    logits = center + spread * np.linspace(-9, 9, 20_001)
    weights = stats.norm.pdf(np.linspace(-9, 9, 20_001))
    chance = 1 / (1 + np.exp(-logits))
    scaled = temperature * logits
    mean = chance * np.logaddexp(0, -scaled) + (1 - chance) * np.logaddexp(0, scaled)
    return float(weights @ mean / weights.sum())


@pytest.mark.parametrize("successes", [0, 3, 100, 199, 200])
def test_zeros_and_ones_are_clopper_pearson(successes: int) -> None:
    values = np.repeat([1.0, 0.0], [successes, 200 - successes])
    found = mean_interval(values, confidence=CONFIDENCE, bounds=(0, 1))
    exact = proportion_interval(successes, 200, confidence=CONFIDENCE)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=5e-4)


def test_many_values_have_the_t_interval() -> None:
    values = np.random.default_rng(0).normal(3, 2, size=5000)
    found = mean_interval(values, confidence=CONFIDENCE)
    half = stats.t.ppf(CONFIDENCE, 4999) * stats.sem(values)
    assert found.value == pytest.approx(values.mean())
    assert found.value - found.low == pytest.approx(half, rel=0.05)
    assert found.high - found.value == pytest.approx(half, rel=0.05)


def test_a_hundred_thousand_values_take_a_moment() -> None:
    values = np.random.default_rng(0).exponential(size=100_000)
    started = time.process_time()
    found = mean_interval(values, confidence=CONFIDENCE, bounds=(0, None))
    assert time.process_time() - started < 1
    assert found.high - found.low == pytest.approx(2 * 1.645 / math.sqrt(100_000), rel=0.05)


def test_few_bounded_values_are_bet_on() -> None:
    values = np.random.default_rng(0).random(20)
    found = mean_interval(values, confidence=CONFIDENCE, bounds=(0, 1), seed=3)
    assert found == betting_interval(values, bounds=(0, 1), confidence=CONFIDENCE, seed=3)


@pytest.mark.parametrize("values", [np.linspace(0, 1, 29), np.full(500, 0.2)])
def test_what_is_not_known_is_not_bounded(values) -> None:
    found = mean_interval(values, confidence=CONFIDENCE)
    assert (found.low, found.high) == (-math.inf, math.inf)
    found = mean_interval(values, confidence=CONFIDENCE, bounds=(0, None))
    assert 0 <= found.low <= found.value
    assert found.high == math.inf


def test_equal_values_do_not_make_a_certain_mean() -> None:
    found = mean_interval(np.full(100, 0.01), confidence=CONFIDENCE, bounds=(0, 1))
    assert found.low < 0.01
    assert found.high == pytest.approx(0.01 + 0.99 * (1 - 0.05 ** (1 / 100)), rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("temperature", [1, 1.5])
@pytest.mark.parametrize(("center", "spread"), [(0, 2), (4, 2), (5, 0.7), (0, 5)])
def test_cross_entropy_bounds_are_honest(
    n: int, temperature: float, center: float, spread: float
) -> None:
    model = {"center": center, "spread": spread, "temperature": temperature}

    def once(generator, _):
        values = losses(generator, n, **model)
        return mean_interval(values, confidence=CONFIDENCE, bounds=(0, None), tail=1.5)

    truth = true_loss(**model)
    rates = error_rates(once, truth, reps=200)
    assert rates.honest, rates
    if n == 200 and spread != 0.7:
        assert rates.upper_width < truth


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (5, 0.3), (0.1, 3)])
@pytest.mark.parametrize("n", [15, 30, 200])
def test_bounded_means_are_honest(n: int, a: float, b: float) -> None:
    def once(generator, seed):
        values = generator.beta(a, b, size=n)
        return mean_interval(values, confidence=CONFIDENCE, bounds=(0, 1), seed=seed)

    rates = error_rates(once, a / (a + b), reps=200)
    assert rates.honest, rates


@pytest.mark.slow
def test_the_level_is_used_and_held_without_bounds() -> None:
    for draw, truth in [
        (lambda generator: generator.normal(size=100), 0.0),
        (lambda generator: generator.exponential(size=100), 1.0),
    ]:
        rates = error_rates(
            lambda generator, _, draw=draw: mean_interval(draw(generator), confidence=CONFIDENCE),
            truth,
            reps=800,
        )
        assert rates.honest, rates
        assert max(rates.above, rates.below) > 0.02


@pytest.mark.slow
def test_without_a_tail_confident_losses_mislead() -> None:
    """Not a wish but a fact that the docstring states: what was never seen cannot be measured."""
    model = {"center": 5, "spread": 0.7, "temperature": 1}

    def once(generator, _):
        values = losses(generator, 30, **model)
        return mean_interval(values, confidence=CONFIDENCE, bounds=(0, None))

    assert error_rates(once, true_loss(**model), reps=100).below > 0.5


def test_clustered_zeros_and_ones_are_korn_and_graubards() -> None:
    outcomes, codes = clustered_outcomes(
        np.random.default_rng(0), clusters=30, rate=0.8, effect=4, unequal=True
    )
    found = clustered_mean_interval(outcomes, codes, confidence=CONFIDENCE, bounds=(0, 1))
    exact = clustered_proportion_interval(outcomes, codes, confidence=CONFIDENCE)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-3)
    assert found.clusters == 30


@pytest.mark.slow
@pytest.mark.parametrize("clusters", [10, 30, 60])
@pytest.mark.parametrize("center", [0, 4])
def test_clustered_cross_entropy_bounds_are_honest(clusters: int, center: float) -> None:
    codes = np.repeat(np.arange(clusters), 10)

    def once(generator, _):
        logits = generator.normal(center, 2, size=clusters)[codes]
        shared = generator.random(len(codes)) < 0.5
        luck = np.where(shared, generator.random(clusters)[codes], generator.random(len(codes)))
        values = np.logaddexp(0, np.where(luck < 1 / (1 + np.exp(-logits)), -logits, logits))
        return clustered_mean_interval(
            values, codes, confidence=CONFIDENCE, bounds=(0, None), tail=1.5
        )

    truth = true_loss(center=center, spread=2, temperature=1)
    rates = error_rates(once, truth, reps=200)
    assert rates.honest, rates
    if clusters == 60 and center == 0:
        assert rates.upper_width < 1.5 * truth


def test_bad_values_are_named() -> None:
    with pytest.raises(ValueError, match="Expected `values` to be finite numbers, but got nan"):
        mean_interval([0.1, math.nan], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="Expected `values` to be between 0 and inf"):
        mean_interval([-0.1], confidence=CONFIDENCE, bounds=(0, None))
    with pytest.raises(ValueError, match="`tail` to be a finite number larger than 0, but got 0"):
        mean_interval([0.1], confidence=CONFIDENCE, tail=0)
    with pytest.raises(ValueError, match="at least one value"):
        mean_interval([], confidence=CONFIDENCE)
