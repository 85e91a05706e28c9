"""Intervals of functions of a table of joint cells: F1, MCC, balanced accuracy, gaps of groups.

Each bound inverts a test: among the tables that least disturb the observed one for a given change
of the metric (its exponential tilts along the metric's influence), it is the one under which a
sample as good as the observed has probability 1 - confidence. A cell that was never seen keeps a
small share, so a sample without errors does not claim that there are none. With two cells the tilts
are all binomial laws and the bound is Clopper and Pearson's.

Source: Efron (1981), Canadian J. Statistics 9; DiCiccio and Romano (1990), ISR 58.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from pytest_accept.statistics.arguments import (
    FloatArray,
    check_confidence,
    check_count,
    expected,
    finite_array,
)
from pytest_accept.statistics.interval import Interval

Formula = Callable[[FloatArray], FloatArray]

_EMPTY_MASS = 1.0
_EMPTY_KEPT = 100
_DRAWN_NUMBERS = 600_000
_STEPS = 12


def table_interval(
    contributions: ArrayLike,
    counts: ArrayLike,
    formula: Formula,
    *,
    confidence: float,
    seed: int = 0,
    resamples: int = 2000,
    bounds: tuple[float, float] = (0, 1),
) -> Interval:
    """Return the interval of `formula` on independent examples that fall into joint cells.

    `contributions` (cells, d) says what one example of a cell adds to the sums, `counts` (cells,)
    how many fell there: list the cells that could occur but did not with count 0. `formula` takes
    sums (R, d) and returns metrics (R,) within `bounds`. Where it is nan on a resample, that
    counts against both bounds. Ties count against the bound. Raises ValueError for counts that are
    negative or all 0, or if the formula is not finite on the observed table.
    """
    confidence = check_confidence(confidence)
    resamples = check_count("resamples", resamples, at_least=100)
    rows = finite_array("contributions", contributions, dimensions=2)
    occupied = finite_array("counts", counts)
    if len(occupied) != len(rows) or (occupied < 0).any() or occupied.sum() < 1:
        what = f"{len(rows)} counts of 0 or more, not all 0"
        raise ValueError(expected("counts", what, occupied.tolist()[:5]))
    value = float(_checked(formula(occupied[None, :] @ rows))[0])
    if not np.isfinite(value):
        raise ValueError(expected("formula", "finite on the observed table", value))
    family = _tilted_family(rows, occupied, formula)
    generator = np.random.default_rng(seed)
    draws = _Draws(
        family=family,
        value=value,
        tail=1 - confidence,
        resamples=int(max(500, min(resamples, _DRAWN_NUMBERS // len(family.base)))),
        generator=generator,
    )
    low, high = draws.bound(side=-1), draws.bound(side=1)
    return Interval(
        value=value,
        low=bounds[0] if low is None else min(max(low, bounds[0]), value),
        high=bounds[1] if high is None else max(min(high, bounds[1]), value),
        confidence=confidence,
        n=int(occupied.sum()),
        clusters=None,
        method="tilted bootstrap",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """The tilts of a table: share of cell j proportional to base_j exp(tilt influence_j)."""

    rows: FloatArray
    base: FloatArray
    influence: FloatArray
    n: int
    formula: Formula

    def shares(self, tilt: float) -> FloatArray:
        logs = np.log(self.base) + tilt * self.influence
        weights: FloatArray = np.exp(logs - logs.max())
        weights /= weights.sum()
        return weights

    def log_norm(self, tilt: float) -> float:
        logs = np.log(self.base) + tilt * self.influence
        top = float(logs.max())
        return top + float(np.log(np.exp(logs - top).sum()))

    def spread(self, tilt: float) -> float:
        shares = self.shares(tilt)
        center = shares @ self.influence
        return float(np.sqrt(shares @ (self.influence - center) ** 2))

    def metric(self, tilt: float) -> float:
        sums = self.n * self.shares(tilt)[None, :] @ self.rows
        return float(_checked(self.formula(sums))[0])


def _checked(metrics: FloatArray) -> FloatArray:
    array = np.asarray(metrics, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(expected("formula", "a function (R, d) -> (R,)", array.shape))
    return array


def example_influence(rows: FloatArray, counts: FloatArray, formula: Formula) -> FloatArray:
    """Return what one further example of each cell (cells,) does to the metric, times n."""
    return _influence(rows, counts / counts.sum(), float(counts.sum()), formula)


def _tilted_family(rows: FloatArray, counts: FloatArray, formula: Formula) -> _Family:
    """Return the family through the observed table, with a share for what was not seen."""
    n = round(float(counts.sum()))
    empty = counts == 0
    base = counts + np.where(empty, _EMPTY_MASS / max(1, int(empty.sum())), 0.0)
    base /= base.sum()
    influence = _influence(rows, base, n, formula)
    if empty.sum() > 2 * _EMPTY_KEPT:
        order = np.argsort(np.where(empty, influence, 0.0), kind="stable")
        keep = ~empty
        keep[order[:_EMPTY_KEPT]] = True
        keep[order[-_EMPTY_KEPT:]] = True
        rows, base, influence = rows[keep], base[keep] / base[keep].sum(), influence[keep]
    # numpy draws cell by cell and stops when no example is left: the full cells go first.
    order = np.argsort(-base, kind="stable")
    rows, base, influence = rows[order], base[order], influence[order]
    influence = influence - base @ influence
    spread = float(np.sqrt(base @ influence**2))
    if spread > 0:
        influence /= spread
    return _Family(rows=rows, base=base, influence=influence, n=n, formula=formula)


def _influence(rows: FloatArray, base: FloatArray, n: float, formula: Formula) -> FloatArray:
    """Return what one further example of each cell does to the metric."""
    step = 1 / (n + 1)
    center = base @ rows
    moved = n * ((1 - step) * center[None, :] + step * rows)
    changes = _checked(formula(moved)) - _checked(formula(n * center[None, :]))[0]
    finite = np.isfinite(changes)
    # A cell that makes the metric undefined is taken for as harmful as the worst of the others.
    worst = changes[finite].min() if finite.any() else 0.0
    influence: FloatArray = np.where(finite, changes, worst) / step
    return influence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draws:
    """The search for the tilt at which a sample as good as the observed has chance `tail`."""

    family: _Family
    value: float
    tail: float
    resamples: int
    generator: np.random.Generator

    def bound(self, *, side: int) -> float | None:
        """Return the metric at that tilt, None if even the most extreme one leaves it likelier."""
        if not self.family.influence.any():
            return None
        tilt = side * float(stats.norm.isf(self.tail)) / np.sqrt(self.family.n)
        for _ in range(_STEPS):
            found, settled = self._step(tilt, side)
            if found is None:
                return None
            tilt = found
            if settled:
                break
        return self.family.metric(tilt)

    def _step(self, tilt: float, side: int) -> tuple[float | None, bool]:
        """Draw tables at `tilt`, weigh them for the tilts around it, return where the tail is met.

        The family is exponential, so one set of draws speaks for all near tilts, smoothly.
        """
        family = self.family
        tables = self.generator.multinomial(family.n, family.shares(tilt), size=self.resamples)
        metrics = _checked(family.formula(tables @ family.rows))
        # A tie is as good as the observed, and so is a nan: both count against the bound.
        slack = 1e-9 * max(1.0, abs(self.value))
        as_good = ~(metrics * side > self.value * side + slack)
        totals = tables @ family.influence
        start = family.log_norm(tilt)

        def chance(moved: float) -> float:
            logs = (moved - tilt) * totals - family.n * (family.log_norm(moved) - start)
            weights = np.exp(np.clip(logs, -700, 700))
            return float(np.sum(weights[as_good]) / np.sum(weights))

        reach = 0.7 / np.sqrt(family.n) / max(family.spread(tilt), 1e-6)
        near, far = tilt - side * reach, tilt + side * reach
        if chance(far) > self.tail:
            extreme = family.shares(tilt).max() > 1 - 1e-9
            return (None, True) if extreme else (far, False)
        if chance(near) < self.tail:
            return near, False
        for _ in range(30):
            middle = (near + far) / 2
            near, far = (middle, far) if chance(middle) > self.tail else (near, middle)
        return far, abs(far - tilt) < 0.5 * reach
