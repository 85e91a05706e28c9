"""Intervals of a mean over seeds and examples: what a recipe's next run does on new examples.

All seeds are judged on the same examples, so the design is crossed: a hard example is hard for all
of them, and more seeds do not make up for few examples, nor the other way round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from pytest_accept.statistics.arguments import (
    FloatArray,
    check_bounds,
    check_confidence,
    expected,
    finite_array,
)
from pytest_accept.statistics.clusters import clustered_interval
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.means import (
    Bounds,
    clustered_mean_interval,
    mean_interval,
    mean_over_clusters_interval,
)
from pytest_accept.statistics.tables import Formula

_MOST_SEEDS = 10_000
_FEWEST = 5  # clusters; with fewer, the examples' interval claims nothing
_UNLUCKY = 0.2  # the chance that seeds spread more than is allowed for on the curved scale
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Side:
    """One of two recipes whose difference is asked: its metric with each seed, within `bounds`.

    `sign` is 1 for what is taken from, -1 for what is taken away.
    """

    values: tuple[float, ...]
    bounds: tuple[float, float]
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedInterval(Interval):
    """An interval over seeds and examples, with the two parts that it is made of.

    `seed_values` (seeds,) are the metric of each seed; `examples` is the interval that the examples
    alone give, as if these seeds were all that there are; `bounds` are those of the metric. `sides`
    are the two recipes of a difference, none for one recipe.
    """

    seed_values: tuple[float, ...]
    examples: Interval
    bounds: tuple[float, float]
    sides: tuple[Side, ...] = ()


def seed_example_interval(
    values: ArrayLike,
    *,
    confidence: float,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    bounds: Bounds = (0, 1),
    tail: float | None = None,
    possible: float | None = None,
    by_cluster: bool = False,
    sides: tuple[Side, ...] = (),
    seed: int = 0,
) -> SeedInterval:
    """Return an interval of the expected value of a new seed on a new example.

    `values` (seeds, n) holds each seed's value of each example, within `bounds`; at least 2 seeds.
    The examples' means over seeds have the interval of any mean (`mean_interval`, with `clusters`
    (n,) `clustered_mean_interval`; `tail`, `possible` and `seed` are theirs), and `over_seeds` adds
    what the seeds do. `by_cluster` takes clusters by their means (`mean_over_clusters_interval`),
    for differences, which a rare cluster may have as a whole. Raises ValueError for one seed,
    misaligned clusters, values outside `bounds`.
    """
    array = finite_array("values", values, dimensions=2)
    _check_seeds(len(array))
    means = array.mean(axis=0)
    unseen: dict[str, Any] = {"bounds": bounds, "tail": tail, "possible": possible}
    ends = check_bounds(array, bounds)
    if clusters is None:
        examples = mean_interval(means, confidence=confidence, seed=seed, **unseen)
    elif by_cluster and np.isfinite(ends).all():
        examples = mean_over_clusters_interval(means, clusters, confidence=confidence, bounds=ends)
    else:
        examples = clustered_mean_interval(means, clusters, confidence=confidence, **unseen)
    return over_seeds(array.mean(axis=1), examples, bounds=bounds, sides=sides)


def seed_example_table_interval(
    contributions: ArrayLike,
    formula: Formula,
    *,
    confidence: float,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    bounds: tuple[float, float] = (0, 1),
    possible: ArrayLike | None = None,
    sides: tuple[Side, ...] = (),
    seed: int = 0,
) -> SeedInterval:
    """Return an interval of the expected metric of a new seed, for a function of sums.

    `contributions` (seeds, n, d) is what each example adds to each seed's sums, and `formula` takes
    sums (R, d) to metrics (R,), as for `clustered_interval`. The value is the mean of the seeds'
    metrics, not the metric of the pooled sums. The examples are weighted alike for all seeds (a
    hard example is drawn with all of its answers), with one further example of the most harmful
    row of `possible` (cells, d), which all seeds get wrong alike (None: one that is farther out
    than any seen, see `clustered_interval`); `over_seeds` adds what the seeds do.
    Raises ValueError as `seed_example_interval` does.
    """
    array = np.asarray(contributions, dtype=np.float64)
    if array.ndim != 3 or not array.size:
        raise ValueError(expected("contributions", "an array (seeds, n, d)", array.shape))
    seeds, n, d = array.shape
    _check_seeds(seeds)

    def mean_of_seeds(sums: FloatArray) -> FloatArray:
        metrics = formula(sums.reshape(-1, d)).reshape(-1, seeds)
        return np.asarray(metrics.mean(axis=1), dtype=np.float64)

    alike = None
    if possible is not None:
        alike = np.tile(np.asarray(possible, dtype=np.float64), (1, seeds))
    examples = clustered_interval(
        array.transpose(1, 0, 2).reshape(n, seeds * d),
        np.arange(n) if clusters is None else clusters,
        mean_of_seeds,
        confidence=confidence,
        bounds=bounds,
        possible=alike,
        farther=alike is None,
        seed=seed,
    )
    if clusters is None:
        examples = replace(examples, clusters=None)
    values = np.asarray(formula(array.sum(axis=1)))
    return over_seeds(values, examples, bounds=bounds, sides=sides)


def over_seeds(
    seed_values: ArrayLike, examples: Interval, *, bounds: Bounds, sides: tuple[Side, ...] = ()
) -> SeedInterval:
    """Return the interval that allows for new seeds too, of the metric of each seed (seeds,).

    `examples` is the interval of their mean as far as the examples go. Its distance to each bound
    and that of the seeds' own interval are added as the sides of a right angle. For normal means
    that is never too short (Banerjee 1960), whatever share of the variance seeds have; here it is
    somewhat too long, because chance that is neither an example's nor a seed's counts twice.

    The seeds' own interval is Student's t of the seeds' values, or, if that reaches farther, the
    mean of a logit-normal law of them (a log-normal one if only the lower end of the range is
    known): accuracies of 0.99 have more room below than above. In our simulations with 3 to 10
    seeds, 50 to 2,000 examples and accuracies of 0.6 to 0.99 neither bound erred more than 6 % of
    the time where the logit of the seeds' accuracy is about normal, whatever its spread; up to 13 %
    where most seeds are equally good and single ones far worse (an exponential law of accuracies).

    Of a difference of two recipes, run with the same seeds, `seed_values` are the differences, and
    `sides` what they are of: the seeds' own interval is then that of two independent recipes, by
    the same right angle, or t of the differences if that reaches farther.

    What no method can hold: a failure that none of the seeds shows. If a share p of runs fails,
    s seeds show none with chance (1 - p)^s, and the bound is then about runs that do not fail. With
    5 seeds a failure in 5 runs is missed 33 % of the time; without failures 5 seeds rule out only
    that more than 45 % fail, 10 seeds 26 %, 28 seeds 10 %. Judge the rate of failed runs apart.

    Source: Banerjee (1960), Calcutta Statistical Association Bulletin 9; the crossed design as in
    Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1.
    """
    values = finite_array("seed_values", seed_values)
    _check_seeds(len(values))
    low, high = check_bounds(values, bounds)
    value = float(values.mean())
    below, above = _margins(values, sides, (low, high), len(values), examples.confidence)
    return SeedInterval(
        value=value,
        low=max(low, value - math.hypot(below, max(value - examples.low, 0.0))),
        high=min(high, value + math.hypot(above, max(examples.high - value, 0.0))),
        confidence=examples.confidence,
        n=examples.n,
        clusters=examples.clusters,
        method="seeds × examples",
        seed_values=tuple(values.tolist()),
        examples=examples,
        bounds=(low, high),
        sides=sides,
    )


def needed_seeds(interval: SeedInterval, bar: float, *, power: float = 0.8) -> int | None:
    """Return how many seeds, on these examples, would decide if the measured mean is theirs.

    Seeds like these: of the same spread. None if no number of seeds would, because the examples
    alone are too few for that distance to the bar, or if the mean is at the bar.
    """
    power = check_confidence(power, "power")
    values = np.asarray(interval.seed_values)
    above = interval.value > bar
    by_examples = interval.examples
    examples = interval.value - by_examples.low if above else by_examples.high - interval.value
    distance = abs(interval.value - bar)
    luck = float(stats.norm.ppf(power)) * float(values.std(ddof=1))

    def decides(seeds: int) -> bool:
        margins = _margins(values, interval.sides, interval.bounds, seeds, interval.confidence)
        reach = math.hypot(margins[0 if above else 1], max(examples, 0.0))
        return distance > 0 and reach + luck / math.sqrt(seeds) <= distance

    if not decides(_MOST_SEEDS):
        return None
    few, enough = 1, _MOST_SEEDS
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if decides(middle) else (middle, enough)
    return enough


def needed_examples_of_seeds(
    interval: SeedInterval, bar: float, *, power: float = 0.8
) -> int | None:
    """Return how many examples like these, with these seeds, would decide if the mean is the true.

    None if no number of examples would, because these seeds differ too much, if the mean is at
    the bar, or if there are too few clusters to learn from. The examples' half-width is taken to
    shrink as 1/sqrt(n).
    """
    power = check_confidence(power, "power")
    above = interval.value > bar
    side = 0 if above else 1
    values = np.asarray(interval.seed_values)
    margins = _margins(values, interval.sides, interval.bounds, len(values), interval.confidence)
    seeds = margins[side]
    by_examples = interval.examples
    width = interval.value - by_examples.low if above else by_examples.high - interval.value
    distance = abs(interval.value - bar)
    few = interval.clusters is not None and interval.clusters < _FEWEST
    if few or distance <= seeds or not 0 < width < math.inf:
        return None
    luck = float(stats.norm.ppf(power) / stats.norm.ppf(interval.confidence))
    # hypot(seeds, x) + luck x = distance, solved for the examples' half-width x.
    if math.isclose(luck, 1.0):
        reach = (distance**2 - seeds**2) / (2 * distance)
    else:
        square = luck**2 * distance**2 + (1 - luck**2) * (distance**2 - seeds**2)
        reach = (math.sqrt(square) - luck * distance) / (1 - luck**2)
    needed = interval.n * (width / reach) ** 2 if reach > 0 else math.inf
    return max(1, math.ceil(needed)) if needed < 1e9 else None


def _check_seeds(seeds: int) -> None:
    if seeds < 2:
        raise ValueError(expected("seeds", "2 or more: one says nothing of how they differ", seeds))


def _margins(
    values: FloatArray,
    sides: tuple[Side, ...],
    bounds: tuple[float, float],
    seeds: int,
    confidence: float,
) -> tuple[float, float]:
    """Return how far below and above their mean that of new seeds may be, were there `seeds`."""
    if not sides:
        return _margins_of_one(values, bounds, seeds, confidence)
    straight = float(stats.t.ppf(confidence, seeds - 1) / math.sqrt(seeds) * values.std(ddof=1))
    # What is taken away lowers the difference by being higher.
    each = [
        _margins_of_one(np.asarray(side.values), side.bounds, seeds, confidence)[:: side.sign]
        for side in sides
    ]
    below, above = (math.hypot(*margins) for margins in zip(*each, strict=True))
    return max(straight, below), max(straight, above)


def _margins_of_one(
    values: FloatArray, bounds: tuple[float, float], seeds: int, confidence: float
) -> tuple[float, float]:
    spread = float(values.std(ddof=1))
    if spread == 0:
        return 0.0, 0.0
    mean = float(values.mean())
    quantile = float(stats.t.ppf(confidence, seeds - 1)) / math.sqrt(seeds)
    straight = quantile * spread
    low, high = bounds
    if not math.isfinite(low):
        return straight, straight
    curved = _curve(values, low, high)
    spread = float(curved.std(ddof=1))
    # The wider they spread the farther is the mean from the middle, and few seeds show too little.
    wider = spread * math.sqrt((seeds - 1) / stats.chi2.ppf(_UNLUCKY, seeds - 1))
    ends = curved.mean() + np.array([[-1], [1]]) * quantile * spread + wider * _NODES
    lower, upper = _straighten(ends, low, high) @ _WEIGHTS
    return max(straight, mean - float(lower)), max(straight, float(upper) - mean)


def _curve(values: FloatArray, low: float, high: float) -> FloatArray:
    """Return log or logit of values, those at an end half as far from it as the nearest other."""
    above = _off_the_end(values - low)
    if not math.isfinite(high):
        return np.asarray(np.log(above))
    return np.asarray(np.log(above) - np.log(_off_the_end(high - values)))


def _off_the_end(distances: FloatArray) -> FloatArray:
    positive = distances > 0
    return np.where(positive, distances, distances[positive].min() / 2)


def _straighten(curved: FloatArray, low: float, high: float) -> FloatArray:
    if not math.isfinite(high):
        return np.asarray(low + np.exp(np.minimum(curved, 700)))
    return np.asarray(low + (high - low) * special.expit(curved))
