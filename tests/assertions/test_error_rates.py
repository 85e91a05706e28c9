"""The interval that `cross_entropy` really uses, for models that are surer than they may be."""

import numpy as np
import pytest

import pytest_accept as pa


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 20, 60, 200])
@pytest.mark.parametrize(
    ("says", "right"), [(0.99, 0.8), (0.999, 0.97), (0.9999, 0.99), (0.9, 0.9)]
)
def test_cross_entropy_at_the_bar_is_accepted_at_most_as_often_as_said(
    says: float, right: float, n: int
) -> None:
    random = np.random.default_rng(0)
    truth = right * -np.log(says) + (1 - right) * -np.log(1 - says)
    predictions = pa.load_predictions([[says, 1 - says]] * n, labels=["neg", "pos"])
    accepted, repetitions = 0, 300
    for _ in range(repetitions):
        wrong = random.random(n) >= right
        rows = [{"text": str(i), "label": "pos" if w else "neg"} for i, w in enumerate(wrong)]
        accepted += pa.cross_entropy(predictions, pa.load_data(rows)).high < truth
    assert accepted / repetitions <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repetitions)
