"""The search for weak slices: against other implementations, and how often it is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics import mean_interval, proportion_interval
from pytest_accept.statistics.slice_gaps import Gaps, formula_gaps, mean_gaps
from pytest_accept.statistics.slice_search import (
    SliceSearch,
    _ceiling,
    _condensed,
    _upper,
    search_slices,
)

N = 300


def slices(n: int = N, seed: int = 0) -> np.ndarray:
    """Three columns of three values, and all pairs: 36 slices of a tenth or a third."""
    random = np.random.default_rng(seed)
    columns = [random.integers(3, size=n) for _ in range(3)]
    single = [column == value for column in columns for value in range(3)]
    pairs = [a & b for i, a in enumerate(single) for j, b in enumerate(single) if i // 3 < j // 3]
    return np.array([*single, *pairs])


def loss(values: np.ndarray, high: float = 1.0, **options: Any) -> Gaps:
    return mean_gaps(values, higher_is_better=False, bounds=(0, high), **options)


def searched(gaps: Gaps, members: np.ndarray, **options: Any) -> SliceSearch:
    return search_slices(gaps.worse, members, gaps.of, confidence=0.95, **options)


def test_one_slice_is_welchs_test_by_permutation() -> None:
    random = np.random.default_rng(1)
    values = (random.random(120) < 0.3).astype(float)
    member = np.arange(120) < 40
    values[:40] = np.maximum(values[:40], random.random(40) < 0.2)
    found = searched(loss(values), member[None, :], resamples=9999)
    reference = stats.permutation_test(
        (values[member], values[~member]),
        lambda a, b, axis: stats.ttest_ind(a, b, equal_var=False, axis=axis).statistic,
        alternative="greater",
        n_resamples=9999,
        vectorized=True,
        rng=random,
    )
    assert found.p_values[0] == pytest.approx(reference.pvalue, abs=0.01)
    welch = stats.ttest_ind(values[member], values[~member], equal_var=False).statistic
    assert found.values[0] / found.errors[0] == pytest.approx(welch, rel=1e-9)
    assert found.values[0] == pytest.approx(values[member].mean() - values.mean())
    assert (found.p_values[0] <= 0.05) == (found.low[0] > 0)


@pytest.mark.parametrize("clusters", [None, np.arange(N) // 3], ids=["alone", "clusters"])
def test_a_metric_that_is_a_mean_is_the_same_as_a_formula(clusters: Any) -> None:
    random = np.random.default_rng(2)
    right = (random.random(N) < 0.85).astype(float)
    members = slices()[6:14]
    as_mean = mean_gaps(right, higher_is_better=True, bounds=(0, 1))
    as_formula = formula_gaps(
        np.stack([right, np.ones(N)], axis=1),
        lambda sums: sums[..., 0] / sums[..., 1],
        higher_is_better=True,
        possible=[[0.0, 1.0], [1.0, 1.0]],
    )
    one, other = (searched(each, members, clusters=clusters) for each in (as_mean, as_formula))
    assert other.values == pytest.approx(one.values, abs=1e-9)
    assert other.low == pytest.approx(one.low, abs=1e-3)
    assert other.highs(0.1) == pytest.approx(one.highs(0.1), abs=1e-3)
    assert other.high(3) == pytest.approx(one.high(3), abs=1e-3)
    assert as_formula.measure(members[2]) == pytest.approx(right[members[2]].mean())


def test_upper_bounds_are_those_of_two_means_at_a_right_angle() -> None:
    wrong = (np.random.default_rng(3).random(N) < 0.1).astype(float)
    member = slices()[4]
    inside, outside = wrong[member], wrong[~member]
    bounds = [proportion_interval(int(a.sum()), len(a), confidence=0.95) for a in (inside, outside)]
    margin = np.hypot(bounds[0].high - inside.mean(), outside.mean() - bounds[1].low)
    expected = (1 - member.mean()) * (inside.mean() - outside.mean() + margin)
    found = searched(loss(wrong), member[None, :])
    assert found.highs(-1)[0] == pytest.approx(expected, abs=2e-3)
    heavy = np.random.default_rng(3).exponential(size=N) ** 2
    margins = [
        mean_interval(heavy[member], confidence=0.95, bounds=(0, 36), tail=1.0).high,
        mean_interval(heavy[~member], confidence=0.95, bounds=(0, 36), tail=1.0).low,
    ]
    above, below = margins[0] - heavy[member].mean(), heavy[~member].mean() - margins[1]
    scale = 1 - member.mean()
    found = searched(loss(heavy, 36, tail=1.0), member[None, :])
    assert found.highs(-1)[0] - found.values[0] == pytest.approx(
        scale * np.hypot(above, below), rel=0.01
    )


def test_bounds_that_are_not_computed_are_wider_and_do_not_matter() -> None:
    members = slices()[:14]
    gaps = loss(np.random.default_rng(4).exponential(size=N), 40)
    found = searched(gaps, members)
    every, some = found.highs(-100), found.highs(0.3)
    assert some.max() == every.max()
    assert ((some > 0.3) >= (every > 0.3)).all()
    assert (some >= every - 1e-12).all()
    for k in range(len(members)):
        of = found.gap(k), found.counts(k, 0.95), 0.05, found.alike[k]
        assert _ceiling(*of) >= _upper(*of)
    assert all(found.high(k) >= every[k] for k in range(3))


def test_many_values_are_taken_together_without_changing_mean_or_spread() -> None:
    values = np.random.default_rng(5).exponential(size=5000) ** 2
    points, weights = _condensed(values)
    assert (len(points), weights.sum()) == (400, 5000)
    assert np.average(points, weights=weights) == pytest.approx(values.mean())
    spread = np.average((points - values.mean()) ** 2, weights=weights)
    assert spread == pytest.approx(values.var(), rel=1e-3)


def test_values_that_are_all_equal_show_nothing_and_the_seed_decides() -> None:
    members = slices()
    found = searched(loss(np.full(N, 0.1)), members)
    assert found.low.max() <= 0
    assert found.p_values.min() == 1
    values = np.random.default_rng(0).random(N)
    first, again, other = (searched(loss(values), members, seed=seed) for seed in (0, 0, 1))
    assert first.critical == again.critical != other.critical
    assert (first.low == again.low).all()
    with pytest.raises(ValueError, match="slices of 2 to 298 examples"):
        searched(loss(values), np.ones((1, N)))


def test_clusters_that_are_good_for_a_slice_and_bad_for_the_rest_widen_its_bounds() -> None:
    codes = np.repeat(np.arange(100), 6)
    member = np.arange(600) % 3 == 0

    def draw(seed: int) -> Gaps:
        random = np.random.default_rng(seed)
        chance = random.beta(0.25, 0.25, size=100)[codes]
        return loss((random.random(600) < np.where(member, chance, 1 - chance)) * 1.0)

    drawn = [draw(seed) for seed in range(200)]
    spread = np.std([each.of(member).value for each in drawn])
    found = [searched(each, member[None, :], clusters=codes) for each in drawn[:5]]
    apart = searched(drawn[0], member[None, :], clusters=np.where(member, codes, codes + 100))
    assert spread < np.mean([each.errors[0] for each in found]) < 1.3 * spread
    assert apart.errors[0] < 0.9 * spread
    assert apart.alike[0] == 0 > -0.8 > found[0].alike[0]
    assert apart.highs(-1)[0] < found[0].highs(-1)[0]
    # Clusters that are as good for both are not made use of.
    alike = (np.random.default_rng(0).random(100) < 0.5)[codes] * 1.0
    assert searched(loss(alike), member[None, :], clusters=codes).alike[0] == 0


@dataclass(frozen=True)
class Truth:
    """Losses whose expectation (n,) is known."""

    draw: Callable[[np.random.Generator], np.ndarray]
    mean: np.ndarray
    high: float = 1.0
    clusters: np.ndarray | None = None


def _worlds() -> dict[str, Truth]:
    members = slices()
    flat, codes = np.ones(N), np.arange(N) // 3
    weak = np.where(members[0], 0.25, 0.1)
    wide = np.where(members[1], 0.1, 1.0)  # rare and large losses, with the same mean

    def alike(random: np.random.Generator) -> np.ndarray:
        return (random.random(N) < random.beta(0.2, 1.8, size=N)[codes]).astype(float)

    return {
        "1 % wrong": Truth(lambda r: (r.random(N) < 0.01) * 1.0, 0.01 * flat),
        "heavy losses": Truth(lambda r: r.exponential(size=N) ** 2, 2 * flat, 300),
        "unequal spreads": Truth(
            lambda r: r.exponential(size=N) * (r.random(N) < wide) / wide, flat, 300
        ),
        "clusters": Truth(alike, 0.1 * flat, clusters=codes),
        "a weak slice": Truth(lambda r: (r.random(N) < weak) * 1.0, weak),
    }


WORLDS = _worlds()
REPS = 100


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_bounds_hold_for_all_slices_together_and_one_by_one(world: str) -> None:
    """Under the null that is: something is found in at most 5 % of all data sets."""
    truth, members = WORLDS[world], slices()
    gaps = np.array([truth.mean[each].mean() - truth.mean.mean() for each in members])
    wrong, below = 0, np.zeros(2)
    for rep in range(REPS):
        values = truth.draw(np.random.default_rng(rep))
        found = searched(
            loss(values, truth.high), members, seed=rep, clusters=truth.clusters, resamples=199
        )
        wrong += bool((found.low > np.maximum(gaps, 0) + 1e-9).any())
        for at, k in enumerate((1, 12)):
            counts = found.counts(k, 0.95)
            below[at] += _upper(found.gap(k), counts, 0.05, found.alike[k]) < gaps[k] - 1e-9
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / REPS)
    assert wrong / REPS <= allowed
    assert below.max() / REPS <= allowed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("k", "rate", "at_least"),
    [(0, 0.3, 0.7), (12, 0.5, 0.75)],
    ids=["a third, 0.3", "a ninth, 0.5"],
)
def test_planted_slices_are_found(k: int, rate: float, at_least: float) -> None:
    members = slices()
    rates = np.where(members[k], rate, 0.1)
    found = [
        searched(
            loss((np.random.default_rng(rep).random(N) < rates) * 1.0), members, resamples=199
        ).low[k]
        for rep in range(40)
    ]
    assert np.mean(np.array(found) > 0) >= at_least
