"""Bounds read off several groups: exact error rates, simulated ones, and where they must agree."""

import math

import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import (
    GroupBounds,
    extended_bounds,
    group_correlation,
    largest_difference,
    needed_levels,
    proportion_interval,
    smallest_ratio,
    worst_value,
)

CONFIDENCE = 0.95


def clopper_pearson(n: int, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both bounds (K, n + 1) of every possible count, computed apart from the package."""
    x, chance = np.arange(n + 1), stats.norm.cdf(levels)[:, None]
    low = np.where(x > 0, stats.beta.ppf(1 - chance, np.maximum(x, 1), n - x + 1), 0.0)
    high = np.where(x < n, stats.beta.ppf(chance, x + 1, np.maximum(n - x, 1)), 1.0)
    return low, high


class Sampled:
    """Groups of given sizes, with a quick way to the bounds of any counts."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = np.array(sizes)
        self.levels = needed_levels(CONFIDENCE, len(sizes) * (len(sizes) - 1))
        self.tables = {n: clopper_pearson(n, self.levels) for n in set(sizes)}

    def bounds(self, counts: np.ndarray) -> GroupBounds:
        pairs = list(zip(self.sizes.tolist(), counts.tolist(), strict=True))
        low, high = (
            np.stack([self.tables[n][side][:, x] for n, x in pairs], axis=1) for side in (0, 1)
        )
        return GroupBounds(values=counts / self.sizes, levels=self.levels, low=low, high=high)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(5, 5), (6, 25)])
def test_no_pair_of_rates_is_misjudged_more_often_than_said(sizes: tuple[int, int]) -> None:
    """Exact sums over both binomials: not simulated."""
    sampled = Sampled(list(sizes))
    one, other = (np.arange(n + 1) for n in sizes)
    found = np.array(
        [
            [
                (*largest_difference([b], confidence=CONFIDENCE, most=1)[1:],
                 *smallest_ratio(b, confidence=CONFIDENCE)[1:])
                for b in (sampled.bounds(np.array([x, y])) for y in other)
            ]
            for x in one
        ]
    )  # fmt: skip
    rates = np.array([0.01, 0.05, 0.2, 0.4, 0.5, 0.7, 0.9, 0.97, 0.995])
    for p in rates:
        for q in rates:
            chance = np.outer(
                stats.binom.pmf(one, sizes[0], p), stats.binom.pmf(other, sizes[1], q)
            )
            gap, ratio = abs(p - q), min(p, q) / max(p, q)
            wrong = (
                found[..., 0] > gap + 1e-9, found[..., 1] < gap - 1e-9,
                found[..., 2] > ratio + 1e-9, found[..., 3] < ratio - 1e-9,
            )  # fmt: skip
            assert max(float(chance[each].sum()) for each in wrong) <= 1 - CONFIDENCE + 1e-9


def test_symmetric_margins_are_added_at_a_right_angle() -> None:
    """With normal bounds the arc is MOVER, and with correlated ones its form for those."""
    levels = needed_levels(CONFIDENCE, 2)
    errors = np.array([0.03, 0.05])
    values = np.array([0.6, 0.4])
    low, high = (values + sign * levels[:, None] * errors for sign in (-1, 1))
    for r in (0.0, 0.6, -0.6, -1.0):
        alike = None if r == 0 else np.array([[1.0, r], [r, 1.0]])
        bounds = GroupBounds(values=values, levels=levels, low=low, high=high, alike=alike)
        spread = math.sqrt(0.03**2 + 0.05**2 - 2 * r * 0.03 * 0.05)
        value, lower, upper = largest_difference([bounds], confidence=CONFIDENCE, most=1)
        assert value == pytest.approx(0.2)
        assert upper == pytest.approx(0.2 + stats.norm.ppf(0.95) * spread, rel=2e-3)
        assert lower == pytest.approx(0.2 - stats.norm.ppf(0.975) * spread, rel=2e-3)


