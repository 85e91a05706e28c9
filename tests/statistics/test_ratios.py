import math

import numpy as np
import pytest

from pytest_accept.statistics import needed_examples, proportion_interval
from pytest_accept.statistics.ratios import ratio_interval
from tests.statistics.simulation import CONFIDENCE, error_rates

RATES = {
    "normal": lambda generator, n: np.clip(generator.normal(3.5, 0.5, n), 0.1, None),
    "gamma": lambda generator, n: generator.gamma(4, 3.5 / 4, n),
    "lognormal": lambda generator, n: generator.lognormal(1, 1, n),
    "garbled": lambda generator, n: np.where(
        generator.random(n) < 0.02, 12.0, generator.normal(3.5, 0.4, n)
    ),
}


def documents(generator, n: int, rates: str, spread: float, *, short: float = 0.0):
    """Losses and lengths: log-normal lengths of this spread; short documents may cost more."""
    lengths = np.maximum(np.exp(generator.normal(5, spread, n)), 1)
    per_token = RATES[rates](generator, n) * (1 + short * np.minimum(1, 10 / lengths))
    return per_token * lengths, lengths


def truth_of(rates: str, spread: float, short: float = 0.0) -> float:
    losses, lengths = documents(np.random.default_rng(99), 2_000_000, rates, spread, short=short)
    return float(losses.sum() / lengths.sum())


def simulated(n: int, rates: str, spread: float, *, short: float = 0.0, reps: int = 150):
    def once(generator, _):
        losses, lengths = documents(generator, n, rates, spread, short=short)
        return ratio_interval(losses, lengths, confidence=CONFIDENCE)

    return error_rates(once, truth_of(rates, spread, short), reps=reps)


def test_the_value_is_a_ratio_of_sums_and_the_bounds_are_of_dirichlet_weights() -> None:
    generator = np.random.default_rng(0)
    losses, lengths = documents(generator, 20, "gamma", 1.0)
    found = ratio_interval(losses, lengths, confidence=CONFIDENCE)
    assert found.value == pytest.approx(losses.sum() / lengths.sum())
    length = (lengths**2).sum() / lengths.sum()
    shrunk = (losses / lengths - found.value) * lengths / (lengths + 0.05 * length)
    reach = 2.0930 * np.sqrt((shrunk**2).sum() / 19)  # 97.5 % of t with 19 degrees of freedom
    weights = generator.standard_exponential((200_000, 21))
    for extreme, end, share in [
        (found.value + shrunk.max() + reach, found.high, CONFIDENCE),
        (max(found.value + shrunk.min() - reach, 0), found.low, 1 - CONFIDENCE),
    ]:
        tops = weights @ np.append(losses, extreme * length)
        drawn = tops / (weights @ np.append(lengths, length))
        assert end == pytest.approx(np.quantile(drawn, share), rel=0.01)


def test_many_documents_have_the_delta_methods_interval() -> None:
    losses, lengths = documents(np.random.default_rng(0), 5000, "normal", 0.5)
    found = ratio_interval(losses, lengths, confidence=CONFIDENCE)
    residuals = losses - found.value * lengths
    half = 1.645 * residuals.std() / math.sqrt(5000) / lengths.mean()
    assert found.high - found.value == pytest.approx(half, rel=0.06)
    assert found.value - found.low == pytest.approx(half, rel=0.06)


def test_scales_do_not_matter() -> None:
    losses, lengths = documents(np.random.default_rng(1), 12, "gamma", 1.0)
    found = ratio_interval(losses, lengths, confidence=CONFIDENCE)
    scaled = ratio_interval(losses * 1e6, lengths * 1e3, confidence=CONFIDENCE)
    assert scaled.high == pytest.approx(1e3 * found.high, rel=1e-6)
    assert scaled.low == pytest.approx(1e3 * found.low, rel=1e-6)


def test_a_share_is_no_surer_than_clopper_and_pearson() -> None:
    values = np.repeat([1.0, 0.0], [3, 57])
    found = ratio_interval(values, np.ones(60), confidence=CONFIDENCE, bounds=(0, 1))
    exact = proportion_interval(3, 60, confidence=CONFIDENCE)
    # The unseen one is near the ends, not at them: it is for losses, which have no ends.
    assert found.low == pytest.approx(exact.low, rel=0.05)
    assert found.high == pytest.approx(exact.high, rel=0.05)


def test_documents_of_a_cluster_are_one() -> None:
    losses, lengths = documents(np.random.default_rng(2), 40, "normal", 1.0)
    books = np.repeat([f"book {i}" for i in range(8)], 5)
    found = ratio_interval(losses, lengths, confidence=CONFIDENCE, clusters=books)
    joined = ratio_interval(
        losses.reshape(8, 5).sum(axis=1), lengths.reshape(8, 5).sum(axis=1), confidence=CONFIDENCE
    )
    assert (found.n, found.clusters) == (40, 8)
    assert (found.low, found.high) == (joined.low, joined.high)


@pytest.mark.parametrize("losses", [[3.0, 4.0, 5.0, 6.0], [2.0] * 50])
def test_what_is_not_known_is_not_bounded(losses: list[float]) -> None:
    found = ratio_interval(losses, np.ones(len(losses)), confidence=CONFIDENCE)
    assert (found.low, found.high) == (0, math.inf)
    assert needed_examples(found, 7.0) is None
    one = ratio_interval(
        losses, np.ones(len(losses)), confidence=CONFIDENCE, clusters=[0] * len(losses)
    )
    assert (one.low, one.high, one.clusters) == (0, math.inf, 1)


def test_the_bounds_stay_in_range() -> None:
    found = ratio_interval([1.0] * 9 + [0.9], np.ones(10), confidence=CONFIDENCE, bounds=(0, 1))
    assert found.low < found.value < found.high <= 1
    nothing = ratio_interval([0.0] * 9 + [0.5], np.ones(10), confidence=CONFIDENCE)
    assert 0 <= nothing.low < nothing.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "rates", "spread", "short"),
    [
        (5, "normal", 1.5, 0),
        (5, "gamma", 0.0, 0),
        (20, "lognormal", 1.0, 0),
        (50, "gamma", 1.5, 2),
    ],
)
def test_bounds_of_a_loss_per_token_are_honest(
    n: int, rates: str, spread: float, short: float
) -> None:
    found = simulated(n, rates, spread, short=short)
    assert found.honest, found


@pytest.mark.slow
def test_five_hundred_documents_are_precise() -> None:
    found = simulated(500, "garbled", 1.0, reps=60)
    assert found.honest, found
    assert found.upper_width < 0.3


@pytest.mark.slow
def test_the_docstring_says_where_it_errs() -> None:
    """Not a wish but facts: what was never seen cannot be measured."""
    assert 0.08 < simulated(5, "lognormal", 0.0).below < 0.22
    assert 0.06 < simulated(100, "garbled", 0.0).below < 0.22


def test_bad_sums_are_named() -> None:
    with pytest.raises(ValueError, match="`denominators` to be larger than 0, but got 0.0"):
        ratio_interval([1.0], [0.0], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="`denominators` to be as long as the numerators, 2"):
        ratio_interval([1.0, 2.0], [1.0], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="`numerators` to be finite numbers, but got nan"):
        ratio_interval([math.nan], [1.0], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="between 0 and inf, but got -1"):
        ratio_interval([-1.0], [1.0], confidence=CONFIDENCE)
