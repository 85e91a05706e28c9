"""Confidence sequences: right however often one looks, and soon decided."""

import math

import numpy as np
import pytest
from scipy import stats

from pytest_accept.explanation import SEQUENTIAL, SEQUENTIAL_OF_DATA
from pytest_accept.statistics import ConfidenceSequence, proportion_interval, smallest_shown
from pytest_accept.statistics.confidence_sequences import (
    BETTING,
    BETTING_OF_ALL,
    level_of_plans,
    level_when_looking,
)
from tests.statistics.simulation import CONFIDENCE, Rates

GOAL = math.log(1 / (1 - CONFIDENCE))
LOSSES = (0.0, 36.04)


def sequence(bar=0.9, *, bounds=(0, 1), most=5000, finite=False) -> ConfidenceSequence:
    return ConfidenceSequence(
        bar=bar, bounds=bounds, confidence=CONFIDENCE, most=most, finite=finite
    )


def zeros_and_ones(ones: int, n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat([1.0, 0.0], [ones, n - ones]))


@pytest.mark.parametrize("finite", [False, True])
def test_chunks_are_the_same_as_all_at_once(finite: bool) -> None:
    values = zeros_and_ones(870, 1000)
    whole, parts = (sequence(most=1200, finite=finite) for _ in range(2))
    path = whole.add(values)
    pieces = [parts.add(each) for each in np.split(values, [1, 7, 7, 500])]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), path, atol=1e-9)
    one, other = whole.interval(), parts.interval()
    assert (one.low, one.high, one.n) == pytest.approx((other.low, other.high, other.n))
    assert len(parts) == 1000


def test_the_bounds_agree_with_what_is_shown_of_the_bar() -> None:
    for seed in range(40):
        found = sequence(0.85)
        found.add(zeros_and_ones(270 + seed, 330, seed))
        interval = found.interval()
        shown = "above" if interval.low >= 0.85 else "below" if interval.high < 0.85 else None
        assert found.shows == shown
        assert interval.low < interval.value < interval.high


def test_every_mean_is_refuted_by_its_own_game() -> None:
    """The bounds are where another sequence, with that bar and these stakes, would just decide."""
    found = sequence(0.5, most=400)
    values = np.random.default_rng(3).beta(2, 3, size=400)
    found.add(values)
    interval = found.interval()
    for end, side in ((interval.low, 0), (interval.high, 1)):
        other = sequence(0.5, most=400)
        for gambler in (other._above, other._below):
            gambler._at = end if gambler is other._above else 1 - end
        assert other.add(values)[side, -1] == pytest.approx(GOAL, abs=1e-3)


def test_mirrored_and_scaled_values_have_mirrored_and_scaled_bounds() -> None:
    values = np.random.default_rng(0).beta(5, 1, size=300)
    one, other = sequence(0.8), sequence(2.0, bounds=(0, 10))
    one.add(values)
    other.add(10 - 10 * values)
    first, second = one.interval(), other.interval()
    assert second.low == pytest.approx(10 - 10 * first.high)
    assert second.high == pytest.approx(10 - 10 * first.low)


def test_of_a_set_all_is_known_when_all_are_seen() -> None:
    for ones, bar in ((900, 0.9), (899, 0.9), (901, 0.9), (0, 0.9), (1000, 0.9), (1000, 1.0)):
        found = sequence(bar, most=1000, finite=True)
        found.add(zeros_and_ones(ones, 1000))
        interval = found.interval()
        assert interval.low == interval.high == pytest.approx(ones / 1000)
        assert interval.method == BETTING_OF_ALL


def test_what_is_left_of_a_set_bounds_its_mean() -> None:
    found = sequence(0.5, most=100, finite=True)
    found.add(np.ones(60))
    assert found.interval().low >= 0.6 - 1e-6
    assert found.shows == "above"
    zeros = sequence(0.5, most=100, finite=True)
    zeros.add(np.zeros(60))
    assert zeros.interval().high <= 0.4 + 1e-6


