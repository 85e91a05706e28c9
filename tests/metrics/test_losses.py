"""Losses against scikit-learn, and soft labels against the definition."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from pytest_accept.metrics import losses


def softmaxed(seed: int, n: int, k: int, scale: float = 3) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(size=(n, k)) * scale
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("k", [2, 3, 7])
@pytest.mark.parametrize("scale", [1, 30])
def test_cross_entropy_equals_log_loss(k: int, scale: float) -> None:
    probabilities = softmaxed(k, 200, k, scale)
    labels = np.random.default_rng(9).integers(0, k, 200)
    ours = losses.cross_entropy(probabilities, np.eye(k)[labels]).mean()
    assert ours == pytest.approx(log_loss(labels, probabilities, labels=range(k)), abs=1e-9)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_brier_score_equals_scikit_learn(k: int) -> None:
    probabilities = softmaxed(k, 200, k)
    labels = np.random.default_rng(9).integers(0, k, 200)
    ours = losses.brier_score(probabilities, np.eye(k)[labels]).mean()
    scores = probabilities if k > 2 else probabilities[:, 1]
    assert ours == pytest.approx(brier_score_loss(labels, scores, labels=range(k)), abs=1e-9)


def test_soft_labels_give_the_cross_entropy_of_distributions() -> None:
    p, q = softmaxed(1, 50, 3), softmaxed(2, 50, 3)
    assert losses.cross_entropy(p, q) == pytest.approx(-(q * np.log(p)).sum(axis=1), abs=1e-12)
    entropy = -(q * np.log(q)).sum(axis=1)
    assert (losses.cross_entropy(p, q) >= entropy - 1e-12).all(), "Gibbs' inequality"


def test_multi_label_is_the_mean_over_labels() -> None:
    p = np.random.default_rng(3).random((60, 4))
    y = (np.random.default_rng(4).random((60, 4)) < 0.5).astype(float)
    by_label = [log_loss(y[:, j], p[:, j], labels=[0, 1]) for j in range(4)]
    assert losses.cross_entropy(p, y, multi_label=True).mean() == pytest.approx(np.mean(by_label))
    by_label = [brier_score_loss(y[:, j], p[:, j]) for j in range(4)]
    assert losses.brier_score(p, y, multi_label=True).mean() == pytest.approx(np.mean(by_label))


def test_a_certain_mistake_costs_the_largest_loss() -> None:
    loss = losses.cross_entropy(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    assert loss == pytest.approx([losses.LARGEST_CROSS_ENTROPY])
    assert losses.brier_score(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) == pytest.approx([1])


def test_no_loss_is_beyond_its_range_by_rounding() -> None:
    rounded, targets = np.array([[1.0, 0.0005, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    assert losses.brier_score(rounded, targets).tolist() == [2.0]
