"""Bins of confidence against torchmetrics, and their limits."""

import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from pytest_accept.metrics.calibration import confidence_bins, reliability


def error(rows: list[tuple[int, float, float]]) -> float:
    n = sum(count for count, _, _ in rows)
    return sum(count / n * abs(right - sure) for count, sure, right in rows)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_equal_width_gives_the_error_of_torchmetrics(bins: int) -> None:
    random = np.random.default_rng(bins)
    probabilities = random.dirichlet([0.5] * 3, 400)
    labels = random.integers(0, 3, 400)
    confidences = probabilities.max(axis=1)
    correct = (probabilities.argmax(axis=1) == labels).astype(float)
    binned = confidence_bins(confidences, bins=bins, binning="equal_width")
    ours = error(reliability(confidences, correct, binned))
    theirs = multiclass_calibration_error(
        torch.tensor(probabilities), torch.tensor(labels), num_classes=3, n_bins=bins
    )
    assert ours == pytest.approx(float(theirs), abs=1e-6), "torchmetrics adds up in float32"
    gaps = [
        abs(
            (correct - confidences)[
                (confidences > low / bins) & (confidences <= (low + 1) / bins)
            ].sum()
        )
        for low in range(bins)
    ]
    assert ours == pytest.approx(sum(gaps) / 400, abs=1e-9)


def test_equal_mass_bins_hold_equally_many() -> None:
    confidences = np.random.default_rng(0).random(1000)
    counts = np.bincount(confidence_bins(confidences, bins=10, binning="equal_mass"))
    assert counts.tolist() == [100] * 10


def test_equal_confidences_are_never_split() -> None:
    confidences = np.array([0.5] * 90 + [0.9] * 10)
    binned = confidence_bins(confidences, bins=10, binning="equal_mass")
    assert len(set(binned[:90])) == len(set(binned[90:])) == 1


def test_the_edges_of_equal_width_belong_to_the_lower_bin() -> None:
    binned = confidence_bins(np.array([0.0, 0.1, 0.11, 1.0]), bins=10, binning="equal_width")
    assert binned.tolist() == [0, 0, 1, 9]
