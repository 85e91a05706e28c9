import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import (
    Interval,
    mean_interval,
    needed_examples,
    proportion_interval,
    smallest_shown,
)
from tests.statistics.simulation import CONFIDENCE


def exact_power(n: int, rate: float, bar: float) -> float:
    """Chance that Clopper-Pearson's bounds at n decide, on the side where the rate lies."""
    k = np.arange(n + 1)
    chance = stats.binom.pmf(k, n, rate)
    if rate > bar:
        decides = stats.binom.sf(k - 1, n, bar) <= 0.05
    else:
        decides = stats.binom.cdf(k, n, bar) <= 0.05
    return float(chance[decides].sum())


@pytest.mark.parametrize(
    ("successes", "n", "bar"),
    [(95, 100, 0.9), (30, 30, 0.9), (80, 100, 0.9), (60, 100, 0.5), (2, 100, 0.05)],
)
def test_needed_examples_are_the_brute_force_ones(successes: int, n: int, bar: float) -> None:
    needed = needed_examples(proportion_interval(successes, n, confidence=CONFIDENCE), bar)
    assert needed is not None
    rate = successes / n
    enough = [exact_power(each, rate, bar) >= 0.8 for each in range(1, 2 * needed)]
    assert all(enough[needed - 1 :])
    assert needed == 1 or not enough[needed - 2]


def test_twenty_nine_perfect_examples_show_ninety_per_cent() -> None:
    assert needed_examples(proportion_interval(5, 5, confidence=0.95), 0.9) == 29


def test_millions_are_found_at_once() -> None:
    interval = proportion_interval(900, 1000, confidence=CONFIDENCE)
    needed = needed_examples(interval, 0.9005)
    assert needed is not None
    normal = (1.645 + 0.8416) ** 2 * 0.09 / 0.0005**2
    assert needed == pytest.approx(normal, rel=0.02)


def test_at_the_bar_nothing_decides() -> None:
    assert needed_examples(proportion_interval(9, 10, confidence=CONFIDENCE), 0.9) is None


def test_an_unbounded_interval_teaches_no_number() -> None:
    found = mean_interval([1.0, 2.0], confidence=CONFIDENCE)
    assert needed_examples(found, 1) is None
    assert smallest_shown(found, 1, direction="below") is None


def test_other_intervals_shrink_like_the_root_of_n() -> None:
    interval = Interval(
        value=0.5, low=0.4, high=0.7, confidence=0.95, n=100, clusters=10, method="any"
    )
    stretch = (1.6449 + 0.8416) / 1.6449
    assert needed_examples(interval, 0.45) == pytest.approx(100 * (2 * stretch) ** 2, abs=1)
    assert needed_examples(interval, 0.6) == pytest.approx(100 * (2 * stretch) ** 2, abs=1)
    shown = smallest_shown(interval, 0.45, direction="above")
    assert shown == pytest.approx(0.45 + 0.1 * stretch, abs=1e-4)
    shown = smallest_shown(interval, 0.45, direction="below")
    assert shown == pytest.approx(0.45 - 0.2 * stretch, abs=1e-4)
    assert smallest_shown(interval, 0.95, direction="above") is None
    wide = smallest_shown(interval, 0.95, direction="above", bounds=(0, 5))
    assert wide == pytest.approx(0.95 + 0.1 * stretch, abs=1e-4)


@pytest.mark.parametrize(("n", "bar"), [(200, 0.9), (60, 0.5), (1000, 0.02)])
def test_smallest_shown_has_the_power(n: int, bar: float) -> None:
    interval = proportion_interval(n // 2, n, confidence=CONFIDENCE)
    above = smallest_shown(interval, bar, direction="above")
    below = smallest_shown(interval, bar, direction="below")
    assert above is not None
    assert below is not None
    assert below < bar < above
    assert exact_power(n, above, bar) == pytest.approx(0.8, abs=1e-6)
    assert exact_power(n, below, bar) == pytest.approx(0.8, abs=1e-6)


def test_ten_examples_cannot_show_ninety_per_cent() -> None:
    interval = proportion_interval(10, 10, confidence=CONFIDENCE)
    assert smallest_shown(interval, 0.9, direction="above") is None
    assert smallest_shown(interval, 0.9, direction="below") is not None


def test_bad_arguments_are_named() -> None:
    interval = proportion_interval(9, 10, confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="Expected `power` to be a number between 0.5 and 1"):
        needed_examples(interval, 0.8, power=80)
    with pytest.raises(ValueError, match="Expected `bar` to be a finite number"):
        needed_examples(interval, float("nan"))
    with pytest.raises(ValueError, match="Expected `direction` to be 'above' or 'below'"):
        smallest_shown(interval, 0.8, direction="over")  # type: ignore[arg-type]


def interval(
    value: float, low: float, high: float, n: int, clusters: int | None = None
) -> Interval:
    return Interval(
        value=value, low=low, high=high, n=n, clusters=clusters, confidence=0.95, method="any"
    )


def test_nothing_is_planned_from_nothing() -> None:
    for nothing in (interval(0, 0, 1, n=0), interval(0.8, 0, 1, n=90, clusters=4)):
        assert needed_examples(nothing, 0.5) is None
        assert smallest_shown(nothing, 0.5, direction="above") is None
    # There is a width, but four examples or clusters show no bar of one half.
    assert smallest_shown(interval(0.06, 0, 1, n=90, clusters=4), 0.5, direction="above") is None
    assert smallest_shown(interval(0.06, 0, 1, n=4), 0.5, direction="above") is None
    assert smallest_shown(interval(0, 0, 0.03, n=100), 0.5, direction="above") is None


def test_at_the_end_of_the_range_about_as_many_are_needed_as_of_a_proportion() -> None:
    exact = proportion_interval(20, 20, confidence=CONFIDENCE)
    alike = interval(1, exact.low, 1, n=20)
    needed, expected = needed_examples(alike, 0.9), needed_examples(exact, 0.9)
    assert needed is not None
    assert expected is not None
    assert abs(needed - expected) <= 2
