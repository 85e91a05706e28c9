"""Confidence sequences: bounds of a mean that hold however often one looks while examples come."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pytest_accept.statistics.arguments import (
    FloatArray,
    check_bounds,
    check_confidence,
    check_count,
    expected,
    finite_array,
)
from pytest_accept.statistics.interval import Interval

BETTING = "betting, sequential"
BETTING_OF_ALL = "betting without replacement, sequential"
SEQUENTIAL = (BETTING, BETTING_OF_ALL)
"""The methods of intervals after a number of examples that depends on the examples."""

_GAMBLERS = 12
_LARGEST_STAKE = 0.999
_CAPPED_NEAR_THE_END = 0.9
_STEPS = 30
_ROUNDING = 1e-9
_PRICE = 1.8  # of twelve stakes, where one or two would do; measured (tests)
_ON_THE_WAY = 0.4  # standard errors that it is worth to have looked before the end; measured


def level_when_looking(confidence: float) -> float:
    """Return the confidence at which a bound that is looked at once is about as wide as these are.

    That is at the last of the examples for which the stakes were chosen. The price of looking at
    all times: at 0.95 a bound is 3.1 standard errors from the value, and not 1.64.
    """
    from scipy import stats

    return float(stats.norm.cdf(_width(check_confidence(confidence))))


def level_of_plans(confidence: float) -> float:
    """Return the confidence at which one look shows what all looks together would show.

    A little less than that of a look at the end, since what was shown on the way is shown, too.
    """
    from scipy import stats

    return float(stats.norm.cdf(_width(check_confidence(confidence)) - _ON_THE_WAY))


def _width(confidence: float) -> float:
    """Return how many standard errors a bound is from the value."""
    return math.sqrt(2 * (_PRICE - math.log(1 - confidence)))


class ConfidenceSequence:
    """Bounds of a mean that all hold together, after every single example, at `confidence` each.

    Whoever bets against a mean m that is the true one, or less, plays a game that is fair at best:
    with probability `confidence` the capital never reaches 1 / (1 - confidence), at no time (Ville
    1939). The lower bound is the mean at which it has got there. So one may look after every
    example, stop when what is seen decides, and still err at most as often as promised.

    Twelve gamblers, with equal shares of the capital, each put a constant part of what they have on
    the next example; of zeros and ones that is a mixture of likelihood ratios (Robbins 1970). Their
    stakes reach from the least that could win within `most` examples at `bar` to all they have. So
    it is the test of `bar` that is sharp; other means are bounded by the same stakes.

    Values are within `bounds`, both finite, and come in random order: of a population of any size
    (`finite=False`), or, drawn without replacement, all of a set of `most` values whose own mean is
    bounded (`finite=True`): then every mean is a game with what is left of the set, and when all
    are seen the bounds are the mean. `shows` is what was shown of `bar`, "above" or "below", at the
    last look: None while it is open.

    Raises ValueError for values outside the bounds, bounds that are not finite, or too many values.
    Source: Waudby-Smith and Ramdas (2024), JRSS B 86, sections 4 and 5 (constant bets, mixed).
    """

    def __init__(
        self,
        *,
        bar: float,
        bounds: tuple[float, float],
        confidence: float,
        most: int,
        finite: bool = False,
    ) -> None:
        self.bar = float(bar)
        self.confidence = check_confidence(confidence)
        self.most = check_count("most", most, at_least=1)
        self.finite = finite
        low, high = check_bounds(np.array(bounds, np.float64), bounds)
        if not math.isfinite(low) or not math.isfinite(high):
            raise ValueError(expected("bounds", "two finite numbers", bounds))
        self.bounds = low, high
        self._low, self._span = low, high - low
        at = (self.bar - low) / self._span
        size = self.most if finite else None
        self.goal = -math.log(1 - self.confidence)
        self._above = _Side(at, goal=self.goal, most=self.most, size=size)
        self._below = _Side(1 - at, goal=self.goal, most=self.most, size=size)
        self._n = 0

    def __len__(self) -> int:
        """How many values were seen."""
        return self._n

    @property
    def shows(self) -> Literal["above", "below"] | None:
        """On which side of `bar` the mean was shown to be, by all values so far; None if open."""
        if self._above.won:
            return "above"
        return "below" if self._below.won else None

    def add(self, values: ArrayLike) -> FloatArray:
        """Take further values (k,) in their random order; k may be 0.

        Returns (2, k): the natural logarithm of the capital after each of them of who bets that the
        mean is above `bar`, and of who bets that it is below; `goal`, log(1 / (1 - confidence)), at
        any time shows that it is.
        """
        if not len(np.asarray(values)):
            return np.empty((2, 0))
        array = finite_array("values", values)
        check_bounds(array, (self.bounds[0] - _ROUNDING, self.bounds[1] + _ROUNDING))
        if self.finite and self._n + len(array) > self.most:
            raise ValueError(expected("values", f"at most {self.most:,} in all", len(array)))
        unit = np.clip((array - self._low) / self._span, 0, 1)
        self._n += len(array)
        return np.stack([self._above.add(unit), self._below.add(1 - unit)])

    def interval(self) -> Interval:
        """Return the mean of the values so far, with the bounds of the mean that is asked for."""
        if not self._n:
            raise ValueError("There is no interval before the first value.")
        unit = self._above.seen()
        value = self._low + self._span * float(unit.mean())
        low = self._low + self._span * self._above.bound()
        high = self._low + self._span * (1 - self._below.bound())
        if self.finite and self._n == self.most:
            low = high = value
        elif self.shows == "above":  # rounding must not take back what was shown
            low = max(low, math.nextafter(self.bar, math.inf))
        elif self.shows == "below":
            high = min(high, math.nextafter(self.bar, -math.inf))
        return Interval(
            value=value,
            low=low,
            high=high,
            confidence=self.confidence,
            n=self._n,
            clusters=None,
            method=BETTING_OF_ALL if self.finite else BETTING,
        )

    def needed(self, *, power: float = 0.8) -> int | None:
        """Return how many values like those seen would decide about `bar` with this probability.

        The mean of those seen is taken for the true one, so they decide for its side. None if it is
        the bar itself, or if a set that is finite has no further ones.
        """
        unit = self._above.seen()
        mean = self._low + self._span * float(unit.mean())
        if mean == self.bar or self.finite:
            return None
        side, mirrored = (self._above, unit) if mean > self.bar else (self._below, 1 - unit)
        return side.needed(mirrored, check_confidence(power, "power"))

    def smallest_shown(
        self, direction: Literal["above", "below"], *, power: float = 0.8
    ) -> float | None:
        """Return the true mean that so many values would show to be `direction` of `bar`.

        With this probability, from the width of the bounds and the spread of the values at hand.
        None if there is none within the bounds.
        """
        from scipy import stats

        found, deviation = self.interval(), self._span * float(self._above.seen().std())
        above = direction == "above"
        width = found.value - found.low if above else found.high - found.value
        surely = float(stats.norm.ppf(check_confidence(power, "power"))) - _ON_THE_WAY
        spread = surely * deviation / math.sqrt(found.n)
        shown = self.bar + (width + spread) * (1 if above else -1)
        return shown if self.bounds[0] <= shown <= self.bounds[1] else None


class _Side:
    """Who bets that the mean of values in 0..1 is above `at`; `size`: of a set of that many."""

    def __init__(self, at: float, *, goal: float, most: int, size: int | None) -> None:
        self._at, self._goal, self._size = at, goal, size
        inside = min(max(at, _ROUNDING), 1 - _ROUNDING)
        least = math.sqrt(2 * goal * inside / ((1 - inside) * most))
        self._stakes = np.geomspace(min(max(least, 1e-5), 0.5), _LARGEST_STAKE, _GAMBLERS)
        self._logs = np.full(_GAMBLERS, -math.log(_GAMBLERS))
        self._sum, self._values = 0.0, [np.empty(0)]

    @property
    def won(self) -> bool:
        """Whether the capital is where a fair game's almost never is."""
        return bool(_total(self._logs) >= self._goal)

    def seen(self) -> FloatArray:
        """Return all values so far, in order."""
        self._values = [np.concatenate(self._values)]
        return self._values[0]

    def add(self, unit: FloatArray) -> FloatArray:
        """Bet on these values (k,), and return the logarithm of the capital after each."""
        before = sum(map(len, self._values))
        growth = self._growth(unit, self._at, before=before, total=self._sum)
        path = self._logs[:, None] + np.cumsum(growth, axis=1)
        self._logs = path[:, -1]
        self._sum += float(unit.sum())
        self._values.append(unit)
        return _total(path)

    def bound(self) -> float:
        """Return the largest mean that the values so far refute, 0 if they refute none."""
        unit, counts = self.seen(), np.ones(1, np.int64)
        if self._size is None:  # the order of the values is no matter
            unit, counts = np.unique(unit, return_counts=True)
        refuted, open_ = 0.0, 1.0
        if 0 < self._at < 1:
            refuted, open_ = (self._at, 1.0) if self.won else (0.0, self._at)
        # The capital falls as the mean rises: no stake depends on either.
        for _ in range(_STEPS):
            mean = (refuted + open_) / 2
            grown = (counts * self._growth(unit, mean, before=0, total=0.0)).sum(axis=1)
            if _total(grown - math.log(_GAMBLERS)) >= self._goal:
                refuted = mean
            else:
                open_ = mean
        return refuted

    def needed(self, unit: FloatArray, power: float) -> int | None:
        """Return how many values like these let one of the gamblers win with this probability."""
        from scipy import stats

        # Of more values, stakes would be as low as those can win with.
        stakes = np.geomspace(_ROUNDING, _LARGEST_STAKE, 10 * _GAMBLERS)[:, None]
        to_win = self._goal + _PRICE
        found = []
        for each in np.log1p(stakes * (unit / max(self._at, _ROUNDING) - 1)):
            if not np.isfinite(each).all() or each.mean() <= 0:
                continue
            # n * mean - z * deviation * sqrt(n) = to_win, a quadratic equation in sqrt(n)
            surely = stats.norm.ppf(power) - _ON_THE_WAY
            mean, reach = float(each.mean()), surely * float(each.std())
            root = (reach + math.sqrt(reach**2 + 4 * mean * to_win)) / (2 * mean)
            found.append(math.ceil(root**2))
        return min(found, default=None)

    def _growth(self, unit: FloatArray, mean: float, *, before: int, total: float) -> FloatArray:
        """Return the logarithm of what each gambler's capital is multiplied by (gamblers, k).

        The values follow `before` others whose sum is `total`; each gambler takes `mean` for true.
        """
        size, stakes, spare = self._size, self._stakes[:, None], _ROUNDING
        means = np.full(len(unit), mean)
        if size is not None:
            left = size - before - np.arange(len(unit))
            sums = total + np.concatenate([[0.0], np.cumsum(unit[:-1])])
            remaining = size * mean - sums
            spare = _ROUNDING * size
            means = np.where(np.abs(remaining) <= spare, 0.0, remaining / left)
            # What is left of the set is farther from the mean the more of it is gone.
            most = np.maximum(stakes, _CAPPED_NEAR_THE_END)
            stakes = np.minimum(stakes * (size / left), most)
        possible = means > 0
        ratios = np.where(possible, unit / np.where(possible, means, 1.0), 1.0)
        growth: FloatArray = np.log1p(stakes * (ratios - 1))
        # No value is below 0: a mean of 0 allows none above it, and one below 0 is none at all.
        growth[:, (means < 0) | (~possible & (unit > 2 * spare))] = np.inf
        return growth


def _total(logs: FloatArray) -> FloatArray:
    """Return the logarithm of the sum of capitals (gamblers, ...), over gamblers."""
    most = logs.max(axis=0)
    with np.errstate(invalid="ignore"):
        summed: FloatArray = most + np.log(np.exp(logs - most).sum(axis=0))
    return np.where(np.isposinf(most), np.inf, summed)
