"""How far are the probabilities of two models apart: a model and what was made of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.pairs import Older
from pytest_accept.assertions.question import Options

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="mean, by cluster")
def probability_difference(
    model: Model | Predictions | TokenPredictions,
    original: Older,
    data: Data,
    **options: Unpack[Options],
) -> Estimate:
    """Mean over examples of the largest difference of a label's probability, in 0..1; 0: none.

    For a model that should do what `original` does: quantised, pruned, distilled, or exported to be
    served. It sees what `agreement` does not: models that say the same label and are more or less
    sure of it. Labels are not needed. `original` is a Model, Predictions, or the fixture
    `baseline`. Of taggers, the largest difference in a sentence. Interval: that of a mean within
    0..1; with clusters, of one over clusters. The evidence lists where the two are farthest apart.
    """
    import numpy as np

    from pytest_accept.assertions.agreement import how_far
    from pytest_accept.assertions.contributions import Values
    from pytest_accept.assertions.pair_evidence import shown
    from pytest_accept.assertions.tag_pairs import ask_two
    from pytest_accept.statistics import mean_interval, mean_over_clusters_interval

    pair = ask_two("probability_difference", model, original, data, labelled=False, **options)
    # Sums of rounded probabilities may be beyond 1 by a digit.
    shifts = np.minimum(pair.shifts(), 1.0)
    confidence, clusters = pair.question.confidence, pair.question.clusters
    interval = (
        mean_interval(shifts, confidence=confidence, bounds=(0, 1), seed=pair.question.seed)
        if clusters is None
        else mean_over_clusters_interval(shifts, clusters, confidence=confidence, bounds=(0.0, 1.0))
    )
    return pair.answer(
        interval,
        higher_is_better=False,
        evidence=lambda: (
            *shown(pair, np.argsort(-shifts, kind="stable"), "the largest differences"),
            how_far(pair, int(pair.differs().sum())),
        ),
        kept=lambda: Values(values=shifts, bounds=(0, 1), clusters=clusters),
    )


assert_probability_difference_above = above_under(probability_difference)
assert_probability_difference_below = below_under(probability_difference)
