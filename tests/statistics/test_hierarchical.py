"""Intervals over seeds and examples: formulas, an independent bootstrap, simulated error rates."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import f1_score

from pytest_accept.metrics.confusion import example_rows, f1, table_cells
from pytest_accept.statistics import (
    Interval,
    Side,
    clustered_mean_interval,
    mean_interval,
    needed_examples_of_seeds,
    needed_seeds,
    over_seeds,
    seed_example_interval,
    seed_example_table_interval,
)
from tests.statistics.simulation import CONFIDENCE, error_rates

BOTH = np.eye(2, dtype=np.bool_)


def outcomes(generator, seeds, n, *, center=1.6, spread=0.3, own=0.5, size=1):
    """Right answers of probit models: seeds, hard examples (in clusters of `size`), own luck."""
    ability = center * math.sqrt(1 + own**2) + spread * generator.normal(size=seeds)
    hard = generator.normal(size=n)
    if size > 1:
        shared = np.repeat(generator.normal(size=n // size), size)
        hard = math.sqrt(0.5) * (hard + shared)
    luck = own * generator.normal(size=(seeds, n))
    return (ability[:, None] + hard + luck > 0).astype(float)


def true_accuracy(*, center=1.6, spread=0.3, own=0.5):
    own_variance = 1 + own**2
    return stats.norm.cdf(center * math.sqrt(own_variance / (own_variance + spread**2)))


def example_part(half: float, value: float, n: int = 100) -> Interval:
    return Interval(
        value=value, low=value - half, high=value + half, confidence=CONFIDENCE, n=n,
        clusters=None, method="given",
    )  # fmt: skip


def test_two_sides_of_a_right_angle() -> None:
    values = np.random.default_rng(0).normal(size=(4, 60))
    found = seed_example_interval(values, confidence=CONFIDENCE, bounds=(None, None))
    seeds = stats.t.ppf(CONFIDENCE, 3) * stats.sem(values.mean(axis=1))
    examples = mean_interval(values.mean(axis=0), confidence=CONFIDENCE)
    assert found.value == pytest.approx(values.mean())
    assert found.value - found.low == pytest.approx(math.hypot(seeds, found.value - examples.low))
    assert found.high - found.value == pytest.approx(math.hypot(seeds, examples.high - found.value))
    assert (found.n, found.clusters, found.method) == (60, None, "seeds × examples")


def test_seeds_that_agree_leave_the_interval_of_the_examples() -> None:
    once = outcomes(np.random.default_rng(0), 1, 80)[0]
    found = seed_example_interval(np.tile(once, (5, 1)), confidence=CONFIDENCE)
    alone = mean_interval(once, confidence=CONFIDENCE, bounds=(0, 1))
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high))


def test_clusters_of_examples_are_those_of_any_mean() -> None:
    values = outcomes(np.random.default_rng(0), 3, 100, spread=0, size=10)
    clusters = np.repeat(np.arange(10), 10)
    found = seed_example_interval(values, confidence=CONFIDENCE, clusters=clusters)
    examples = clustered_mean_interval(
        values.mean(axis=0), clusters, confidence=CONFIDENCE, bounds=(0, 1)
    )
    assert found.examples == examples
    assert found.clusters == 10
    assert found.low < seed_example_interval(values, confidence=CONFIDENCE).low


def test_accuracies_near_one_have_more_room_below() -> None:
    found = over_seeds([0.99, 0.97, 0.995, 0.985], example_part(0, 0.985), bounds=(0, 1))
    straight = stats.t.ppf(CONFIDENCE, 3) * stats.sem(found.seed_values)
    assert found.value - found.low > 1.2 * straight
    assert found.high - found.value == pytest.approx(straight)
    mirrored = over_seeds([0.01, 0.03, 0.005, 0.015], example_part(0, 0.015), bounds=(0, 1))
    assert mirrored.high == pytest.approx(1 - found.low)
    assert mirrored.low == pytest.approx(1 - found.high)


def test_a_perfect_seed_and_an_open_range() -> None:
    perfect = over_seeds([1.0, 1.0, 0.98], example_part(0.01, 0.9933), bounds=(0, 1))
    assert 0.5 < perfect.low < 0.98
    assert perfect.high == 1
    losses = over_seeds([2.0, 2.2, 3.1], example_part(0.1, 2.4333), bounds=(0, None))
    assert losses.high - losses.value > losses.value - losses.low > 0
    assert math.isfinite(losses.high)


def test_a_difference_has_the_margins_of_both_sides() -> None:
    tuned, base = (0.95, 0.92, 0.96), (0.80, 0.82, 0.81)
    each = [over_seeds(v, example_part(0, float(np.mean(v))), bounds=(0, 1)) for v in (tuned, base)]
    gains = np.subtract(tuned, base)
    sides = Side(tuned, (0, 1), 1), Side(base, (0, 1), -1)
    examples = example_part(0.02, float(gains.mean()))
    found = over_seeds(gains, examples, bounds=(-1, 1), sides=sides)
    below = math.hypot(each[0].value - each[0].low, each[1].high - each[1].value, 0.02)
    above = math.hypot(each[0].high - each[0].value, each[1].value - each[1].low, 0.02)
    assert found.value - found.low == pytest.approx(below)
    straight = stats.t.ppf(CONFIDENCE, 2) * stats.sem(gains)
    assert found.high - found.value == pytest.approx(max(above, math.hypot(straight, 0.02)))
    model = Side((0.81, 0.81, 0.81), (0, 1), -1)
    alone = over_seeds(gains, examples, bounds=(-1, 1), sides=(sides[0], model))
    assert found.low < alone.low < alone.value
    assert alone.high == found.high  # by t of the gains


def test_it_agrees_with_the_pigeonhole_bootstrap() -> None:
    """Owen's bootstrap draws seeds and examples anew; with many seeds both are of one width."""
    generator = np.random.default_rng(3)
    values = outcomes(generator, 40, 300, spread=0.15)
    found = seed_example_interval(values, confidence=CONFIDENCE)
    drawn = [
        values[generator.integers(40, size=40)][:, generator.integers(300, size=300)].mean()
        for _ in range(2000)
    ]
    low, high = np.quantile(drawn, [1 - CONFIDENCE, CONFIDENCE])
    assert 0.95 < (found.value - found.low) / (found.value - low) < 1.35
    assert 0.95 < (found.high - found.value) / (high - found.value) < 1.35


