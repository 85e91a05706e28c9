"""Scores of tokens, against scikit-learn, SciPy and plain enumeration."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, f1_score

from pytest_accept.metrics import attributions as metrics


def worlds(n: int = 60):
    """Yield relevant tokens, and scores of which some are tied."""
    random = np.random.default_rng(0)
    for _ in range(n):
        size = int(random.integers(2, 20))
        relevant = random.random(size) < 0.4
        relevant[random.integers(size)] = True
        yield relevant, random.normal(size=size).round(int(random.integers(0, 3)))


def test_average_precision_is_that_of_scikit_learn() -> None:
    for relevant, scores in worlds():
        ours = metrics.average_precision(relevant, scores)
        assert ours == pytest.approx(average_precision_score(relevant, scores), abs=1e-12)


def test_top_f1_is_that_of_scikit_learn_in_the_mean_over_orders_of_equal_scores() -> None:
    for relevant, scores in worlds():
        if len(scores) > 4:
            continue
        found = []
        for order in map(list, permutations(range(len(scores)))):
            top = np.zeros(len(scores), bool)
            top[np.array(order)[np.argsort(-scores[order], kind="stable")][: relevant.sum()]] = True
            found.append(f1_score(relevant, top, zero_division=0))
        assert metrics.top_f1(relevant, scores) == pytest.approx(np.mean(found))
    assert metrics.top_f1(np.arange(4) < 1, np.zeros(4)) == 0.25


@pytest.mark.parametrize(("size", "relevant"), [(1, 1), (4, 1), (4, 2), (5, 4)])
def test_chance_is_the_mean_over_all_orders(size: int, relevant: int) -> None:
    wanted = np.arange(size) < relevant
    found = [average_precision_score(wanted, order) for order in permutations(range(size))]
    assert metrics.chance_average_precision(size, relevant) == pytest.approx(np.mean(found))


def test_rank_correlation_is_that_of_scipy_and_0_without_a_ranking() -> None:
    for _, one in worlds(20):
        other = np.random.default_rng(len(one)).normal(size=len(one)).round(1)
        if np.ptp(one) and np.ptp(other):
            found = metrics.rank_correlation(one, other)
            assert found == pytest.approx(spearmanr(one, other).statistic)
    assert metrics.rank_correlation(np.ones(3), np.arange(3.0)) == 0


def test_fractions_are_rounded_up_and_leave_a_token() -> None:
    assert metrics.top_counts(100, (0.01, 0.07, 0.075, 0.999)) == [1, 7, 8, 99]
    assert metrics.top_counts(2, (0.01, 0.5, 0.9)) == [1, 1, 1]


def test_share_of_nothing_is_0() -> None:
    chosen = np.array([True, False, True])
    assert metrics.share_of(np.array([1.0, -2, -1]), chosen) == 0.5
    assert metrics.share_of(np.zeros(3), chosen) == 0


def test_rounding_stays_in_the_range() -> None:
    for size in range(2, 60):
        scores = np.random.default_rng(size).normal(size=size) / 3
        every = np.ones(size, bool)
        assert 1 - 1e-12 < metrics.rank_correlation(scores, scores) <= 1
        assert 1 - 1e-12 < -metrics.rank_correlation(scores, -scores) <= 1
        assert 1 - 1e-12 < metrics.share_of(scores, every) <= 1
        assert 1 - 1e-12 < metrics.average_precision(every, scores) <= 1