def test_a_bar_at_the_end_of_the_range() -> None:
    found = sequence(1.0)
    found.add(np.ones(200))
    assert found.shows is None
    found.add([0.0])
    assert found.shows == "below"
    assert found.interval().high < 1
    none = sequence(0.0)
    none.add([0.0, 0.0])
    assert none.shows is None
    none.add([0.5])
    assert none.shows == "above"


def test_faultless_examples_need_few() -> None:
    for bar, most in ((0.5, 12), (0.9, 60), (0.99, 600)):
        path = sequence(bar).add(np.ones(1000))
        assert int((path[0] >= GOAL).argmax()) + 1 <= most


def test_looking_always_costs_as_much_as_the_level_says() -> None:
    """At the end, bounds are about as wide as those of one look at that level."""
    for n, rate in ((500, 0.9), (5000, 0.9), (5000, 0.6), (2000, 0.97)):
        found = sequence(rate, most=n)
        found.add(zeros_and_ones(round(n * rate), n))
        interval = found.interval()
        once = proportion_interval(round(n * rate), n, confidence=level_when_looking(CONFIDENCE))
        assert interval.value - interval.low == pytest.approx(once.value - once.low, rel=0.15)
        assert interval.high - interval.value == pytest.approx(once.high - once.value, rel=0.15)


@pytest.mark.parametrize(("n", "bar"), [(500, 0.9), (2000, 0.85), (3000, 0.6)])
def test_plans_know_what_would_be_shown_four_times_in_five(n: int, bar: float) -> None:
    one_look = proportion_interval(round(n * bar), n, confidence=level_of_plans(CONFIDENCE))
    for direction, side in (("above", 0), ("below", 1)):
        true = smallest_shown(one_look, bar, direction=direction)
        assert true is not None
        shown = [
            sequence(bar, most=n)
            .add((np.random.default_rng(seed).random(n) < true).astype(float))[side]
            .max()
            >= GOAL
            for seed in range(150)
        ]
        assert 0.68 < np.mean(shown) < 0.94


def test_needed_examples_decide_four_times_in_five() -> None:
    found = sequence(0.9, most=1000)
    found.add(zeros_and_ones(915, 1000))
    assert found.shows is None
    needed = found.needed()
    assert needed is not None
    assert 2000 < needed < 7000
    decided = []
    for seed in range(150):
        values = np.random.default_rng(seed).random(needed) < 0.915
        path = sequence(0.9, most=needed).add(values.astype(float))
        decided.append(path[0].max() >= GOAL)
    assert 0.7 < np.mean(decided) < 0.93


def test_a_mean_at_the_bar_needs_no_number() -> None:
    found = sequence(0.9, most=100)
    found.add(zeros_and_ones(90, 100))
    assert found.needed() is None
    finite = sequence(0.9, most=200, finite=True)
    finite.add(zeros_and_ones(85, 100))
    assert finite.needed() is None


def test_the_smallest_shown_is_shown_four_times_in_five() -> None:
    found = sequence(0.85, most=2000)
    found.add(zeros_and_ones(1710, 2000))
    true = found.smallest_shown("above")
    assert true is not None
    shown = [
        sequence(0.85, most=2000)
        .add((np.random.default_rng(seed).random(2000) < true).astype(float))[0]
        .max()
        >= GOAL
        for seed in range(150)
    ]
    assert 0.7 < np.mean(shown) < 0.93
    below = found.smallest_shown("below")
    assert below is not None
    assert below < 0.85 < true
    assert sequence_near_one().smallest_shown("above") is None


def sequence_near_one() -> ConfidenceSequence:
    found = sequence(0.99, most=100)
    found.add(zeros_and_ones(98, 100))
    return found


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="Expected `bounds` to be two finite numbers"):
        sequence(bounds=(0, np.inf))
    with pytest.raises(ValueError, match=r"Expected `values` to be between .* but got 1\.5"):
        sequence().add([1.5])
    with pytest.raises(ValueError, match="at most 10 in all"):
        sequence(most=10, finite=True).add(np.ones(11))
    with pytest.raises(ValueError, match="no interval before the first value"):
        sequence().interval()


