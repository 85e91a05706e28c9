"""What a plan says of a criterion, from what is posed and what was measured before."""

import math
from dataclasses import replace

import pytest

from pytest_accept.planning.history import Past, find_all
from pytest_accept.planning.posed import PosedCriterion
from pytest_accept.planning.prospect import prospect
from pytest_accept.records import (
    Criterion,
    DataDescription,
    Estimate,
    ModelDescription,
    Record,
    Verdict,
)
from pytest_accept.statistics import proportion_interval

POSED = PosedCriterion(
    test="tests/test_it.py::test_one",
    metric="accuracy",
    options="",
    population="reviews",
    model="words",
    data="reviews",
    total=400,
    examples=400,
    n=400,
    bounded="share",
    span=(0, 1),
    bar=0.9,
    direction="above",
    confidence=0.95,
)
F1 = replace(POSED, metric="f1", bounded=None)
ESTIMATE = Estimate(
    metric="f1",
    value=0.93,
    low=0.91,
    high=0.945,
    confidence=0.95,
    n=400,
    method="tilted bootstrap",
    higher_is_better=True,
    population="reviews",
)


def judged(estimate: Estimate, *, test: str = POSED.test, bar: float = 0.9) -> Criterion:
    verdict = Verdict(
        status="accepted",
        estimate=estimate,
        bar=bar,
        direction="above",
        population=estimate.population,
    )
    return Criterion(test=test, outcome="passed", verdict=verdict, model=0, data=0, seconds=2.0)


def record(*criteria: Criterion) -> Record:
    return Record(
        started="2026-01-01T00:00:00+00:00",
        seconds=5.0,
        exit_status=0,
        environment=None,
        settings={},
        models=(ModelDescription(name="words", source="", task="", labels=()),),
        data=(DataDescription(name="reviews", source="", fingerprint="", n=400, columns=()),),
        criteria=criteria,
    )


def past(estimate: Estimate) -> Past:
    return Past(judged(estimate), 400)


def test_twice_the_data_shows_what_is_nearer_to_the_bar() -> None:
    one = prospect(F1, past(ESTIMATE), None)
    two = prospect(replace(F1, n=1600, examples=1600, total=1600), past(ESTIMATE), None)
    assert one.basis == two.basis == "spread"
    assert one.accepted_from is not None
    assert two.accepted_from is not None
    assert two.accepted_from - 0.9 == pytest.approx((one.accepted_from - 0.9) / 2, rel=0.05)
    assert (one.seconds, two.seconds) == (2.0, 8.0)
    assert one.accepts is not None
    assert two.accepts is not None
    assert 0.75 < one.accepts < two.accepts
    assert one.needed is not None
    assert two.needed == pytest.approx(one.needed, abs=1)


@pytest.mark.parametrize("method", ["tilted bootstrap", "Dirichlet", "placement values"])
def test_values_vary_more_the_farther_a_bar_is_from_the_end_of_the_range(method: str) -> None:
    # A width of 0.013 at 0.98 is one of 0.034 at 0.8: an earlier interval is not to be moved there.
    known = proportion_interval(392, 400, confidence=0.95)
    before = replace(ESTIMATE, value=known.value, low=known.low, high=known.high, method=method)
    found = prospect(replace(F1, bar=0.8), past(before), 0.85)
    share = prospect(replace(POSED, bar=0.8), None, 0.85)
    assert (found.basis, share.basis) == ("spread", "exact")
    for name in ("accepted_from", "rejected_from", "accepts", "rejects"):
        assert getattr(found, name) == pytest.approx(getattr(share, name), abs=0.01), name
    assert found.needed == pytest.approx(share.needed, rel=0.01)
    low, high = (2 * each - 1 for each in (known.low, known.high))
    before = replace(before, value=2 * known.value - 1, low=low, high=high)
    twice = prospect(replace(F1, bar=0.6, span=(-1, 1)), past(before), 0.7)
    assert twice.accepted_from is not None
    assert (1 + twice.accepted_from) / 2 == pytest.approx(found.accepted_from, abs=0.005)


def test_a_loss_that_is_worse_than_the_measured_one_is_known_less_well() -> None:
    before = replace(ESTIMATE, value=0.1, low=0.08, high=0.14)
    loss = replace(F1, metric="cross_entropy", span=(0, math.inf), direction="below")
    rejected = [
        prospect(replace(loss, bar=bar), past(before), None).rejected_from for bar in (0.1, 0.3)
    ]
    assert None not in rejected
    assert rejected[1] - 0.3 == pytest.approx(3 * (rejected[0] - 0.1))  # type: ignore[operator]
    accepted = prospect(replace(loss, bar=0.3), past(before), None).accepted_from
    assert accepted == pytest.approx(0.3 - 0.04 * 2.486 / 1.645, abs=1e-4)


def test_an_interval_that_is_open_tells_nothing() -> None:
    before = replace(ESTIMATE, low=0.0, high=1.0)
    assert prospect(F1, past(before), None).accepted_from is None
    few = replace(F1, clusters=4, independent=(4.0, 3.0))
    clustered = replace(ESTIMATE, method="Dirichlet, clustered", clusters=40)
    assert prospect(few, past(clustered), None).accepted_from is None


