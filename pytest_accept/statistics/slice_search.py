"""How much worse a metric is in each of many slices, with bounds that allow for the search."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pytest_accept.statistics.arguments import (
    FloatArray,
    IntArray,
    check_confidence,
    check_count,
    cluster_codes,
    expected,
    finite_array,
)
from pytest_accept.statistics.design_effect import effective_examples
from pytest_accept.statistics.dirichlet import dirichlet_quantile
from pytest_accept.statistics.group_correlation import group_correlation
from pytest_accept.statistics.slice_gaps import Gap

_DRAWN_NUMBERS = 4_000_000
_MOST_POINTS = 400  # of more distinct values the middle ones are taken together
_KEPT = 100  # extreme values on either side that are not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceSearch:
    """What is known of K slices: how much worse each is than the whole, negative if better.

    `values` and `low` are (K,). `low` are simultaneous lower bounds: all of them hold with
    probability `confidence`. `p_values` (K,) are corrected for the search. A slice is shown to be
    worse if it is so by `critical` standard `errors` (K,). `alike` (K,) says how much a slice and
    the rest err against each other: 0, or less where they share clusters.
    """

    values: FloatArray
    low: FloatArray
    p_values: FloatArray
    errors: FloatArray
    critical: float
    confidence: float
    method: str
    gap: Callable[[int], Gap]
    counts: Callable[[int, float], tuple[float, float]]
    alike: FloatArray

    def high(self, k: int) -> float:
        """Return the upper bound of one slice that holds together with those of all others."""
        each = (1 - self.confidence) / len(self.values)
        return _upper(self.gap(k), self.counts(k, 1 - each), each, self.alike[k])

    def highs(self, bar: float) -> FloatArray:
        """Return upper bounds (K,) that hold with probability `confidence` each.

        Where a bound that costs less shows that it is neither the largest nor above `bar`, that.
        """
        slices = range(len(self.values))
        counts = [self.counts(k, self.confidence) for k in slices]
        tail = 1 - self.confidence
        bounds = np.array([_ceiling(self.gap(k), counts[k], tail, self.alike[k]) for k in slices])
        largest = -np.inf
        for k in np.argsort(-bounds, kind="stable").tolist():
            if bounds[k] <= min(bar, largest):
                break
            bounds[k] = _upper(self.gap(k), counts[k], tail, self.alike[k])
            largest = max(largest, bounds[k])
        return bounds


def search_slices(
    worse: ArrayLike,
    members: ArrayLike,
    gap: Callable[[NDArray[np.bool_]], Gap],
    *,
    confidence: float,
    seed: int = 0,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    resamples: int = 999,
) -> SliceSearch:
    """Return how much worse than the whole each slice is, with bounds that allow for the search.

    `worse` (n,) says what each example adds to how bad the whole is (a loss, or the influence on a
    metric); `members` (K, n) which examples are in each slice; `gap` returns the Gap of one.

    Without clusters, lower bounds are at as many standard errors (Welch's: slice against rest, each
    with its own variance) as the largest of K such statistics exceeds with probability
    1 - confidence when the examples are permuted (Westfall and Young 1993; Chung and Romano 2013).
    If slices have nothing to do with the metric, something is found in at most 1 - confidence of
    all samples, of any size and of any metric. If they have equal means but unequal spreads that
    holds in large samples; for small ones, a slice must also be worse by a Dirichlet-weighted bound
    as below, which allows for rare large values that the rest may hide. Clusters of unequal sizes
    cannot be exchanged: with clusters it is the normal quantile at (1 - confidence) / K
    (Bonferroni), and the errors are those of an effective number of examples
    (`effective_examples`). Clusters that reach across a slice, and are good for it where they are
    bad for the rest, widen all its bounds (`group_correlation`): as if independent, an upper bound
    erred 0.11 of the time with 100 such clusters, and now at most 0.05 with 20 or 100.

    Upper bounds add those of two Dirichlet-weighted means with an unseen value each, as in
    `mean_interval`, at a right angle (MOVER; Zou and Donner 2008). Of two shares they err at most
    0.050 at 0.95 for gaps up to 0.4, and up to 0.08 where a slice is wholly wrong and the rest
    wholly right (exact sums with 50 to 200 examples in the slice). Raises ValueError for input that
    is misaligned or not finite, and for slices of fewer than 2 examples or all but one.
    """
    confidence = check_confidence(confidence)
    resamples = check_count("resamples", resamples, at_least=99)
    values = finite_array("worse", worse)
    inside = np.asarray(members, dtype=np.bool_)
    n = len(values)
    if inside.ndim != 2 or inside.shape[1] != n or len(inside) == 0:
        raise ValueError(expected("members", f"of shape (slices, {n:,})", inside.shape))
    sizes = inside.sum(axis=1)
    if sizes.min() < 2 or sizes.max() > n - 2:
        what = f"slices of 2 to {n - 2:,} examples"
        raise ValueError(expected("members", what, [int(sizes.min()), int(sizes.max())]))
    codes = None if clusters is None else cluster_codes(clusters, n)[0]
    tail = 1 - confidence
    each = tail / len(inside)

    def counts(k: int, level: float) -> tuple[float, float]:
        if codes is None:
            return float(sizes[k]), float(n - sizes[k])
        one = gap(inside[k])
        parts = (one.inside, codes[inside[k]]), (one.outside, codes[~inside[k]])
        within, without = (_effective(added, of, level) for added, of in parts)
        return within, without

    found, errors, alike = (np.zeros(len(inside)) for _ in range(3))
    for k, member in enumerate(inside):
        one = gap(member)
        if codes is not None:
            alike[k] = _alike(one, codes[member], codes[~member])
        found[k], errors[k] = one.value, _error(one, counts(k, 1 - each), alike[k])
    if codes is None:
        generator = np.random.default_rng(seed)
        largest = _largest_by_chance(values, inside, resamples, generator)
        critical, statistic, p_values = _by_permutation(values, inside, largest, tail)
    else:
        critical, statistic = float(stats.norm.isf(each)), _ratio(found, errors)
        p_values = np.minimum(1.0, len(inside) * stats.norm.sf(statistic))
    low = found - critical * errors
    # Of a metric that is no mean, standard errors of the slice and those if it were not worse
    # differ: the latter decide whether it is shown to be worse.
    with np.errstate(divide="ignore", invalid="ignore"):
        shown = np.where(low > 0, low, found * (1 - critical / statistic))
    low = np.where(p_values <= tail, shown, np.minimum(low, 0.0))
    for k in np.flatnonzero(low > 0).tolist():
        opposite = gap(inside[k]).reversed
        low[k] = min(low[k], -_upper(opposite, counts(k, confidence), tail, alike[k]))
    return SliceSearch(
        values=found,
        low=low,
        p_values=p_values,
        errors=errors,
        critical=critical,
        confidence=confidence,
        method=("permutation" if codes is None else "Bonferroni") + " below, Dirichlet above",
        gap=lambda k: gap(inside[k]),
        counts=counts,
        alike=alike,
    )


def _by_permutation(
    values: FloatArray, inside: NDArray[np.bool_], largest: FloatArray, tail: float
) -> tuple[float, FloatArray, FloatArray]:
    """Return the critical value, the statistics (K,) and their corrected p-values (K,).

    `largest` (resamples,) are the largest statistics of permuted examples.
    """
    ordered = np.sort(largest)
    critical = float(ordered[-max(1, int(tail * (len(ordered) + 1) + 1e-9))])
    centred = (values - values.mean())[:, None]
    statistic = _welch(centred, inside.astype(np.float64))[:, 0]
    # Ties count against the slice; sums in another order differ in their last digits.
    below = np.searchsorted(ordered, statistic - 1e-9 * np.maximum(1, np.abs(statistic)))
    p_values = (1 + len(ordered) - below) / (len(ordered) + 1)
    if np.ptp(values) == 0:
        p_values[:] = 1.0
    return critical, statistic, p_values


def _largest_by_chance(
    values: FloatArray,
    inside: NDArray[np.bool_],
    resamples: int,
    generator: np.random.Generator,
) -> FloatArray:
    """Return the largest statistic (resamples,) of all slices when examples are permuted."""
    centred = values - values.mean()
    step = max(1, _DRAWN_NUMBERS // len(values))
    largest = []
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = np.stack([generator.permutation(centred) for _ in range(size)], axis=1)
        # Blocks of slices: as numbers, all of them may be much more than the data.
        blocks = [
            _welch(drawn, inside[at : at + step].astype(np.float64)).max(axis=0)
            for at in range(0, len(inside), step)
        ]
        largest.append(np.max(blocks, axis=0))
    return np.concatenate(largest)


def _welch(values: FloatArray, members: FloatArray) -> FloatArray:
    """Return Welch's t (K, R) of slices (K, n) against the rest, for R columns of values (n, R)."""
    size = members.sum(axis=1)[:, None]
    rest = members.shape[1] - size
    sums, squares = members @ values, members @ values**2
    one, other = sums / size, (values.sum(axis=0) - sums) / rest
    spread = np.maximum(squares / size - one**2, 0) / (size - 1)
    others = (values**2).sum(axis=0) - squares
    spread += np.maximum(others / rest - other**2, 0) / (rest - 1)
    return _ratio(one - other, np.sqrt(spread))


