import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import binary_calibration_error

from pytest_accept.statistics import calibration_error_interval
from tests.statistics.simulation import CONFIDENCE, error_rates


def binned(confidences: np.ndarray, bins: int) -> np.ndarray:
    return np.minimum((confidences * bins).astype(int), bins - 1)


def population(shape: str) -> np.ndarray:
    generator = np.random.default_rng(7)
    if shape == "flat":
        return generator.uniform(0.5, 1, size=200_000)
    return 1 - np.exp(-generator.uniform(2, 9, size=200_000))


def true_rates(confidences: np.ndarray, gap: float | str) -> np.ndarray:
    if gap == "temperature":
        return 1 / (1 + np.sqrt((1 - confidences) / confidences))
    return np.clip(confidences - float(gap), 0, 1)


@pytest.mark.parametrize("bins", [10, 15])
def test_value_is_torchmetrics(bins: int) -> None:
    generator = np.random.default_rng(0)
    scores = generator.random(500)
    labels = (generator.random(500) < scores**2).astype(float)
    found, _ = calibration_error_interval(
        scores, labels, binned(scores, bins), confidence=CONFIDENCE
    )
    expected = binary_calibration_error(
        torch.tensor(scores), torch.tensor(labels).long(), n_bins=bins, norm="l1"
    )
    assert found.value == pytest.approx(float(expected), abs=1e-6)


def test_what_a_calibrated_model_would_measure_is_one_bins_mean_deviation() -> None:
    n = 400
    _, calibrated = calibration_error_interval(
        np.full(n, 0.8), np.ones(n), np.zeros(n, int), confidence=CONFIDENCE, resamples=20_000
    )
    assert calibrated == pytest.approx(np.sqrt(2 / np.pi * 0.16 / n), rel=0.03)


def test_all_correct_is_not_certain() -> None:
    confidences = np.full(50, 0.99)
    found, _ = calibration_error_interval(
        confidences, np.ones(50), np.zeros(50, int), confidence=CONFIDENCE
    )
    assert found.value == pytest.approx(0.01)
    assert found.low == 0
    assert 0.04 < found.high < 0.1


def test_clusters_widen_the_bounds() -> None:
    generator = np.random.default_rng(0)
    confidences = np.repeat(generator.uniform(0.5, 1, 100), 10)
    correct = np.repeat(generator.random(100) < confidences[::10] - 0.2, 10).astype(float)
    arguments = (confidences, correct, binned(confidences, 10))
    alone, _ = calibration_error_interval(*arguments, confidence=CONFIDENCE)
    together, _ = calibration_error_interval(
        *arguments, confidence=CONFIDENCE, clusters=np.repeat(np.arange(100), 10)
    )
    assert together.value == alone.value
    assert together.low < alone.low
    assert together.high > alone.high
    assert together.clusters == 100


def rates_of(shape: str, gap: float | str, n: int, bins: int, *, reps: int):
    confidences = population(shape)
    names = binned(confidences, bins)
    rates = true_rates(confidences, gap)
    truth = float(np.abs(np.bincount(names, weights=rates - confidences)).sum()) / len(names)

    def once(generator, seed):
        chosen = generator.integers(0, len(confidences), n)
        correct = (generator.random(n) < rates[chosen]).astype(float)
        interval, _ = calibration_error_interval(
            confidences[chosen],
            correct,
            names[chosen],
            confidence=CONFIDENCE,
            seed=seed,
            resamples=400,
        )
        return interval

    return error_rates(once, truth, reps=reps), truth


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["flat", "sure"])
@pytest.mark.parametrize("gap", [0, 0.05, 0.15, -0.03, "temperature"])
@pytest.mark.parametrize(("n", "bins"), [(30, 10), (200, 15), (2000, 15)])
def test_bounds_are_honest(shape: str, gap: float | str, n: int, bins: int) -> None:
    rates, truth = rates_of(shape, gap, n, bins, reps=150 if n < 2000 else 60)
    assert rates.honest, rates
    if n == 2000:
        assert rates.upper_width < 0.04
        assert truth < 0.1 or rates.lower_width < 0.05


@pytest.mark.slow
def test_a_calibrated_model_is_rejected_as_often_as_the_level_says() -> None:
    rates, _ = rates_of("flat", 0, 200, 10, reps=600)
    assert rates.honest, rates
    assert rates.above > 0.01


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="correct and bins"):
        calibration_error_interval([0.5], [1, 0], [0], confidence=CONFIDENCE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration_error_interval([1.5], [1], [0], confidence=CONFIDENCE)
