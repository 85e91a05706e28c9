"""The rule of the verdict, and values that survive the wire."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_accept.records import Estimate, Training, TrainingStep, Verdict, decide

shares = st.floats(0, 1)


def estimate(low: float, high: float) -> Estimate:
    return Estimate(
        metric="accuracy", value=(low + high) / 2, low=low, high=high, confidence=0.95, n=10,
        method="test", higher_is_better=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "bar", "above", "below"),
    [
        (0.8, 0.9, 0.8, "accepted", "inconclusive"),
        (0.8, 0.9, 0.7, "accepted", "rejected"),
        (0.8, 0.9, 0.85, "inconclusive", "inconclusive"),
        (0.8, 0.9, 0.9, "inconclusive", "accepted"),
        (0.8, 0.9, 0.95, "rejected", "accepted"),
    ],
)
def test_the_rule(low: float, high: float, bar: float, above: str, below: str) -> None:
    assert decide(low, high, bar, "above") == above
    assert decide(low, high, bar, "below") == below
    measured = estimate(low, high)
    assert (measured >= bar).status == (measured > bar).status == above
    assert (measured <= bar).status == (measured < bar).status == below
    assert (bar <= measured).status == above


@given(st.tuples(shares, shares).map(sorted), shares)
def test_above_and_below_never_both_hold_of_an_interval(bounds: list[float], bar: float) -> None:
    low, high = bounds
    both = {decide(low, high, bar, "above"), decide(low, high, bar, "below")}
    assert both != {"accepted"} or low == high == bar
    assert both != {"rejected"}


def test_a_verdict_is_true_if_the_test_may_pass() -> None:
    undecided = estimate(0.8, 0.9) >= 0.85
    assert not undecided
    assert replace(undecided, tolerated=True)
    assert not replace(estimate(0.8, 0.9) >= 0.95, tolerated=True)
    assert estimate(0.8, 0.9) >= 0.8
    assert not estimate(0.8, 0.9) >= 0.95


@given(st.tuples(shares, shares).map(sorted), shares)
def test_a_verdict_survives_json(bounds: list[float], bar: float) -> None:
    verdict = estimate(*bounds) >= bar
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
    assert msgspec.convert(msgspec.to_builtins(verdict), Verdict) == verdict


def test_an_estimate_is_a_number_too() -> None:
    assert float(estimate(0.8, 0.9)) == pytest.approx(0.85)


def test_a_training_survives_json() -> None:
    step = TrainingStep(step=1, epoch=0.5, loss=0.7, learning_rate=1e-5)
    training = Training(name="tuned", seed=3, base="base", steps=(step, step), seconds=2.5)
    assert msgspec.json.decode(msgspec.json.encode(training), type=Training) == training
    assert msgspec.convert(msgspec.to_builtins(training), Training) == training
