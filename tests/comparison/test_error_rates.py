"""How often records of two models that do not differ are said to differ."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.comparison import compare
from pytest_accept.statistics import Interval
from tests.comparison.made import record
from tests.statistics.simulation import error_rates

METRICS = [pa.accuracy, pa.f1, pa.cross_entropy]


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)
def test_a_bound_errs_as_rarely_as_it_says(metric: object) -> None:
    """Both models make the same mistakes on average, on examples of which many are shared."""
    n = 150
    rows = [{"text": f"text {i}", "label": ["neg", "pos"][i % 2]} for i in range(n)]
    data = pa.load_data(rows, name="reviews")
    truth = np.eye(2)[np.arange(n) % 2]

    def interval(generator: np.random.Generator, _: int) -> Interval:
        shared = generator.normal(size=n)
        runs = []
        for name in ("old", "new"):
            margin = 1.2 + 0.8 * shared + 0.6 * generator.normal(size=n)
            right = 1 / (1 + np.exp(-margin))[:, None]
            said = truth * right + (1 - truth) * (1 - right)
            predictions = pa.load_predictions(said, labels=["neg", "pos"], name=name)
            runs.append((f"{name}.json", record(metric(predictions, data))))
        found = compare(runs).lines[0].overall.paired
        assert found is not None
        return Interval(
            value=found.value,
            low=found.low,
            high=found.high,
            confidence=found.confidence,
            n=found.n,
            clusters=None,
            method=found.method,
        )

    assert error_rates(interval, 0.0, reps=120).honest
