"""How often does a new model get wrong what the old one had right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.pairs import Older
from pytest_accept.assertions.question import Options
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.pairs import Pair
    from pytest_accept.assertions.tag_pairs import TagPair
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="share, by cluster")
def negative_flip_rate(
    new: Model | Predictions | TokenPredictions, old: Older, data: Data, **options: Unpack[Options]
) -> Estimate:
    """Share of examples that `old` has right and `new` has wrong, in 0..1; 0: nothing got worse.

    Users notice these even where the accuracy rises. `old` is a Model, Predictions, or the fixture
    `baseline`. Multi-label: right means all labels of an example; of taggers, all tags of a
    sentence. Interval: Clopper-Pearson; with
    clusters, that of a mean over clusters. Definition: Yan et al. (2021), Positive-Congruent
    Training. The evidence lists the flips by how sure the new model is of them, and the slices that
    have most beyond their share.
    """
    from pytest_accept.assertions.pair_evidence import by_slice, most_confident
    from pytest_accept.assertions.shares import values
    from pytest_accept.assertions.tag_pairs import ask_two
    from pytest_accept.statistics import mcnemar

    pair = ask_two("negative_flip_rate", new, old, data, labelled=True, **options)
    right, before = pair.right()
    flipped = before & ~right

    def evidence() -> tuple[Evidence, ...]:
        changes = mcnemar(right, before)
        return (
            *most_confident(pair, flipped, "the most confident negative flips"),
            *by_slice(pair, flipped, "negative flips"),
            Evidence(
                title="in all",
                lines=(
                    f"{changes.lost:,} negative flips (right before, wrong now), "
                    f"{changes.gained:,} positive ones (wrong before, right now)",
                ),
            ),
        )

    interval = share(pair, flipped)
    return pair.answer(
        interval,
        higher_is_better=False,
        evidence=evidence,
        kept=lambda: values(pair.question, flipped),
    )


def share(pair: Pair | TagPair, chosen: NDArray[np.bool_]) -> Any:
    """Return the interval of the share of examples that are chosen."""
    from pytest_accept.statistics import mean_over_clusters_interval, proportion_interval

    confidence, clusters = pair.question.confidence, pair.question.clusters
    if clusters is None:
        return proportion_interval(int(chosen.sum()), len(chosen), confidence=confidence)
    return mean_over_clusters_interval(
        chosen.astype(float), clusters, confidence=confidence, bounds=(0, 1)
    )


assert_negative_flip_rate_above = above_under(negative_flip_rate)
assert_negative_flip_rate_below = below_under(negative_flip_rate)
