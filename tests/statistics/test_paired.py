import functools

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats import contingency_tables

from pytest_accept.statistics import (
    Interval,
    mcnemar,
    paired_interval,
    paired_proportion_interval,
    proportion_interval,
)
from tests.statistics.simulation import CONFIDENCE, Rates, error_rates

COUNTS = [(0, 0, 5), (1, 0, 30), (0, 7, 3), (3, 12, 200), (12, 3, 0), (40, 40, 1000), (5, 0, 0)]


def outcomes(lost: int, gained: int, kept: int) -> tuple[np.ndarray, np.ndarray]:
    """New and old: whether each is right; half of the kept are right for both."""
    right = np.arange(kept) % 2 == 0
    new = np.concatenate([np.zeros(lost, bool), np.ones(gained, bool), right])
    return new, np.concatenate([np.ones(lost, bool), np.zeros(gained, bool), right])


@functools.cache
def bounds(lost: int, gained: int, n: int) -> tuple[float, float]:
    found = paired_proportion_interval(
        *outcomes(lost, gained, n - lost - gained), confidence=CONFIDENCE
    )
    return found.low, found.high


@pytest.mark.parametrize(("lost", "gained", "kept"), COUNTS)
def test_mcnemar_is_that_of_statsmodels(lost: int, gained: int, kept: int) -> None:
    found = mcnemar(*outcomes(lost, gained, kept))
    theirs = contingency_tables.mcnemar([[kept, lost], [gained, 0]], exact=True).pvalue
    assert (found.gained, found.lost) == (gained, lost)
    assert found.p_value == pytest.approx(min(1.0, theirs))


def test_at_margin_0_it_decides_as_the_one_sided_exact_test() -> None:
    for lost in range(17):
        for gained in range(17 - lost):
            low, high = bounds(lost, gained, 20)
            changed = lost + gained
            fewer = stats.binomtest(lost, changed, alternative="less").pvalue if changed else 1
            more = stats.binomtest(lost, changed, alternative="greater").pvalue if changed else 1
            assert (high <= 0) == (fewer <= 0.05), (lost, gained)
            assert (low >= 0 and more <= 0.05) or (low < 0 and more > 0.05), (lost, gained)


@pytest.mark.parametrize(("lost", "n"), [(0, 30), (3, 30), (30, 30), (12, 3000)])
def test_without_gains_it_is_the_bound_of_a_proportion(lost: int, n: int) -> None:
    whole = proportion_interval(lost, n, confidence=CONFIDENCE)
    assert bounds(lost, 0, n)[1] == pytest.approx(whole.high, abs=1e-9)


@pytest.mark.parametrize(("lost", "gained", "n"), [(3, 5, 60), (11, 5, 1000), (1, 30, 31)])
def test_it_is_a_quantile_of_a_dirichlet_law(lost: int, gained: int, n: int) -> None:
    drawn = np.random.default_rng(0).dirichlet(
        (lost + 1, gained, n - lost - gained or 1e-9), 200_000
    )
    drops = drawn[:, 0] - drawn[:, 1]
    error = 4 * np.sqrt(0.05 * 0.95 / len(drops))
    assert float((drops > bounds(lost, gained, n)[1]).mean()) == pytest.approx(0.05, abs=error)


def test_the_two_bounds_are_mirrors() -> None:
    low, high = bounds(3, 9, 100)
    assert (-high, -low) == bounds(9, 3, 100)
    assert low < -0.06 < high < 0.01


def test_more_examples_tell_more() -> None:
    assert bounds(0, 0, 300)[1] > bounds(0, 0, 3000)[1] > 0


@pytest.mark.parametrize(
    ("new", "old", "what"),
    [
        ([1, 0], [True, False], "new_right"),
        ([True], [[False]], "old_right"),
        ([True], [True, False], "old_right"),
        ([], [], "new_right"),
    ],
)
def test_bad_outcomes(new: list, old: list, what: str) -> None:
    with pytest.raises(ValueError, match=f"`{what}`"):
        mcnemar(new, old)


def simulated(n: int, changed: float, drop: float, *, reps: int) -> Rates:
    """Error rates of independent examples of which a share changes."""
    shares = ((changed + drop) / 2, (changed - drop) / 2, 1 - changed)
    drawn = np.random.default_rng(n).multinomial(n, shares, size=reps)
    found = np.array([bounds(int(lost), int(gained), n) for lost, gained, _ in drawn])
    return Rates(
        above=float((found[:, 0] > drop + 1e-12).mean()),
        below=float((found[:, 1] < drop - 1e-12).mean()),
        lower_width=0.0,
        upper_width=float(found[:, 1].mean() - drop),
        reps=reps,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "changed"),
    [(30, 0.1), (30, 0.4), (100, 0.02), (100, 0.4), (300, 0.1), (1000, 0.02), (3000, 0.002)],
)
def test_error_rates_of_the_drop(n: int, changed: float) -> None:
    for drop in (0.0, 0.01, 0.05, changed):
        if drop <= changed:
            assert simulated(n, changed, drop, reps=1000).honest, drop