def table(generator, seeds: int, n: int, **model):
    right = outcomes(generator, seeds, n, **model).astype(bool)
    truth = np.arange(n) % 2
    return truth, np.where(right, truth, 1 - truth)


def test_a_function_of_sums_is_the_mean_of_the_seeds() -> None:
    truth, said = table(np.random.default_rng(0), 4, 200)
    rows = np.stack([example_rows(BOTH[truth], BOTH[each]) for each in said])
    cells, _ = table_cells(truth, said[0], 2)
    macro = partial(f1, average="macro")
    found = seed_example_table_interval(rows, macro, confidence=CONFIDENCE, possible=cells)
    each = [f1_score(truth, one, average="macro") for one in said]
    assert found.seed_values == pytest.approx(each)
    assert found.value == pytest.approx(np.mean(each))
    assert found.clusters is None
    assert found == seed_example_table_interval(
        rows, macro, confidence=CONFIDENCE, possible=cells, seed=0
    )


def test_a_mean_as_a_function_of_sums_is_a_mean() -> None:
    values = outcomes(np.random.default_rng(1), 5, 300)
    rows = np.stack([values, np.ones_like(values)], axis=2)
    found = seed_example_table_interval(
        rows,
        lambda sums: sums[..., 0] / sums[..., 1],
        confidence=CONFIDENCE,
        possible=[[0.0, 1.0], [1.0, 1.0]],
    )
    plain = seed_example_interval(values, confidence=CONFIDENCE)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.003)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="Expected `seeds` to be 2 or more: one says nothing"):
        seed_example_interval(np.ones((1, 10)), confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="Expected `values` to be an array with 2 axes"):
        seed_example_interval(np.ones(10), confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="Expected `values` to be between 0 and 1"):
        seed_example_interval(np.full((2, 10), 1.5), confidence=CONFIDENCE)
    with pytest.raises(ValueError, match=r"an array \(seeds, n, d\)"):
        seed_example_table_interval(np.ones((2, 10)), np.sum, confidence=CONFIDENCE)


