import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from pytest_accept.statistics import auc_interval
from tests.statistics.simulation import CONFIDENCE, error_rates


def scored(generator, n: int, area: float, share: float, law: str):
    positive = generator.random(n) < share
    positive[:2] = (True, False)
    scores = generator.normal(size=n)
    if law == "normal":
        scores += positive * np.sqrt(2) * stats.norm.ppf(area)
    elif law == "unequal":
        scores = scores * np.where(positive, 2, 1) + positive * np.sqrt(5) * stats.norm.ppf(area)
    else:
        # Some positives look exactly like negatives, the others are far away.
        scores += 50 * (positive & (generator.random(n) > 2 * (1 - area)))
    return scores[:, None], positive[:, None]


@pytest.mark.parametrize("digits", [1, 9])
def test_value_is_scikit_learns(digits: int) -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 300)
    scores = np.round(generator.random((300, 3)) + np.eye(3)[labels] / 2, digits)
    scores /= scores.sum(axis=1, keepdims=True)
    found = auc_interval(scores, np.eye(3)[labels] > 0, confidence=CONFIDENCE)
    expected = roc_auc_score(labels, scores, multi_class="ovr", average="macro")
    assert found.value == pytest.approx(expected, abs=1e-9)
    binary = auc_interval(scores[:, :1], labels[:, None] == 0, confidence=CONFIDENCE)
    assert binary.value == pytest.approx(roc_auc_score(labels == 0, scores[:, 0]), abs=1e-9)


def test_width_is_delongs_when_examples_are_many() -> None:
    scores, positive = scored(np.random.default_rng(0), 5000, 0.85, 0.5, "normal")
    found = auc_interval(scores, positive, confidence=CONFIDENCE)
    hits, misses = scores[positive], scores[~positive]
    wins = (hits[:, None] > misses[None, :]).astype(float)
    variance = wins.mean(axis=1).var(ddof=1) / len(hits) + wins.mean(axis=0).var(ddof=1) / len(
        misses
    )
    assert found.value - found.low == pytest.approx(1.645 * np.sqrt(variance), rel=0.05)


def test_a_perfect_ranking_is_not_certain() -> None:
    positive = np.repeat([True, False], [20, 80])[:, None]
    found = auc_interval(positive.astype(float), positive, confidence=CONFIDENCE)
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.05 ** (1 / 20))


def test_copies_do_not_narrow_the_interval() -> None:
    scores, positive = scored(np.random.default_rng(0), 60, 0.8, 0.5, "normal")
    once = auc_interval(scores, positive, confidence=CONFIDENCE)
    copied = auc_interval(
        np.repeat(scores, 30, axis=0),
        np.repeat(positive, 30, axis=0),
        confidence=CONFIDENCE,
        clusters=np.repeat(np.arange(60), 30),
    )
    assert copied.value == pytest.approx(once.value)
    assert copied.low == pytest.approx(once.low, abs=0.01)
    assert copied.clusters == 60


@pytest.mark.slow
@pytest.mark.parametrize("law", ["normal", "unequal", "mixed"])
@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize("area", [0.7, 0.9, 0.98])
def test_bounds_are_honest(law: str, n: int, share: float, area: float) -> None:
    def once(generator, _):
        return auc_interval(*scored(generator, n, area, share, law), confidence=CONFIDENCE)

    rates = error_rates(once, area, reps=500)
    assert rates.honest, rates
    if n == 200 and share == 0.5:
        assert rates.lower_width < 0.08


@pytest.mark.parametrize("clusters", [10, 40])
def test_clustered_bounds_are_honest(clusters: int) -> None:
    codes = np.repeat(np.arange(clusters), 10)

    def once(generator, _):
        positive = generator.random(len(codes)) < 0.5
        common = generator.normal(size=(clusters, 2))[codes]
        noise = 0.7 * np.where(positive, common[:, 0], common[:, 1])
        noise += np.sqrt(1 - 0.49) * generator.normal(size=len(codes))
        scores = noise + positive * np.sqrt(2) * stats.norm.ppf(0.85)
        return auc_interval(
            scores[:, None], positive[:, None], confidence=CONFIDENCE, clusters=codes
        )

    rates = error_rates(once, 0.85, reps=400)
    assert rates.honest, rates
    if clusters == 40:
        assert rates.lower_width < 0.15


def test_macro_bounds_are_honest() -> None:
    def once(generator, _):
        labels = generator.permutation(np.repeat([0, 1, 2], [80, 15, 5]))
        scores = generator.normal(size=(100, 3))
        scores += np.eye(3)[labels] * np.sqrt(2) * stats.norm.ppf(0.9)
        return auc_interval(scores, np.eye(3)[labels] > 0, confidence=CONFIDENCE)

    rates = error_rates(once, 0.9, reps=400)
    assert rates.honest, rates


def test_both_kinds_are_needed() -> None:
    with pytest.raises(ValueError, match="both kinds in every column"):
        auc_interval([[0.1], [0.2]], [[True], [True]], confidence=CONFIDENCE)