def test_a_group_of_which_nothing_is_known_takes_the_whole_range() -> None:
    sampled = Sampled([200, 200, 200])
    known = sampled.bounds(np.array([180, 100, 150]))
    low, high = known.low.copy(), known.high.copy()
    low[:, 2], high[:, 2] = 0, 1
    open_ = GroupBounds(values=known.values, levels=known.levels, low=low, high=high)
    gap = largest_difference([open_], confidence=CONFIDENCE, most=1)
    assert gap[1] == largest_difference([known], confidence=CONFIDENCE, most=1)[1] > 0
    assert gap[2] > largest_difference([known], confidence=CONFIDENCE, most=1)[2]
    assert worst_value(open_, confidence=CONFIDENCE, smallest=True)[1] == 0
    assert smallest_ratio(open_, confidence=CONFIDENCE)[1] == 0


def test_a_group_is_not_compared_with_itself() -> None:
    """A rate of 30 examples is no farther from that of 3,000 than its own bounds say."""
    found = largest_difference(
        [Sampled([30, 3000]).bounds(np.array([15, 1500]))], confidence=CONFIDENCE, most=1
    )
    own = proportion_interval(15, 30, confidence=CONFIDENCE)
    assert found[2] == pytest.approx(own.high - own.value, abs=0.005)


def test_bounds_without_end_stay_so() -> None:
    levels = needed_levels(CONFIDENCE, 2)
    low = np.ones((len(levels), 2))
    high = np.full((len(levels), 2), np.inf)
    bounds = GroupBounds(values=np.array([5.0, 7.0]), levels=levels, low=low, high=high)
    found = largest_difference([bounds], confidence=CONFIDENCE, most=math.inf)
    assert found == (2.0, 0.0, math.inf)


@pytest.mark.parametrize("n", [30, 1000])
def test_extended_bounds_are_no_narrower_than_exact_ones(n: int) -> None:
    levels = stats.norm.ppf([0.95, 0.99, 0.9999])
    for hits in (0, 1, 3, n // 10, n // 2, n - 2, n):
        own = proportion_interval(hits, n, confidence=CONFIDENCE)
        low, high = extended_bounds(own, levels, bounds=(0, 1))
        exact = [proportion_interval(hits, n, confidence=stats.norm.cdf(z)) for z in levels]
        assert (low <= np.array([each.low for each in exact]) + 1e-9).all()
        assert (high >= np.array([each.high for each in exact]) - 1e-9).all()
        assert low[0] == pytest.approx(own.low, rel=0.03, abs=1e-3)


def test_clusters_across_groups_are_told_from_those_within() -> None:
    random = np.random.default_rng(0)
    codes = np.arange(200)
    noise = random.normal(size=200)
    centred = noise - noise.mean()
    assert group_correlation([centred, centred], [codes, codes + 200]) is None
    for other, low, high in ((centred, 0.9, 1), (-centred, -1, -0.95)):
        found = group_correlation([centred, other], [codes, codes])
        assert found is not None
        assert low < found[0, 1] < high
    unknown = group_correlation([None, centred], [codes, codes])
    assert unknown is not None
    assert unknown[0, 1] == -1
    # A single shared cluster among 200 can do little.
    touching = group_correlation([None, centred], [codes, codes + 199])
    assert touching is not None
    assert -0.01 < touching[0, 1] < 0


@pytest.mark.slow
@pytest.mark.parametrize("groups", [2, 5, 30])
def test_the_largest_of_noisy_groups_is_not_taken_for_a_gap(groups: int) -> None:
    random = np.random.default_rng(groups)
    sizes = np.geomspace(40, 400, groups).astype(int).tolist()
    sampled = Sampled(sizes)
    repetitions = 250 if groups < 30 else 80
    allowed = 0.05 + 3 * math.sqrt(0.05 * 0.95 / repetitions)
    # Two groups apart and the others between: the truths at which both bounds can err.
    for rates in (np.full(groups, 0.9), np.linspace(0.8, 0.95, groups)):
        gap, smallest = float(np.ptp(rates)), float(rates.min())
        wrong, measured = np.zeros(4), []
        for _ in range(repetitions):
            bounds = sampled.bounds(random.binomial(sizes, rates))
            value, low, high = largest_difference([bounds], confidence=CONFIDENCE, most=1)
            _, least, most = worst_value(bounds, confidence=CONFIDENCE, smallest=True)
            wrong += [low > gap, high < gap, least > smallest, most < smallest]
            measured.append(value)
        assert (wrong / repetitions <= allowed).all()
        if gap == 0:
            assert np.mean(measured) > 0.03  # what is measured of groups that do not differ