@pytest.mark.slow
def test_no_error_rate_exceeds_the_promise() -> None:
    """Exactly, of every share lost and gained: no simulation."""
    n = 30
    pairs = [(lost, gained) for lost in range(n + 1) for gained in range(n + 1 - lost)]
    high = np.array([bounds(lost, gained, n)[1] for lost, gained in pairs])
    counts = np.array([(lost, gained, n - lost - gained) for lost, gained in pairs])
    for lost in np.linspace(0, 1, 21):
        for gained in np.linspace(0, 1 - lost, 11):
            kept = max(0.0, 1 - lost - gained)
            chances = stats.multinomial.pmf(counts, n, [lost, gained, kept])
            assert chances[high < lost - gained - 1e-9].sum() <= 0.05


@pytest.mark.slow
def test_a_model_that_is_not_worse_is_mostly_accepted() -> None:
    drawn = np.random.default_rng(3).multinomial(1000, (0.015, 0.015, 0.97), size=1000)
    high = np.array([bounds(int(lost), int(gained), 1000)[1] for lost, gained, _ in drawn])
    assert (high <= 0.02).mean() > 0.93  # Tango's score interval: 0.97, but it errs more often


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "size", "whole"), [(200, 5, 0.0), (400, 2, 0.01)])
def test_error_rates_of_the_drop_in_clusters(clusters: int, size: int, whole: float) -> None:
    """Some examples change by themselves, and some clusters are lost as a whole."""

    def interval(generator: np.random.Generator, _: int) -> Interval:
        codes = np.repeat(np.arange(clusters), generator.poisson(size - 1, clusters) + 1)
        chance = generator.random(len(codes))
        lost = (chance < 0.02) | (generator.random(clusters) < whole)[codes]
        gained = (chance > 0.98) & ~lost
        kept = generator.random(len(codes)) < 0.5
        return paired_proportion_interval(
            gained | (kept & ~lost),
            lost | (kept & ~gained),
            confidence=CONFIDENCE,
            clusters=codes,
        )

    lost = 0.02 + 0.98 * whole
    truth = lost - 0.02 * (1 - whole)
    assert error_rates(interval, truth, reps=300).honest


def f1(sums: np.ndarray) -> np.ndarray:
    """F1 of the positive class from (hits, true, predicted)."""
    return np.asarray(2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1e-300))


def cells() -> np.ndarray:
    """The eight cells (truth, old, new) as rows of (hits, true, predicted), old and new."""
    true, old, new = (np.arange(8) >> shift & 1 for shift in (2, 1, 0))
    return np.stack([true * old, true, old, true * new, true, new], axis=1).astype(float)


def test_a_formula_of_one_cell_is_the_drop_of_accuracy() -> None:
    rows = np.array([[1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1], [0, 1, 0, 1]], dtype=float)
    found = paired_interval(
        rows, [9, 3, 288, 0], lambda sums: sums[:, 0] / sums[:, 1], confidence=CONFIDENCE
    )
    low, high = bounds(9, 3, 300)
    assert found.value == pytest.approx(0.02)
    assert found.low == pytest.approx(low, abs=0.004)
    assert found.high == pytest.approx(high, abs=0.004)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "changed"), [(100, 0.2), (1000, 0.02)])
def test_error_rates_of_the_drop_of_f1(n: int, changed: float) -> None:
    # Of each truth: both right, only the old, only the new, none. The new model is the worse.
    shares = np.array([0.85 - changed / 2, 0.7 * changed, 0.3 * changed, 0.15 - changed / 2])
    joint = np.concatenate([0.7 * shares[[0, 1, 2, 3]], 0.3 * shares[[3, 2, 1, 0]]])
    rows = cells()
    sums = joint @ rows
    truth = float(f1(sums[None, :3])[0] - f1(sums[None, 3:])[0])

    def interval(generator: np.random.Generator, number: int) -> Interval:
        counts = generator.multinomial(n, joint)
        return paired_interval(rows, counts, f1, confidence=CONFIDENCE, seed=number)

    assert truth > 0
    assert error_rates(interval, truth, reps=400).honest
