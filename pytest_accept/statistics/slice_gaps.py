"""How much worse a slice is than the whole, and what each example adds to that."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pytest_accept.statistics.arguments import FloatArray, finite_array
from pytest_accept.statistics.tables import Formula, example_influence

Unseen = Callable[[float], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """How much worse a slice is than the whole: `value`, worse upwards.

    It moves with the mean of what its examples add, `inside` (m,), plus the mean of what the others
    add, `outside` (n - m,). `most` are the largest that a further example of either could add,
    `least` the smallest, given how many independent ones there are.
    """

    value: float
    inside: FloatArray
    outside: FloatArray
    most: tuple[Unseen, Unseen]
    least: tuple[Unseen, Unseen]

    @property
    def reversed(self) -> Gap:
        """How much better the slice is."""

        def negative(unseen: Unseen) -> Unseen:
            return lambda count: -unseen(count)

        return Gap(
            value=-self.value,
            inside=-self.inside,
            outside=-self.outside,
            most=(negative(self.least[0]), negative(self.least[1])),
            least=(negative(self.most[0]), negative(self.most[1])),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """The gaps of all slices of one population.

    `worse` (n,) is what each example adds to how bad the whole is; `of(member)` returns the Gap of
    the slice of these examples, whose value is nan where the metric is not defined there;
    `measure(member)` its metric.
    """

    worse: FloatArray
    of: Callable[[NDArray[np.bool_]], Gap]
    measure: Callable[[NDArray[np.bool_]], float]


def mean_gaps(
    values: ArrayLike,
    *,
    higher_is_better: bool,
    bounds: tuple[float, float],
    tail: float | None = None,
    possible: float | None = None,
) -> Gaps:
    """Return the gaps of a metric that is the mean of values (n,) within `bounds`.

    `tail` and `possible` are those of `mean_interval`, for a loss. A slice of a share w is worse
    than the whole by 1 - w times what it is worse than the rest.
    """
    array = finite_array("values", values)
    sign = -1.0 if higher_is_better else 1.0
    worse = sign * array
    least, most = sorted(sign * end for end in bounds)

    def largest(count: float) -> float:
        if tail is None or higher_is_better:
            return most
        return min(most, max(possible or 0.0, tail * math.log(max(count, 2.0))))

    def gap(member: NDArray[np.bool_]) -> Gap:
        scale = 1 - float(member.mean())
        within, without = worse[member], worse[~member]
        return Gap(
            value=scale * float(within.mean() - without.mean()),
            inside=scale * within,
            outside=-scale * without,
            most=(lambda count: scale * largest(count), lambda _: -scale * least),
            least=(lambda _: scale * least, lambda count: -scale * largest(count)),
        )

    return Gaps(worse=worse, of=gap, measure=lambda member: float(array[member].mean()))


def formula_gaps(
    rows: ArrayLike,
    formula: Formula,
    *,
    higher_is_better: bool,
    possible: ArrayLike | None = None,
) -> Gaps:
    """Return the gaps of a metric that is a formula of the sum of rows (n, d).

    What examples add is their influence on the metric of the slice, less that on the whole.
    `possible` (cells, d) lists rows that could occur; if None, one is allowed for that is farther
    out than any by a 97.5 % t quantile of standard deviations.
    """
    array = finite_array("rows", rows, dimensions=2)
    listed = array if possible is None else np.vstack([array, np.asarray(possible)])
    cells, inverse = np.unique(listed, axis=0, return_inverse=True)
    seen = inverse.ravel()[: len(array)]
    sign = -1.0 if higher_is_better else 1.0
    counts = np.bincount(seen, minlength=len(cells)).astype(np.float64)
    total = _metric(formula, array)
    whole = sign * example_influence(cells, counts, formula)

    def gap(member: NDArray[np.bool_]) -> Gap:
        scale = 1 - float(member.mean())
        of_slice = np.bincount(seen[member], minlength=len(cells)).astype(np.float64)
        value = sign * (_metric(formula, array[member]) - total)
        if not np.isfinite(value):
            ends = (float, float)
            return Gap(value=np.nan, inside=whole, outside=whole, most=ends, least=ends)
        own = sign * example_influence(cells, of_slice, formula)
        added, others = own - (1 - scale) * whole, -scale * whole
        inside, outside = added[seen[member]], others[seen[~member]]
        if possible is None:
            most, least = ((f(inside), f(outside)) for f in (_farther, lambda a: -_farther(-a)))
        else:
            most, least = ((f(added), f(others)) for f in (np.max, np.min))
        return Gap(
            value=value,
            inside=inside,
            outside=outside,
            most=(lambda _: float(most[0]), lambda _: float(most[1])),
            least=(lambda _: float(least[0]), lambda _: float(least[1])),
        )

    return Gaps(worse=whole[seen], of=gap, measure=lambda member: _metric(formula, array[member]))


def _metric(formula: Formula, rows: FloatArray) -> float:
    with np.errstate(all="ignore"):
        return float(np.asarray(formula(rows.sum(axis=0)[None, :]), dtype=np.float64)[0])


def _farther(added: FloatArray) -> float:
    reach = float(stats.t.ppf(0.975, max(len(added) - 1, 1)))
    return float(added.max() + reach * added.std())
