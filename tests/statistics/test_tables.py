import time

import numpy as np
import pytest

from pytest_accept.statistics import proportion_interval, table_interval
from tests.statistics.simulation import CONFIDENCE, error_rates

ACCURACY = np.array([[1.0, 1.0], [0.0, 1.0]])


def share(sums):
    return sums[:, 0] / sums[:, 1]


def confusion_rows(k: int) -> np.ndarray:
    """Cells (true, predicted) as rows of hits, true and predicted per class."""
    true, predicted = np.divmod(np.arange(k * k), k)
    eye = np.eye(k)
    return np.hstack([eye[true] * eye[predicted], eye[true], eye[predicted]])


def per_class(sums):
    k = sums.shape[1] // 3
    return sums[:, :k], sums[:, k : 2 * k], sums[:, 2 * k :]


def macro_f1(sums):
    hits, true, predicted = per_class(sums)
    return (2 * hits / np.maximum(true + predicted, 1e-300)).mean(axis=1)


def balanced_accuracy(sums):
    hits, true, _ = per_class(sums)
    present = true > 0
    return (hits / np.where(present, true, 1)).sum(axis=1) / present.sum(axis=1)


def mcc(sums):
    hits, true, predicted = per_class(sums)
    n = true.sum(axis=1)
    above = hits.sum(axis=1) * n - (true * predicted).sum(axis=1)
    below = np.sqrt((n**2 - (true**2).sum(axis=1)) * (n**2 - (predicted**2).sum(axis=1)))
    return np.where(below > 0, above / np.where(below > 0, below, 1), 0.0)


def table_of(balance: list[float], recalls: list[float]) -> np.ndarray:
    k = len(balance)
    table = np.array(
        [
            [b * r if i == j else b * (1 - r) / (k - 1) for j in range(k)]
            for i, (b, r) in enumerate(zip(balance, recalls, strict=True))
        ]
    )
    return table.ravel()


@pytest.mark.parametrize(("right", "n"), [(30, 30), (29, 30), (15, 30), (198, 200), (0, 30)])
def test_two_cells_are_clopper_pearson(right: int, n: int) -> None:
    found = table_interval(
        ACCURACY, [right, n - right], share, confidence=CONFIDENCE, resamples=20_000
    )
    exact = proportion_interval(right, n, confidence=CONFIDENCE)
    assert found.value == exact.value
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.006)


def test_same_seed_same_bounds() -> None:
    rows, counts = confusion_rows(3), [50, 3, 0, 2, 40, 1, 0, 0, 30]
    one, two, other = (
        table_interval(rows, counts, macro_f1, confidence=CONFIDENCE, seed=seed)
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one.low != other.low
    assert one.low == pytest.approx(other.low, abs=0.01)


def test_a_table_without_errors_is_not_certain() -> None:
    found = table_interval(
        confusion_rows(2), [30, 0, 0, 30], balanced_accuracy, confidence=CONFIDENCE
    )
    assert found.value == found.high == 1
    assert found.low == pytest.approx(0.95, abs=0.01)


def test_width_is_the_percentile_bootstraps_when_examples_are_many() -> None:
    counts = np.array([860, 40, 15, 85])
    rows = confusion_rows(2)
    generator = np.random.default_rng(0)
    resampled = macro_f1(generator.multinomial(1000, counts / 1000, size=20_000) @ rows)
    found = table_interval(rows, counts, macro_f1, confidence=CONFIDENCE)
    low, high = np.quantile(resampled, [0.05, 0.95])
    assert (found.value - found.low) / (found.value - low) == pytest.approx(1, abs=0.1)
    assert (found.high - found.value) / (high - found.value) == pytest.approx(1, abs=0.1)


def test_undefined_resamples_count_against_both_bounds() -> None:
    def recall_of_rare(sums):
        with np.errstate(invalid="ignore"):
            return sums[:, 0] / sums[:, 1]

    rows = [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    rare = table_interval(rows, [2, 0, 98], recall_of_rare, confidence=CONFIDENCE)
    known = table_interval(rows, [60, 0, 40], recall_of_rare, confidence=CONFIDENCE)
    assert rare.low < 0.3
    assert known.low > 0.93


def test_thousands_of_cells_take_a_moment() -> None:
    generator = np.random.default_rng(0)
    true = generator.integers(0, 60, 4000)
    predicted = np.where(generator.random(4000) < 0.9, true, generator.integers(0, 60, 4000))
    counts = np.bincount(true * 60 + predicted, minlength=3600)
    started = time.process_time()
    found = table_interval(confusion_rows(60), counts, macro_f1, confidence=CONFIDENCE)
    assert time.process_time() - started < 2
    assert 0.88 < found.low < found.value < found.high < 0.93


SETTINGS = {
    "50/50": ([0.5, 0.5], [0.95, 0.95]),
    "50/50 uneven": ([0.5, 0.5], [0.99, 0.85]),
    "50/50 good": ([0.5, 0.5], [0.99, 0.99]),
    "90/10": ([0.9, 0.1], [0.98, 0.8]),
    "three": ([1 / 3] * 3, [0.95] * 3),
    "four": ([0.25] * 4, [0.97] * 4),
}


METRICS = [macro_f1, balanced_accuracy, mcc]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "n", "metric"),
    [
        # Few examples are the hard case; of many, each setting has another of the metrics.
        *((setting, 30, metric) for setting in SETTINGS for metric in METRICS),
        *zip(SETTINGS, [60, 200] * 3, METRICS * 2, strict=True),
    ],
)
def test_bounds_are_honest(setting: str, n: int, metric) -> None:
    table = table_of(*SETTINGS[setting])
    rows = confusion_rows(len(SETTINGS[setting][0]))
    truth = float(metric(1e9 * table[None, :] @ rows)[0])

    def once(generator, seed):
        counts = generator.multinomial(n, table)
        return table_interval(
            rows,
            counts,
            metric,
            confidence=CONFIDENCE,
            seed=seed,
            resamples=500,
            bounds=(-1, 1),
        )

    rates = error_rates(once, truth, reps=150)
    assert rates.honest, rates
    if n == 200:
        assert rates.lower_width < 0.25


@pytest.mark.slow
def test_the_level_is_used() -> None:
    table = table_of([0.5, 0.5], [0.9, 0.9])
    rows = confusion_rows(2)

    def once(generator, seed):
        counts = generator.multinomial(200, table)
        return table_interval(
            rows, counts, macro_f1, confidence=CONFIDENCE, seed=seed, resamples=500
        )

    rates = error_rates(once, 0.9, reps=1500)
    assert rates.honest, rates
    assert rates.above > 0.025
    assert rates.below > 0.025


@pytest.mark.parametrize("counts", [[0, 0], [-1, 2], [1, 2, 3]])
def test_counts_must_make_a_table(counts) -> None:
    with pytest.raises(ValueError, match="Expected `counts` to be 2 counts of 0 or more"):
        table_interval(ACCURACY, counts, share, confidence=CONFIDENCE)


def test_an_undefined_metric_has_no_interval() -> None:
    with pytest.raises(ValueError, match="Expected `formula` to be finite on the observed table"):
        table_interval(
            ACCURACY, [1, 2], lambda sums: np.full(len(sums), np.nan), confidence=CONFIDENCE
        )
