"""The bars that a measurement defends: rounded away from it, and no further than is safe."""

import math
import random
from dataclasses import replace

import pytest

from pytest_accept.records import Direction, decide
from pytest_accept.starter.defended import SLACK, Measured, better, beyond, safe_bar
from tests.reports.small_records import criterion


@pytest.mark.parametrize(
    ("value", "bound", "direction", "bar"),
    [
        (0.853, 0.838, "above", 0.83),
        (0.999, 0.997, "above", 0.996),
        (0.9, 0.7, "above", 0.6),
        (0.043, 0.0561, "below", 0.06),
        (0.0, 0.00994, "below", 0.011),
        (25.3, 28.1, "below", 29.0),
        (0.25, 0.25, "above", 0.249),
        (-0.05, -0.012, "below", -0.0),
    ],
)
def test_a_bar_has_the_digits_of_the_uncertainty(
    value: float, bound: float, direction: Direction, bar: float
) -> None:
    assert safe_bar(value, bound, direction) == pytest.approx(bar, abs=1e-12)


def test_any_bar_would_be_accepted_again_with_some_room() -> None:
    numbers = random.Random(0)
    for _ in range(2000):
        scale = 10 ** numbers.uniform(-3, 3)
        value, distance = scale * numbers.random(), scale * 10 ** numbers.uniform(-4, 0)
        for direction, bound in (("above", value - distance), ("below", value + distance)):
            bar = safe_bar(value, bound, direction)  # type: ignore[arg-type]
            assert bar is not None
            moved = 0.99 * SLACK * distance * (1 if direction == "above" else -1)
            low, high = sorted((bound - moved, value))
            assert decide(low, high, bar, direction) == "accepted"  # type: ignore[arg-type]
            most = max(2.2 * distance, 0.03 * abs(bound), 0.002)
            assert abs(bar - bound) <= most, "but it gives little away"


@pytest.mark.parametrize("bound", [math.inf, math.nan])
def test_a_bound_that_is_no_number_defends_nothing(bound: float) -> None:
    assert safe_bar(0.5, bound, "below") is None


def test_the_bound_is_that_of_the_bars_side() -> None:
    verdict = criterion().verdict
    estimate = replace(verdict.estimate, value=0.9, low=0.87, high=0.93)
    above = Measured(replace(verdict, estimate=estimate, direction="above"))
    below = Measured(replace(verdict, estimate=estimate, direction="below"))
    assert (above.bound, below.bound) == (0.87, 0.93)
    assert (above.bar, below.bar) == (0.86, 0.94)


def test_better_than_a_trivial_answer_is_strictly_better() -> None:
    assert beyond(0.5, "above") == 0.501
    assert beyond(0.5, "below") == 0.499
    assert beyond(0.5004, "above") == 0.501
    assert better(0.6, 0.5, "above")
    assert not better(0.5, 0.5, "above")
    assert better(0.4, 0.5, "below")
