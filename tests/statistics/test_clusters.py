import numpy as np
import pytest

from pytest_accept.statistics import (
    clustered_interval,
    clustered_proportion_interval,
    ratio_interval,
)
from tests.statistics.simulation import CONFIDENCE, clustered_outcomes, error_rates
from tests.statistics.test_tables import (
    balanced_accuracy,
    confusion_rows,
    macro_f1,
    mcc,
    share,
    table_of,
)


def two_columns(outcomes):
    return np.column_stack([outcomes, np.ones(len(outcomes))])


@pytest.mark.parametrize("rate", [0.6, 0.9])
def test_a_share_has_korn_and_graubards_bounds(rate: float) -> None:
    outcomes, codes = clustered_outcomes(
        np.random.default_rng(1), clusters=40, rate=rate, effect=4, unequal=False
    )
    found = clustered_interval(
        two_columns(outcomes), codes, share, confidence=CONFIDENCE, resamples=40_000
    )
    exact = clustered_proportion_interval(outcomes, codes, confidence=CONFIDENCE)
    assert found.value == pytest.approx(exact.value)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.004)


def test_fewer_than_five_clusters_say_nothing() -> None:
    outcomes = two_columns(np.tile([1.0, 1, 0], 20))
    found = clustered_interval(outcomes, np.arange(60) % 4, share, confidence=CONFIDENCE)
    assert (found.low, found.high, found.clusters) == (0, 1, 4)


def test_without_errors_only_possible_ones_make_a_bound() -> None:
    rows, codes = two_columns(np.ones(200)), np.repeat(np.arange(20), 10)
    blind = clustered_interval(rows, codes, share, confidence=CONFIDENCE)
    assert (blind.low, blind.high) == (0, 1)
    found = clustered_interval(
        rows, codes, share, confidence=CONFIDENCE, possible=[[0.0, 1.0]], resamples=20_000
    )
    assert found.high == 1
    assert found.low == pytest.approx(0.05 ** (1 / 20), abs=0.01)


def test_documents_without_a_worst_loss_may_be_farther_out_than_any_seen() -> None:
    generator = np.random.default_rng(0)
    tokens = generator.lognormal(5, 0.7, size=12)
    losses = tokens * generator.normal(3, 0.3, size=12)
    rows = np.stack([losses, tokens], axis=1)
    seen, farther = (
        clustered_interval(
            rows, np.arange(12), share, confidence=CONFIDENCE, bounds=(0, np.inf), farther=far
        )
        for far in (False, True)
    )
    assert farther.low < seen.low < seen.high < farther.high
    ratio = ratio_interval(losses, tokens, confidence=CONFIDENCE)
    assert farther.high - farther.value == pytest.approx(ratio.high - ratio.value, rel=0.3)
    assert farther.value - farther.low == pytest.approx(ratio.value - ratio.low, rel=0.3)


@pytest.mark.slow
@pytest.mark.parametrize(("documents", "allowed"), [(10, 0.14), (40, 0.1)])
def test_a_skewed_rise_of_a_loss_is_seldom_overlooked(documents: int, allowed: float) -> None:
    """Rises are lognormal, so that few documents show too little: not 0.05, but not 0.2 either."""

    def rise(sums: np.ndarray) -> np.ndarray:
        return (sums[..., 0] - sums[..., 2]) / sums[..., 1]

    def once(generator: np.random.Generator, seed: int):
        tokens = generator.lognormal(5, 0.7, size=documents)
        before = tokens * generator.normal(3, 0.4, size=documents)
        after = before + tokens * generator.lognormal(0, 1, size=documents)
        rows = np.stack([after, tokens, before], axis=1)
        return clustered_interval(
            rows, np.arange(documents), rise, confidence=CONFIDENCE, bounds=(-np.inf, np.inf),
            resamples=1000, seed=seed, farther=True,
        )  # fmt: skip

    assert error_rates(once, float(np.exp(0.5)), reps=300).below <= allowed


def test_many_distinct_rows_are_judged_by_their_influence() -> None:
    generator = np.random.default_rng(0)
    rows = two_columns(generator.random(2500))
    codes = np.repeat(np.arange(50), 50)
    few = clustered_interval(np.round(rows, 3), codes, share, confidence=CONFIDENCE)
    many = clustered_interval(rows, codes, share, confidence=CONFIDENCE)
    assert (many.low, many.high) == pytest.approx((few.low, few.high), abs=0.003)


@pytest.mark.slow
@pytest.mark.parametrize("effect", [3, 5])
@pytest.mark.parametrize("clusters", [10, 20, 50])
@pytest.mark.parametrize("metric", [macro_f1, balanced_accuracy, mcc])
def test_bounds_are_honest(metric, clusters: int, effect: float) -> None:
    rows = confusion_rows(2)
    truth = float(metric(1e9 * table_of([0.5, 0.5], [0.9, 0.9])[None, :] @ rows)[0])

    def once(generator, seed):
        # Whether the model is right comes in clusters, and so does (mildly) what is asked.
        right, codes = clustered_outcomes(
            generator, clusters=clusters, rate=0.9, effect=effect, unequal=False
        )
        asked = generator.random(len(codes)) < generator.beta(5, 5, size=clusters)[codes]
        cells = 2 * asked + np.where(right > 0, asked, ~asked)
        return clustered_interval(
            rows[cells.astype(int)],
            codes,
            metric,
            confidence=CONFIDENCE,
            bounds=(-1, 1),
            seed=seed,
            resamples=400,
            possible=rows,
        )

    rates = error_rates(once, truth, reps=200)
    assert rates.honest, rates
    if clusters == 50:
        assert rates.lower_width < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("clusters", [10, 20])
def test_a_few_bad_clusters_are_not_overlooked(clusters: int) -> None:
    """Errors scattered thinly, and rarely a cluster in which nearly half is wrong."""
    rows, table = confusion_rows(2), table_of([0.5, 0.5], [0.95, 0.95])
    truth = float(macro_f1(1e9 * table[None, :] @ rows)[0])
    codes = np.repeat(np.arange(clusters), 20)

    def once(generator, seed):
        own = generator.choice(4, size=clusters, p=table)[codes]
        copied = generator.random(len(codes)) < np.sqrt(4 / 19)
        cells = np.where(copied, own, generator.choice(4, size=len(codes), p=table))
        return clustered_interval(
            rows[cells],
            codes,
            macro_f1,
            confidence=CONFIDENCE,
            seed=seed,
            resamples=400,
            possible=rows,
        )

    rates = error_rates(once, truth, reps=800)
    assert rates.honest, rates
    assert rates.lower_width < 0.25
