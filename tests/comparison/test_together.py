"""Changes that hold together: the confidence of many of them, over criteria and over steps."""

import functools

import numpy as np
import pytest
from scipy import stats

import pytest_accept as pa
from pytest_accept.comparison import Comparison, compare
from pytest_accept.comparison.cells import legend
from pytest_accept.comparison.pairing import Pair, pair
from pytest_accept.matching import matched
from pytest_accept.statistics import paired_proportion_interval
from tests.comparison.made import record

N = 300


def run(name: str, wrong: np.ndarray, metric: functools.partial) -> pa.records.Record:
    """Return the Record of a model that is wrong where it is said so."""
    truth = np.arange(N) % 2
    rows = [{"text": f"text {i}", "label": "np"[truth[i]], "by": i // 5} for i in range(N)]
    data = pa.load_data(rows, name="reviews")
    said = np.where(wrong, 1 - truth, truth)
    probabilities = np.eye(2)[said] * 0.8 + 0.1
    return record(metric(pa.load_predictions(probabilities, labels=["n", "p"], name=name), data))


def of_two(metric: functools.partial) -> Pair:
    random = np.random.default_rng(4)
    runs = [run(name, random.random(N) < share, metric) for name, share in (("a", 0.1), ("b", 0.2))]
    (line,) = matched(runs)
    old, new = line.runs
    assert old is not None
    assert new is not None
    found = pair(old, new)
    assert isinstance(found, Pair)
    return found


@pytest.mark.parametrize("cluster", [None, "by"])
def test_what_is_drawn_is_as_wide_as_many_criteria_need(cluster: str | None) -> None:
    """Of 2,000 resamples the 0.9999 quantile is that of 0.9995: a tenth too narrow."""
    both = of_two(functools.partial(pa.f1, cluster=cluster))
    alone, together = both.measured(0.95), both.measured(0.95, among=500)
    growth = stats.norm.ppf(1 - 0.05 / 500) / stats.norm.ppf(0.95)
    for side in ("low", "high"):
        margins = [abs(getattr(each, side) - each.value) for each in (alone, together)]
        assert growth * 0.999 <= margins[1] / margins[0] <= growth * 1.1


def test_what_is_computed_is_computed_there() -> None:
    both = of_two(functools.partial(pa.accuracy))
    right = [each.added.values == 1 for each in (both.both.new, both.both.old)]
    assert both.measured(0.95, among=500) == paired_proportion_interval(*right, confidence=0.9999)


def over(*losses: int) -> Comparison:
    """Compare runs of which each gets so many examples wrong that the first one does not."""
    names = [f"run{place}" for place in range(len(losses))]
    runs = [
        run(name, np.arange(N) < lost, functools.partial(pa.accuracy))
        for name, lost in zip(names, losses, strict=True)
    ]
    return compare(list(zip(names, runs, strict=True)))


def test_each_step_and_the_whole_count_as_compared() -> None:
    """Five losses have chance 1/32, six 1/64: three changes together need less than 1/60."""
    two, three = (over(*losses).lines[0] for losses in ((0, 5), (0, 5, 6)))
    assert two.steps == (two.overall,)
    changes = [each.paired for each in (two.overall, *three.steps, three.overall)]
    shown = [None if each is None else each.shown for each in changes]
    assert shown == ["worse", "perhaps worse", "", "worse"]


def test_the_legend_counts_what_holds_together() -> None:
    two, three = over(0, 5), over(0, 5, 6)
    assert "hold for all 1 compared together" in legend(two)[0]
    assert "all 3 changes together: 1 from the first run to the last and 2 of" in legend(three)[0]
