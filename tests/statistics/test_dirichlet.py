import numpy as np
import pytest
from scipy import stats

from pytest_accept.statistics.dirichlet import dirichlet_quantile


@pytest.mark.parametrize(("k", "n"), [(0, 30), (1, 30), (15, 30), (29, 30), (3, 200), (0, 1)])
@pytest.mark.parametrize("tail", [0.05, 0.01])
def test_two_points_are_a_beta_law(k: int, n: int, tail: float) -> None:
    points = np.repeat([1.0, 0.0], [k + 1, n - k])
    found = dirichlet_quantile(points, np.ones(n + 1), tail)
    assert found == pytest.approx(stats.beta.isf(tail, k + 1, n - k), rel=0.005)


def test_weights_are_fractional_examples() -> None:
    found = dirichlet_quantile(np.array([1.0, 0.0]), np.array([3.5, 20.25]), 0.05)
    assert found == pytest.approx(stats.beta.isf(0.05, 3.5, 20.25), rel=0.005)


def test_the_tail_is_that_of_drawn_weights() -> None:
    generator = np.random.default_rng(0)
    points = generator.exponential(size=100) ** 2
    drawn = generator.exponential(size=(40_000, 100))
    means = drawn @ points / drawn.sum(axis=1)
    found = dirichlet_quantile(points, np.ones(100), 0.05)
    assert np.mean(means > found) == pytest.approx(0.05, abs=0.005)


def test_equal_points_have_one_mean() -> None:
    assert dirichlet_quantile(np.full(5, 0.3), np.ones(5), 0.05) == 0.3


@pytest.mark.slow
def test_a_lone_outlier_among_nearly_equal_points_is_no_trouble() -> None:
    """The two terms of the approximation underflow far out in the tail."""
    generator = np.random.default_rng(1)
    for _ in range(300):
        losses = np.append(np.exp(-generator.normal(5, 0.7, size=200)), generator.uniform(3, 6, 2))
        points = np.append(-losses, 0.0)
        found = dirichlet_quantile(points, np.ones(len(points)), 0.05)
        assert points.mean() < found < 0
