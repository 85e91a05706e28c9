"""What each example adds to a metric, for questions to several models on the same examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.statistics import Interval

_MOST_PAIRS = 2000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """A metric that is the mean of a value (n,) of each example, within `bounds`.

    `clusters` are codes (n,), None where every example stands for itself. `unseen` may hold `tail`
    and `possible`, what `statistics.mean_interval` takes of values that were not seen.
    `alternatives` (n, k) may say what each example would have added under each label.
    """

    values: NDArray[np.float64]
    bounds: tuple[float, float]
    clusters: NDArray[np.int64] | None
    unseen: dict[str, float] = field(default_factory=dict)
    alternatives: NDArray[np.float64] | None = None

    def minus(self, other: Values) -> Values:
        """Return the difference of two such metrics on the same examples.

        What could have been seen of it is the most that a label could have made of any example if
        both have alternatives, else as far as either model's worst example could be.
        """
        change = self.values - other.values
        if self.alternatives is not None and other.alternatives is not None:
            changes = self.alternatives - other.alternatives
            least = min(float(changes.min()), float(change.min()))
            most = max(float(changes.max()), float(change.max()))
            # Equal predictions have no range at all.
            bounds = least - 1e-9, most + 1e-9
            return Values(values=change, bounds=bounds, clusters=self.clusters)
        ours, theirs = (each.unseen.get("possible", each.bounds[1]) for each in (self, other))
        low, high = self.bounds[0] - theirs, ours - other.bounds[0]
        bounds = min(low, float(change.min())), max(high, float(change.max()))
        return Values(values=change, bounds=bounds, clusters=self.clusters)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """A metric that is a formula of the sum over examples of rows (n, d).

    `possible` (cells, d) lists rows that could occur, None if they have no end: then one farther
    out than any seen is allowed for. See `statistics.clustered_interval`.
    """

    rows: NDArray[np.float64]
    formula: Callable[[Any], Any]
    bounds: tuple[float, float]
    clusters: NDArray[np.int64] | None
    possible: NDArray[np.float64] | None = None

    def minus(self, other: Sums) -> Sums:
        """Return the difference of two such metrics on the same examples."""
        import numpy as np

        width = self.rows.shape[1]
        possible = None
        cells = self.possible, other.possible
        if cells[0] is not None and cells[1] is not None:
            one, two = len(cells[0]), len(cells[1])
            if one * two <= _MOST_PAIRS:
                pairs = np.repeat(cells[0], two, axis=0), np.tile(cells[1], (one, 1))
                possible = np.hstack(pairs)
        return Sums(
            rows=np.hstack([self.rows, other.rows]),
            formula=lambda sums: self.formula(sums[..., :width]) - other.formula(sums[..., width:]),
            bounds=(self.bounds[0] - other.bounds[1], self.bounds[1] - other.bounds[0]),
            clusters=self.clusters,
            possible=possible,
        )


Contributions = Values | Sums


def change_interval(
    change: Contributions, bounds: tuple[float, float], *, confidence: float, seed: int
) -> Interval:
    """Return the interval of a difference from what each example adds to it.

    Means of a value of each example are bounded as such, functions of sums over examples by test
    inversion of the table of what they add, or, where that has no end and in clusters, by Dirichlet
    weights. `bounds` are those of the difference.
    """
    import numpy as np

    from pytest_accept.statistics import (
        clustered_interval,
        mean_interval,
        mean_over_clusters_interval,
        table_interval,
    )

    clusters = change.clusters
    common: dict[str, Any]
    if isinstance(change, Values):
        common = {"confidence": confidence, "bounds": change.bounds}
        if clusters is None:
            return mean_interval(change.values, seed=seed, **common)
        return mean_over_clusters_interval(change.values, clusters, **common)
    common = {"confidence": confidence, "bounds": bounds, "seed": seed}
    if clusters is None and change.possible is not None:
        listed = np.vstack([change.rows, change.possible])
        cells, inverse = np.unique(listed, axis=0, return_inverse=True)
        counts = np.bincount(inverse.ravel()[: len(change.rows)], minlength=len(cells))
        return table_interval(cells, counts, change.formula, **common)
    found = clustered_interval(
        change.rows,
        np.arange(len(change.rows)) if clusters is None else clusters,
        change.formula,
        possible=change.possible,
        farther=change.possible is None,
        **common,
    )
    return found if clusters is not None else replace(found, clusters=None)
