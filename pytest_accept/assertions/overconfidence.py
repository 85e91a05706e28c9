"""Is the model surer than it may be, or less sure?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept import dry_run
from pytest_accept.assertions.calibration import claims
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, ask

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(-1, 1, interval="mean", in_parts=True)
def overconfidence(
    model: Model | Predictions,
    data: Data,
    *,
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Mean confidence less accuracy, in -1..1; positive: too sure, negative: not sure enough.

    Confidence is the probability of the predicted label and accuracy whether it is right; with
    `label` (needed if multi-label) the probability of that label and whether it applies: positive
    is said too often. 0 may also be too sure here and not sure enough there: the expected
    calibration error sees both, and `find_weak_slices(metric=overconfidence)` where. A criterion
    on both sides asks `assert_overconfidence_below(..., 0.05)` and `_above(..., -0.05)`.

    Interval: of the mean of a value between -1 and 1 of each example (`mean_interval`). Definition:
    the calibration error of one bin, with its sign.
    """
    import numpy as np

    from pytest_accept.assertions.contributions import Values
    from pytest_accept.assertions.evidence import reliability_table
    from pytest_accept.assertions.figures import of_bins
    from pytest_accept.metrics.calibration import confidence_bins, reliability
    from pytest_accept.prediction.probabilities import HALF_TOLERANCE
    from pytest_accept.statistics import clustered_mean_interval, mean_interval

    question = ask("overconfidence", model, data, **options)
    # Who says one of k labels is at least 1 / k sure of it.
    least = -1.0 if label is not None else 1 / len(question.labels) - 1
    dry_run.within(least, 1.0)
    sure, right = claims(question, label)
    values = sure - right
    bounds = min(least, float(values.min())), 1.0
    if question.clusters is None:
        interval = mean_interval(
            values, confidence=question.confidence, bounds=bounds, seed=question.seed
        )
    else:
        interval = clustered_mean_interval(
            values, question.clusters, confidence=question.confidence, bounds=bounds
        )
    # What any further example could add, as far as probabilities may miss a sum of 1.
    possible = max(-1.0, least - HALF_TOLERANCE / len(question.labels)), 1.0
    bins = confidence_bins(np.asarray(sure), bins=15, binning="equal_width")
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda _: reliability_table(reliability(sure, right, bins)),
        options="" if label is None else f"label={label}",
        contributions=lambda: Values(values=values, bounds=possible, clusters=question.clusters),
        figures=lambda _: of_bins(reliability(sure, right, bins)),
    )


assert_overconfidence_above = above(overconfidence)
assert_overconfidence_below = below(overconfidence)
