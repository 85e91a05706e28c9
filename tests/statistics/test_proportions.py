import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import (
    clustered_proportion_interval,
    finite_proportion_interval,
    proportion_interval,
)
from tests.statistics.simulation import CONFIDENCE, clustered_outcomes, error_rates


@pytest.mark.parametrize("n", [1, 7, 30, 1000])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_bounds_are_scipys_exact_ones(n: int, confidence: float) -> None:
    for successes in {0, 1, n // 2, n - 1, n}:
        found = proportion_interval(successes, n, confidence=confidence)
        greater = stats.binomtest(successes, n, alternative="greater")
        less = stats.binomtest(successes, n, alternative="less")
        low = greater.proportion_ci(confidence, method="exact").low
        high = less.proportion_ci(confidence, method="exact").high
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
        assert (found.value, found.n, found.clusters) == (successes / n, n, None)


@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("bar", [0.02, 0.5, 0.9, 0.98])
def test_false_accepts_are_never_above_the_level_exactly(n: int, bar: float) -> None:
    k = np.arange(n + 1)
    found = [proportion_interval(int(each), n, confidence=CONFIDENCE) for each in k]
    chance = stats.binom.pmf(k, n, bar)
    above = chance[[each.low >= bar for each in found]].sum()
    below = chance[[each.high < bar for each in found]].sum()
    assert above <= 0.05 + 1e-12
    assert below <= 0.05 + 1e-12
    if n == 200:
        assert max(above, below) > 0.02


def test_clusters_of_one_are_independent_examples() -> None:
    outcomes = np.repeat([1.0, 0.0], [800, 200])
    alone = proportion_interval(800, 1000, confidence=CONFIDENCE)
    found = clustered_proportion_interval(outcomes, np.arange(1000), confidence=CONFIDENCE)
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=1e-3)


def test_without_any_error_each_cluster_is_one_example() -> None:
    found = clustered_proportion_interval(
        np.ones(200), np.repeat(np.arange(20), 10), confidence=CONFIDENCE
    )
    alone = proportion_interval(20, 20, confidence=CONFIDENCE)
    assert found.low == pytest.approx(alone.low)
    assert found.high == 1
    assert found.clusters == 20


def test_copies_of_examples_do_not_narrow_the_interval() -> None:
    once = np.repeat([1.0, 0.0], [45, 15])
    copied = clustered_proportion_interval(
        np.repeat(once, 50), [f"source {each // 50}" for each in range(3000)], confidence=CONFIDENCE
    )
    alone = proportion_interval(45, 60, confidence=CONFIDENCE)
    assert copied.low <= alone.low
    assert copied.high >= alone.high


@pytest.mark.slow
@pytest.mark.parametrize("unequal", [False, True], ids=["equal", "unequal"])
@pytest.mark.parametrize("effect", [3, 5])
@pytest.mark.parametrize("clusters", [10, 30, 100])
@pytest.mark.parametrize("rate", [0.5, 0.9, 0.98])
def test_clustered_bounds_are_honest(
    clusters: int, rate: float, effect: float, unequal: bool
) -> None:
    def once(generator, _):
        outcomes, codes = clustered_outcomes(
            generator, clusters=clusters, rate=rate, effect=effect, unequal=unequal
        )
        return clustered_proportion_interval(outcomes, codes, confidence=CONFIDENCE)

    rates = error_rates(once, rate, reps=500)
    assert rates.honest, rates
    if clusters == 100 and not unequal:
        ideal = 1.645 * np.sqrt(rate * (1 - rate) * effect / (20 * clusters))
        assert rates.lower_width < 2 * ideal


def test_treating_clusters_as_independent_would_not_be_honest() -> None:
    def naive(generator, _):
        outcomes, _ = clustered_outcomes(generator, clusters=30, rate=0.9, effect=4, unequal=False)
        return proportion_interval(int(outcomes.sum()), len(outcomes), confidence=CONFIDENCE)

    assert error_rates(naive, 0.9, reps=500).above > 0.12


@pytest.mark.parametrize(
    ("successes", "n", "confidence", "message"),
    [
        (5, 4, 0.95, "Expected `successes` to be at most n, 4, but got 5 (int)."),
        (1, 0, 0.95, "Expected `n` to be an integer of 1 or more, but got 0 (int)."),
        (1, 2, 95, "Expected `confidence` to be a number between 0.5 and 1, but got 95 (int)."),
        (1.5, 2, 0.9, "Expected `successes` to be an integer of 0 or more, but got 1.5 (float)."),
    ],
)
def test_bad_arguments_are_named(successes, n, confidence, message) -> None:
    with pytest.raises(ValueError) as raised:
        proportion_interval(successes, n, confidence=confidence)
    assert str(raised.value) == message


def test_outcomes_must_be_zeros_and_ones_and_aligned() -> None:
    with pytest.raises(ValueError, match=r"`outcomes` to be zeros and ones, but got 0\.5"):
        clustered_proportion_interval([0.5, 1], [1, 2], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="`clusters` to be as long as the data, 2, but got 3"):
        clustered_proportion_interval([0, 1], [1, 2, 3], confidence=CONFIDENCE)


@pytest.mark.parametrize(("n", "total"), [(5, 9), (30, 31), (30, 400)])
def test_of_a_draw_from_finitely_many_no_bound_errs_too_often_exactly(n: int, total: int) -> None:
    found = [finite_proportion_interval(k, n, total, confidence=CONFIDENCE) for k in range(n + 1)]
    for ones in range(total + 1):
        chance = stats.hypergeom.pmf(np.arange(n + 1), total, ones, n)
        possible = chance > 0
        low = np.array([each.low for each in found]) > ones / total + 1e-12
        high = np.array([each.high for each in found]) < ones / total - 1e-12
        assert chance[low & possible].sum() <= 0.05 + 1e-12
        assert chance[high & possible].sum() <= 0.05 + 1e-12
    infinite = proportion_interval(n - 1, n, confidence=CONFIDENCE)
    assert infinite.low < found[n - 1].low <= found[n - 1].value <= found[n - 1].high


def test_all_of_finitely_many_leave_nothing_open() -> None:
    found = finite_proportion_interval(17, 20, 20, confidence=CONFIDENCE)
    assert (found.low, found.value, found.high, found.method) == (0.85, 0.85, 0.85, "all cases")
    many = finite_proportion_interval(17, 20, 10**30, confidence=CONFIDENCE)
    assert many == proportion_interval(17, 20, confidence=CONFIDENCE)
    near = finite_proportion_interval(17, 20, 10**6, confidence=CONFIDENCE)
    assert (near.low, near.high) == pytest.approx((many.low, many.high), abs=1e-4)
    with pytest.raises(ValueError, match="`n` to be at most total, 19"):
        finite_proportion_interval(17, 20, 19, confidence=CONFIDENCE)
