"""The share of examples of which something holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.asked import Asked
    from pytest_accept.assertions.contributions import Sums, Values
    from pytest_accept.statistics import Interval


def share(asked: Asked[Any], holds: NDArray[np.bool_]) -> Interval:
    """Return the interval of the share: Clopper-Pearson; with clusters, Korn and Graubard's."""
    from pytest_accept.statistics import clustered_proportion_interval, proportion_interval

    if asked.clusters is None:
        return proportion_interval(int(holds.sum()), len(holds), confidence=asked.confidence)
    return clustered_proportion_interval(holds, asked.clusters, confidence=asked.confidence)


def values(asked: Asked[Any], holds: NDArray[np.bool_]) -> Values:
    """Return what each example adds to the share."""
    from pytest_accept.assertions.contributions import Values

    return Values(values=holds.astype(float), bounds=(0, 1), clusters=asked.clusters)


def sums_among(asked: Asked[Any], holds: NDArray[np.bool_], among: NDArray[np.bool_]) -> Sums:
    """Return what each example adds to the share among some of the examples."""
    import numpy as np

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.metrics.confusion import share

    return Sums(
        rows=np.stack([holds & among, among], axis=1).astype(np.float64),
        formula=share,
        bounds=(0, 1),
        clusters=asked.clusters,
        possible=np.array([[0.0, 1.0], [1.0, 1.0]]),
    )
