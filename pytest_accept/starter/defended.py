"""From what was measured to a bar that it defends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pytest_accept.records import Direction, Verdict

SLACK = 0.1
"""The share of the distance from the value to the bound that a bar stays clear of the bound.

Another batch, device or version moves a measurement in its last digits, and an edited text or two.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A criterion's verdict at its default bar."""

    verdict: Verdict

    @property
    def bound(self) -> float:
        """What was demonstrated, on the side of the bar."""
        estimate = self.verdict.estimate
        return estimate.low if self.verdict.direction == "above" else estimate.high

    @property
    def bar(self) -> float | None:
        """The bar that these data would accept again, with some room; None if there is none."""
        return safe_bar(self.verdict.estimate.value, self.bound, self.verdict.direction)


def safe_bar(value: float, bound: float, direction: Direction) -> float | None:
    """Return the bound rounded away from the value, to the digits that its distance has.

    Above: rounded down, below: rounded up, and never nearer to the bound than SLACK of its distance
    from the value. None for a bound that is no number.

    >>> safe_bar(0.853, 0.838, "above"), safe_bar(0.043, 0.0561, "below")
    (0.83, 0.06)
    """
    if not math.isfinite(bound) or not math.isfinite(value):
        return None
    sign = 1 if direction == "above" else -1
    least = 10.0 ** (math.floor(math.log10(abs(bound))) - 2) if bound else 0.001
    distance = max(abs(value - bound), least)
    step = max(10.0 ** math.floor(math.log10(distance)), least)
    units = (sign * bound - SLACK * distance) / step
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return round(sign * math.floor(units + 1e-9) * step, digits)


def better(bar: float, than: float, direction: Direction) -> bool:
    """Return whether a bar asks for more than another one."""
    return bar > than if direction == "above" else bar < than


def beyond(value: float, direction: Direction) -> float:
    """Return the first number of three decimals that is strictly better than a value.

    >>> beyond(0.5, "above"), beyond(0.6931, "below")
    (0.501, 0.693)
    """
    scaled = round(value * 1000, 6)
    return (math.floor(scaled) + 1 if direction == "above" else math.ceil(scaled) - 1) / 1000