def _ratio(gaps: FloatArray, errors: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: FloatArray = np.where(gaps == 0, 0.0, gaps / errors)
    return ratios


def _error(gap: Gap, counts: tuple[float, float], alike: float) -> float:
    """Return the standard error of a gap."""
    errors = []
    for added, count in zip((gap.inside, gap.outside), counts, strict=True):
        spread = float(added.std())
        few = np.inf if spread > 0 else 0.0
        errors.append(spread / math.sqrt(count - 1) if count > 1 else few)
    return _together(errors, alike)


def _together(margins: Sequence[float], alike: float) -> float:
    """Return the margin of a sum of two from theirs, at a right angle or a wider one."""
    one, other = margins
    if not math.isfinite(one + other):
        return np.inf
    return math.sqrt(one**2 + other**2 - 2 * alike * one * other)


def _alike(gap: Gap, within: IntArray, without: IntArray) -> float:
    """Return the correlation of the means of slice and rest where it is negative, else 0.

    Clusters that are good for the one and bad for the other make the gap vary more. That those
    that are good for both make it vary less is not made use of.
    """
    residuals = [gap.inside - gap.inside.mean(), gap.outside.mean() - gap.outside]
    found = group_correlation(residuals, [within, without])
    return 0.0 if found is None else min(0.0, float(found[0, 1]))


def _effective(added: FloatArray, clusters: IntArray, level: float) -> float:
    codes = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    return effective_examples(added - added.mean(), codes, level)


def _upper(gap: Gap, counts: tuple[float, float], tail: float, alike: float = 0.0) -> float:
    """Return the upper bound of a gap at this tail."""
    margins = []
    for points, weights, mean in _groups(gap, counts):
        margins.append(max(0.0, dirichlet_quantile(points, weights, tail) - mean))
    return gap.value + _together(margins, alike)


def _ceiling(gap: Gap, counts: tuple[float, float], tail: float, alike: float = 0.0) -> float:
    """Return what that upper bound does not exceed (Cantelli's inequality)."""
    margins = []
    for points, weights, mean in _groups(gap, counts):
        total = float(weights.sum())
        center = float(weights @ points) / total
        spread = float(weights @ (points - center) ** 2) / total / (total + 1)
        margins.append(max(0.0, center - mean + float(np.sqrt(spread * (1 - tail) / tail))))
    return gap.value + _together(margins, alike)


def _groups(
    gap: Gap, counts: tuple[float, float]
) -> Iterator[tuple[FloatArray, FloatArray, float]]:
    """Yield points and weights, one unseen among them, and the mean of what either group adds."""
    parts = zip((gap.inside, gap.outside), gap.most, counts, strict=True)
    for added, unseen, count in parts:
        points, weights = _condensed(added)
        beyond = max(unseen(count), float(points[-1]))
        yield (
            np.append(points, beyond),
            np.append(weights * (count / len(added)), 1.0),
            float(added.mean()),
        )


def _condensed(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return points with weights that have the same mean and nearly the same spread."""
    points, counts = np.unique(values, return_counts=True)
    weights = counts.astype(np.float64)
    if len(points) <= _MOST_POINTS:
        return points, weights
    ends = len(points) - _KEPT
    middle = np.linspace(_KEPT, ends, _MOST_POINTS - 2 * _KEPT, endpoint=False).astype(np.int64)
    cuts = np.concatenate([np.arange(_KEPT), middle, np.arange(ends, len(points))])
    grouped = np.add.reduceat(weights, cuts)
    return np.add.reduceat(points * weights, cuts) / grouped, grouped