def test_seeds_that_would_decide() -> None:
    values = [0.90, 0.86, 0.88, 0.89, 0.87]
    found = over_seeds(values, example_part(0.02, 0.88), bounds=(0, 1))
    near, far = needed_seeds(found, 0.855), needed_seeds(found, 0.85)
    assert near is not None
    assert far is not None
    assert 5 <= far < near < 30
    # With the examples alone the bound is at 0.86: no number of seeds shows that.
    assert needed_seeds(found, 0.865) is None
    assert needed_seeds(found, 0.88) is None
    assert needed_seeds(found, 0.92) is not None


def test_examples_that_would_decide() -> None:
    found = over_seeds([0.90, 0.89, 0.91], example_part(0.05, 0.90), bounds=(0, 1))
    seeds = math.sqrt((found.value - found.low) ** 2 - 0.05**2)
    needed = needed_examples_of_seeds(found, 0.86)
    assert needed is not None
    half = 0.05 * math.sqrt(100 / needed)
    luck = half * stats.norm.ppf(0.8) / stats.norm.ppf(CONFIDENCE)
    assert math.hypot(seeds, half) + luck == pytest.approx(0.04, rel=0.01)
    assert needed_examples_of_seeds(found, 0.90 - seeds / 2) is None
    few = replace(found, clusters=4)  # whose interval is the whole range: nothing to learn from
    assert needed_examples_of_seeds(few, 0.86) is None


@pytest.mark.slow
def test_the_needed_seeds_decide_four_times_in_five() -> None:
    generator = np.random.default_rng(0)
    pilot = 0.88 + 0.02 * stats.norm.ppf(np.arange(1, 8) / 8)
    found = over_seeds(pilot, example_part(0.01, 0.88), bounds=(0, 1))
    needed = needed_seeds(found, 0.86)
    assert needed is not None
    spread = float(pilot.std(ddof=1))
    decided = 0
    for _ in range(1000):
        values = np.clip(generator.normal(0.88, spread, size=needed), 0, 1)
        again = over_seeds(values, example_part(0.01, float(values.mean())), bounds=(0, 1))
        decided += again.low >= 0.86
    assert 0.74 < decided / 1000 < 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "n"), [(3, 300), (5, 50), (10, 50)])
