import numpy as np
import pytest

from pytest_accept.statistics import betting_interval, proportion_interval
from tests.statistics.simulation import CONFIDENCE, error_rates


def test_a_single_value_says_little() -> None:
    found = betting_interval([0.9], bounds=(0, 1), confidence=CONFIDENCE)
    assert found.value == 0.9
    assert found.low < 0.1
    assert found.high == 1


def test_mirrored_values_have_mirrored_bounds() -> None:
    values = np.random.default_rng(0).beta(5, 1, size=50)
    one = betting_interval(values, bounds=(0, 1), confidence=CONFIDENCE)
    other = betting_interval(10 - 10 * values, bounds=(0, 10), confidence=CONFIDENCE)
    assert other.low == pytest.approx(10 - 10 * one.high)
    assert other.high == pytest.approx(10 - 10 * one.low)


def test_bounds_are_never_inside_clopper_pearsons_by_much() -> None:
    values = np.repeat([1.0, 0.0], [27, 2])
    exact = proportion_interval(27, 29, confidence=CONFIDENCE)
    found = [
        betting_interval(values, bounds=(0, 1), confidence=CONFIDENCE, seed=seed).low
        for seed in range(50)
    ]
    assert exact.low - 0.12 < np.mean(found) < exact.low


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 10, 29, 100])
@pytest.mark.parametrize("a", [0.05, 0.5, 5])
def test_bounds_are_honest_at_every_n(n: int, a: float) -> None:
    truth = a / (a + 0.5)

    def once(generator, seed):
        values = generator.beta(a, 0.5, size=n)
        return betting_interval(values, bounds=(0, 1), confidence=CONFIDENCE, seed=seed)

    rates = error_rates(once, truth, reps=250)
    assert rates.honest, rates
    if n == 100:
        assert max(rates.lower_width, rates.upper_width) < 0.2


def test_bounds_must_be_finite_and_hold_the_values() -> None:
    with pytest.raises(ValueError, match="Expected `bounds` to be two finite numbers"):
        betting_interval([0.5], bounds=(0, np.inf), confidence=CONFIDENCE)
    with pytest.raises(ValueError, match=r"Expected `values` to be between 0 and 1, but got 1\.5"):
        betting_interval([1.5], bounds=(0, 1), confidence=CONFIDENCE)