def test_reports_know_the_methods_by_their_names() -> None:
    assert (BETTING, BETTING_OF_ALL) == (SEQUENTIAL, SEQUENTIAL_OF_DATA)


# ---- error rates at the bar, looking after every example, and how soon bounds decide

DRAWS = {
    **{
        f"rate {rate}": ((0, 1), rate, lambda g, n, rate=rate: (g.random(n) < rate).astype(float))
        for rate in (0.5, 0.9, 0.99)
    },
    "beta": ((0, 1), 2 / 3, lambda g, n: g.beta(2, 1, size=n)),
    "beta at its ends": ((0, 1), 0.75, lambda g, n: g.beta(0.15, 0.05, size=n)),
    "losses": (LOSSES, 0.4, lambda g, n: np.minimum(g.exponential(0.4, size=n), 36.04)),
    "rare large losses": (
        LOSSES,
        0.1 + 0.01 * 12,
        lambda g, n: 0.2 * g.random(n) + np.where(g.random(n) < 0.01, 12.0, 0.0),
    ),
}


def looking_always(draw, truth, bounds, *, n, reps, finite, confidence=CONFIDENCE) -> Rates:
    """How often any look said that the mean at the bar is above it, and below it."""
    goal = math.log(1 / (1 - confidence))
    above, below = [], []
    for seed in range(reps):
        generator = np.random.default_rng(seed)
        values = draw(generator, n)
        bar = float(values.mean()) if finite else truth
        found = ConfidenceSequence(
            bar=bar, bounds=bounds, confidence=confidence, most=n, finite=finite
        )
        one, other = found.add(generator.permutation(values)).max(axis=1) >= goal
        above.append(one)
        below.append(other)
    return Rates(float(np.mean(above)), float(np.mean(below)), 0, 0, reps)


@pytest.mark.slow
@pytest.mark.parametrize("finite", [False, True], ids=["population", "data"])
@pytest.mark.parametrize("name", DRAWS)
def test_no_look_errs_more_often_than_promised(name: str, finite: bool) -> None:
    bounds, truth, draw = DRAWS[name]
    for n, reps in ((5000, 300), (300, 600)):
        rates = looking_always(draw, truth, bounds, n=n, reps=reps, finite=finite)
        assert rates.honest, (n, rates)


def test_a_look_at_the_bar_errs_no_more_often_than_promised() -> None:
    rates = looking_always(*reversed_order("rate 0.9"), n=1000, reps=600, finite=False)
    assert rates.honest, rates
    assert max(rates.above, rates.below) > 0.005  # not for want of betting


def reversed_order(name: str):
    bounds, truth, draw = DRAWS[name]
    return draw, truth, bounds


def test_the_allowance_catches_intervals_that_are_looked_at_again_and_again() -> None:
    """What the tests above would say of Clopper and Pearson's bounds after every tenth example."""
    n, wrong = np.arange(50, 1001, 10), []
    for seed in range(150):
        right = np.cumsum(np.random.default_rng(seed).random(1000) < 0.9)[n - 1]
        wrong.append((stats.beta.ppf(1 - CONFIDENCE, right, n - right + 1) > 0.9).any())
    assert not Rates(float(np.mean(wrong)), 0, 0, 0, 150).honest


@pytest.mark.parametrize("finite", [False, True], ids=["population", "data"])
@pytest.mark.parametrize(("rate", "bar"), [(0.90, 0.85), (0.85, 0.90)])
def test_five_points_from_the_bar_take_a_tenth_of_five_thousand(rate, bar, finite) -> None:
    took = []
    for seed in range(100):
        values = zeros_and_ones(round(5000 * rate), 5000, seed)
        if not finite:
            values = (np.random.default_rng(seed).random(5000) < rate).astype(float)
        path = sequence(bar, finite=finite).add(values)[0 if rate > bar else 1]
        assert path.max() >= GOAL
        took.append(int((path >= GOAL).argmax()) + 1)
    assert np.mean(took) < 500  # a third of 5,000 was asked for