@pytest.mark.parametrize(
    "model",
    [
        {"spread": 0.0},
        {"spread": 0.1},
        {"spread": 0.5},
        {"center": 0.3, "spread": 0.2},
        {"center": 2.3, "spread": 0.3},
        {"spread": 0.1, "own": 1.5},
        {"spread": 0.2, "size": 5},
    ],
)
def test_bounds_are_honest_for_a_new_seed_on_new_examples(seeds: int, n: int, model) -> None:
    size = model.get("size", 1)
    clusters = None if size == 1 else np.repeat(np.arange(n // size), size)

    def once(generator, _):
        values = outcomes(generator, seeds, n, **model)
        return seed_example_interval(values, confidence=CONFIDENCE, clusters=clusters)

    truth = true_accuracy(**{key: each for key, each in model.items() if key != "size"})
    rates = error_rates(once, truth, reps=100)
    assert rates.honest, rates


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "worst"), [(2, 0.09), (3, 0.062), (5, 0.055), (10, 0.05)])
@pytest.mark.parametrize(("center", "spread"), [(0.5, 0.5), (1.6, 0.1), (1.6, 0.5), (2.3, 0.5)])
def test_seeds_alone_are_honest_whatever_their_spread(
    seeds: int, worst: float, center: float, spread: float
) -> None:
    """As if there were examples without end: the hardest case, since nothing else widens it."""

    def once(generator, _):
        values = stats.norm.cdf(center + spread * generator.normal(size=seeds))
        return over_seeds(values, example_part(0, float(values.mean())), bounds=(0, 1))

    truth = float(stats.norm.cdf(center / math.sqrt(1 + spread**2)))
    rates = error_rates(once, truth, reps=1000)
    allowed = worst + 3 * math.sqrt(worst * (1 - worst) / 1000)
    assert max(rates.above, rates.below) <= allowed, rates


@pytest.mark.slow
@pytest.mark.parametrize(("other", "shared"), [(0.0, 0.0), (0.3, 0.0), (0.5, 0.8)])
@pytest.mark.parametrize("seeds", [3, 5])
def test_differences_are_honest_whatever_the_spread_of_either_side(
    seeds: int, other: float, shared: float
) -> None:
    """Accuracies of two recipes whose seeds differ much, little or alike."""
    one, two = 1.6, 1.2

    def once(generator, _):
        luck = generator.normal(size=seeds)
        own = shared * luck + math.sqrt(1 - shared**2) * generator.normal(size=seeds)
        tuned, base = stats.norm.cdf(one + 0.5 * luck), stats.norm.cdf(two + other * own)
        sides = Side(tuple(tuned), (0, 1), 1), Side(tuple(base), (0, 1), -1)
        gains = tuned - base
        examples = example_part(0, float(gains.mean()))
        return over_seeds(gains, examples, bounds=(-1, 1), sides=sides)

    truth = stats.norm.cdf(one / math.sqrt(1.25)) - stats.norm.cdf(two / math.sqrt(1 + other**2))
    rates = error_rates(once, float(truth), reps=1000)
    assert max(rates.above, rates.below) <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / 1000), rates


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [3, 5])
def test_functions_of_sums_are_honest(seeds: int) -> None:
    macro = partial(f1, average="macro")
    model = {"center": 1.0, "spread": 0.2}
    many = table(np.random.default_rng(1), 400, 20_000, **model)
    rows = [example_rows(BOTH[many[0]], BOTH[each]).sum(axis=0) for each in many[1]]
    truth = float(macro(np.stack(rows)).mean())

    def once(generator, seed):
        labels, said = table(generator, seeds, 150, **model)
        each = np.stack([example_rows(BOTH[labels], BOTH[one]) for one in said])
        cells, _ = table_cells(labels, said[0], 2)
        return seed_example_table_interval(
            each, macro, confidence=CONFIDENCE, possible=cells, seed=seed
        )

    rates = error_rates(once, truth, reps=100)
    assert rates.honest, rates


@pytest.mark.parametrize(("seeds", "share"), [(5, 0.2), (10, 0.1)])
def test_a_failure_that_no_seed_shows_is_not_known(seeds: int, share: float) -> None:
    """What the docstring says cannot be held: it is as likely as that no run of these fails."""
    generator = np.random.default_rng(0)
    accepted = unseen = 0
    truth = (1 - share) * 0.9 + share * 0.5
    for _ in range(200):
        failed = generator.random(seeds) < share
        values = np.where(failed, 0.5, generator.normal(0.9, 0.005, size=seeds))
        found = over_seeds(values, example_part(0.01, float(values.mean())), bounds=(0, 1))
        accepted += found.low > truth
        unseen += not failed.any()
    assert accepted == unseen
    assert unseen / 200 == pytest.approx((1 - share) ** seeds, abs=0.08)