def test_a_given_value_is_true_rather_than_the_measured_one() -> None:
    found = prospect(F1, past(ESTIMATE), 0.88)
    assert (found.true, found.given) == (0.88, True)
    assert found.accepts is not None
    assert found.rejects is not None
    assert found.accepts < 0.01 < found.rejects
    assert prospect(F1, past(ESTIMATE), None).true == 0.93


def test_without_a_record_only_what_has_a_known_law_is_planned() -> None:
    assert prospect(F1, None, 0.95).decides == "unknown"
    mean = prospect(replace(POSED, bounded="mean"), None, 0.95)
    share = prospect(POSED, None, 0.95)
    assert (mean.basis, share.basis) == ("worst", "exact")
    assert mean.accepted_from == share.accepted_from  # of values at both ends it is a share
    gap = prospect(replace(POSED, bounded="mean", span=(-1, 1), bar=0.1), None, None)
    assert gap.accepted_from is not None
    assert gap.accepted_from > 0.1


@pytest.mark.parametrize(
    ("posed", "decides", "reason"),
    [
        (replace(POSED, n=20), "no", "even without a fault, 20 examples show no more than 0.8609"),
        (replace(POSED, n=20, bar=0.05, direction="below"), "no", "show no less than 0.1391"),
        (replace(POSED, clusters=9, independent=(8.0, 7.0)), "perhaps", "each of one kind"),
        (replace(POSED, clusters=9, independent=(8.0, 7.0), by_cluster=True), "no", "9 clusters"),
        (replace(POSED, nothing="too few can be edited"), "no", "too few can be edited"),
        (replace(POSED, certain=True), "yes", "exactly these cases"),
        (replace(POSED, point=True), "yes", "a point estimate"),
        (replace(POSED, searched=True), "yes", "one counterexample rejects"),
        (replace(POSED, n=None, some="those that are right"), "unknown", "those that are right"),
        (replace(POSED, n=0), "no", ""),
    ],
)
def test_whether_data_decide(posed: PosedCriterion, decides: str, reason: str) -> None:
    found = prospect(posed, None, None)
    assert found.decides == decides
    assert reason in found.reason


def test_clusters_count_as_in_the_record() -> None:
    before = replace(ESTIMATE, metric="accuracy", low=0.89, method="Korn-Graubard", clusters=50)
    posed = replace(POSED, clusters=100, n=800, examples=800, independent=(100.0, 90.0))
    found = prospect(posed, past(before), None)
    alone = prospect(replace(posed, clusters=None, independent=None), None, 0.93)
    worst = prospect(posed, None, 0.93)
    assert found.basis == "spread"
    assert None not in (found.accepted_from, alone.accepted_from, worst.accepted_from)
    assert 0.9 < alone.accepted_from < found.accepted_from < worst.accepted_from  # type: ignore[operator]
    assert found.needed is not None
    assert alone.needed is not None
    assert found.needed > alone.needed


def test_how_many_examples_count_is_as_large_a_share_as_before() -> None:
    posed = replace(POSED, n=None, some="those that are right", total=800, examples=800)
    before = replace(ESTIMATE, metric="accuracy", n=300, method="Clopper-Pearson")
    assert prospect(posed, past(before), None).n == 600
    assert prospect(replace(posed, at_most=500), past(before), None).n == 500


def test_other_seeds_than_in_the_record_tell_nothing() -> None:
    seeds = replace(F1, seeds=5)
    assert prospect(seeds, past(replace(ESTIMATE, seeds=5)), None).basis == "spread"
    assert prospect(seeds, past(replace(ESTIMATE, seeds=3)), None).basis == "none"


def test_criteria_of_a_test_are_found_one_by_one() -> None:
    tweets = replace(ESTIMATE, population="reviews[source=tweets]")
    first, second = judged(ESTIMATE), judged(tweets)
    other = judged(replace(ESTIMATE, population="others"), test="test_two.py::test_two")
    known = record(second, first, other)
    asked = [
        F1,
        replace(F1, test="test_it.py::test_one", population=tweets.population),
        replace(F1, test="test_new.py::test_new", population="others"),
        replace(F1, direction="below"),
        F1,
    ]
    found = find_all(known, asked)
    assert [None if each is None else each.criterion for each in found] == [
        first, second, other, None, None,
    ]  # fmt: skip
    assert find_all(None, asked) == [None] * 5


def test_of_several_of_a_metric_in_other_tests_the_one_with_the_same_options_is_meant() -> None:
    shown = ("label=neg", "label=pos", "typos(), draws=3")
    known = [
        judged(replace(ESTIMATE, options=options), test="defaults.py::test_of_them")
        for options in shown
    ]
    asked = [replace(F1, options=options) for options in ("typos()", "label=none", "label=pos")]
    found = find_all(record(*known), asked)
    assert [each and each.criterion for each in found] == [known[2], None, known[1]]
