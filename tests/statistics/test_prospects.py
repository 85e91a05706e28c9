"""Stated chances against how often data of a known truth are accepted."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from pytest_accept.metrics.confusion import f1, table_cells
from pytest_accept.statistics import (
    Interval,
    clustered_proportion_interval,
    mean_interval,
    mean_over_clusters_interval,
    proportion_interval,
    smallest_shown,
    table_interval,
)
from pytest_accept.statistics.prospects import (
    best_bound,
    chance_to_show,
    independent_at_worst,
    independent_examples,
    moved,
    resized,
    unmeasured_share,
)

CONFIDENCE = 0.95
SCALING = 0.03  # of skewed intervals, widths shrink a little faster than with the root of n
Draw = Callable[[np.random.Generator, int], Interval]


def is_shown(interval: Interval, bar: float, direction: str) -> bool:
    return interval.low >= bar if direction == "above" else interval.high <= bar


def frequency(draw: Draw, n: int, bar: float, direction: str, *, reps: int) -> tuple[float, float]:
    """Return how often data of n examples show it, and what chance alone may add to that."""
    generator = np.random.default_rng(0)
    found = sum(is_shown(draw(generator, n), bar, direction) for _ in range(reps)) / reps
    return found, 3 * math.sqrt(max(found * (1 - found), 0.01) / reps)


@pytest.mark.parametrize(
    ("n", "true", "bar", "direction"),
    [(200, 0.93, 0.9, "above"), (40, 0.99, 0.9, "above"), (300, 0.03, 0.06, "below"),
     (500, 0.86, 0.9, "below")],
)  # fmt: skip
def test_of_a_share_the_chance_is_exact(n: int, true: float, bar: float, direction: str) -> None:
    stated = chance_to_show(
        unmeasured_share(n, confidence=CONFIDENCE), bar, direction=direction, true=true
    )
    reps, generator = 20_000, np.random.default_rng(1)
    hits, counts = np.unique(generator.binomial(n, true, size=reps), return_counts=True)
    shown = [
        is_shown(proportion_interval(int(each), n, confidence=CONFIDENCE), bar, direction)
        for each in hits
    ]
    found = float(counts[shown].sum()) / reps
    assert stated == pytest.approx(found, abs=3 * math.sqrt(0.25 / reps))


def rating(shares: list[float]) -> Draw:
    def draw(generator: np.random.Generator, n: int) -> Interval:
        values = generator.choice([0, 1 / 3, 2 / 3, 1], size=n, p=shares)
        return mean_interval(values, confidence=CONFIDENCE, bounds=(0, 1))

    return draw


@pytest.mark.parametrize(
    ("shares", "bar", "direction", "n"),
    [([0.05, 0.05, 0.1, 0.8], 0.82, "above", 150), ([0.05, 0.05, 0.1, 0.8], 0.93, "below", 200)],
)  # fmt: skip
def test_of_a_mean_the_chance_follows_from_the_width_of_a_record(
    shares: list[float], bar: float, direction: str, n: int
) -> None:
    true = float(np.dot(shares, [0, 1 / 3, 2 / 3, 1]))
    generator = np.random.default_rng(3)
    stated = np.mean([planned(rating(shares)(generator, 400), n, bar, direction, true)
                      for _ in range(10)])  # fmt: skip
    found, by_chance = frequency(rating(shares), n, bar, direction, reps=120)
    assert stated == pytest.approx(found, abs=by_chance + SCALING)


def planned(record: Interval, n: int, bar: float, direction: str, true: float) -> float:
    sized = resized(record, n, clusters=None, confidence=CONFIDENCE)
    chance = chance_to_show(moved(sized, true), bar, direction=direction, true=true)
    assert chance is not None
    return chance


def test_of_a_table_the_chance_follows_from_the_width_of_a_record() -> None:
    shares = np.array([0.42, 0.08, 0.05, 0.45])

    def draw(generator: np.random.Generator, n: int) -> Interval:
        joint = generator.choice(4, size=n, p=shares)
        cells, counts = table_cells(joint // 2, joint % 2, 2)
        return table_interval(
            cells, counts, lambda sums: f1(sums, average="macro"), confidence=CONFIDENCE
        )

    cells, _ = table_cells(np.array([0]), np.array([0]), 2)
    true = float(f1((shares @ cells)[None, :], average="macro")[0])
    generator = np.random.default_rng(5)
    stated = np.mean([planned(draw(generator, 300), 600, 0.84, "above", true) for _ in range(20)])
    found, by_chance = frequency(draw, 600, 0.84, "above", reps=200)
    assert stated == pytest.approx(found, abs=by_chance + SCALING)


def test_clusters_count_as_the_independent_examples_that_a_record_shows() -> None:
    def draw(generator: np.random.Generator, n: int) -> Interval:
        rates = generator.beta(9, 1, size=n // 10)
        outcomes = generator.random((n // 10, 10)) < rates[:, None]
        clusters = np.repeat(np.arange(n // 10), 10)
        return clustered_proportion_interval(outcomes.ravel(), clusters, confidence=CONFIDENCE)

    generator = np.random.default_rng(11)
    counts = [independent_examples(draw(generator, 600)) for _ in range(20)]
    now = math.floor(float(np.mean(counts)) * 1000 / 600)
    stated = chance_to_show(
        unmeasured_share(now, confidence=CONFIDENCE), 0.87, direction="above", true=0.9
    )
    found, by_chance = frequency(draw, 1000, 0.87, "above", reps=300)
    assert stated == pytest.approx(found, abs=by_chance)


def test_independent_examples_are_found_again() -> None:
    interval = proportion_interval(180, 200, confidence=CONFIDENCE)
    assert independent_examples(interval) == pytest.approx(200, rel=1e-4)
    perfect = proportion_interval(50, 50, confidence=CONFIDENCE)
    assert independent_examples(perfect) == pytest.approx(50, rel=1e-4)
    none = proportion_interval(0, 50, confidence=CONFIDENCE)
    assert independent_examples(none) == pytest.approx(50, rel=1e-4)


def test_at_worst_a_cluster_is_one_example_and_few_of_them_have_a_price() -> None:
    clusters = np.repeat(np.arange(10), 20)
    best, worst = independent_at_worst(clusters, confidence=CONFIDENCE)
    assert best == pytest.approx(10)
    assert worst < best
    outcomes = np.repeat(np.arange(10) < 7, 20)  # each cluster of one kind
    interval = clustered_proportion_interval(outcomes, clusters, confidence=CONFIDENCE)
    assert independent_examples(interval) >= worst - 1e-3


@pytest.mark.parametrize("n", [5, 29, 30, 200])
def test_no_interval_is_better_than_that_of_a_faultless_sample(n: int) -> None:
    best = best_bound(n, confidence=CONFIDENCE, direction="above", span=(0, 1))
    exact = proportion_interval(n, n, confidence=CONFIDENCE)
    assert best == pytest.approx(exact.low)
    mean = mean_interval(np.ones(n), confidence=CONFIDENCE, bounds=(0, 1))
    assert mean.low <= best + 1e-6
    clusters = np.repeat(np.arange(n), 3)
    by_cluster = mean_over_clusters_interval(
        np.ones(3 * n), clusters, confidence=CONFIDENCE, bounds=(0, 1)
    )
    assert by_cluster.low <= best + 1e-6
    least = best_bound(n, confidence=CONFIDENCE, direction="below", span=(-1, 1))
    low = mean_interval(-np.ones(n), confidence=CONFIDENCE, bounds=(-1, 1))
    assert low.high >= least - 1e-6


def test_widths_shrink_with_the_root_of_n_and_with_n_where_nothing_varied() -> None:
    varied = Interval(
        value=0.5, low=0.4, high=0.7, confidence=0.95, n=100, clusters=None, method="Dirichlet"
    )
    sized = resized(varied, 400, clusters=None, confidence=0.95)
    assert (sized.low, sized.high) == pytest.approx((0.45, 0.6))
    perfect = Interval(
        value=1.0, low=0.9, high=1.0, confidence=0.95, n=100, clusters=None, method="Dirichlet"
    )
    assert resized(perfect, 200, clusters=None, confidence=0.95).low == pytest.approx(0.95)
    surer = resized(varied, 100, clusters=None, confidence=0.99)
    assert surer.low == pytest.approx(0.5 - 0.1 * 2.3263 / 1.6449, abs=1e-3)


def test_a_value_at_the_smallest_shown_is_accepted_four_times_in_five() -> None:
    share = unmeasured_share(200, confidence=CONFIDENCE)
    record = mean_interval(
        np.random.default_rng(0).random(200), confidence=CONFIDENCE, bounds=(0, 1)
    )
    for interval in (share, record):
        value = smallest_shown(interval, 0.6, direction="above")
        assert value is not None
        chance = chance_to_show(interval, 0.6, direction="above", true=value)
        assert chance == pytest.approx(0.8, abs=1e-6)
