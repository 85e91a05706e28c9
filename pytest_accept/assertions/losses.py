"""How much probability does the model give to the truth?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from pytest_accept import dry_run
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, Question, ask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate

_MOST_LABELS = 20


@ranged(0, math.inf, in_parts=True)
def cross_entropy(model: Model | Predictions, data: Data, **options: Unpack[Options]) -> Estimate:
    """Mean cross-entropy H(q, p) = -Σ q log p in nats, 0 or more; 0 is certain and right.

    q is the label, or the distribution over labels where the data has soft labels; log(k) is what
    guessing among k labels gives. Multi-label: the mean over labels of the binary cross-entropies.
    Probabilities are clipped to 2.2e-16, so a loss is at most 36.04. Interval: a Dirichlet-weighted
    mean with one unseen loss (Gaffke 2005), as large as a calibrated model's may be and as the
    surest prediction would cost if it were wrong; below 30 examples a betting interval with the
    bounds 0 and 36.04. Losses rarer and larger than any prediction shows cannot be allowed for.
    Definition: scikit-learn's `log_loss`.
    """
    from pytest_accept.metrics import losses

    question = ask("cross_entropy", model, data, **options)
    values = losses.cross_entropy(
        question.predictions.probabilities, question.targets(), multi_label=question.multi_label
    )
    possible = losses.largest_possible(
        question.predictions.probabilities, multi_label=question.multi_label
    )
    # -log of a calibrated probability has an exponential tail of scale 1: P(loss > t) <= exp(-t).
    # A model that is too sure of itself shows how much a mistake would cost before it makes one.
    unseen = {"tail": 1.0, "possible": possible}
    return mean_loss(question, values, (0, losses.LARGEST_CROSS_ENTROPY), **unseen)


@ranged(0, 2, interval="mean", in_parts=True)
def brier_score(model: Model | Predictions, data: Data, **options: Unpack[Options]) -> Estimate:
    """Mean squared distance between probabilities and labels; 0 is certain and right.

    Two labels: (p - q)², in 0..1. More: Σ (p - q)², in 0..2 (Brier 1950). Multi-label: the mean
    over labels, in 0..1. Interval: a Dirichlet-weighted mean with one unseen, largest loss (Gaffke
    2005); below 30 examples a betting interval (Waudby-Smith and Ramdas 2024).
    Definition: scikit-learn's `brier_score_loss`.
    """
    from pytest_accept.metrics import losses

    question = ask("brier_score", model, data, **options)
    largest = 2 if len(question.labels) > 2 and not question.multi_label else 1
    dry_run.within(0, largest)
    values = losses.brier_score(
        question.predictions.probabilities, question.targets(), multi_label=question.multi_label
    )
    return mean_loss(question, values, (0, largest))


def mean_loss(
    question: Question,
    values: NDArray[np.float64],
    bounds: tuple[float, float],
    **unseen: float,
) -> Estimate:
    """Return the mean of a loss per example, lower is better."""
    from pytest_accept.assertions.contributions import Values
    from pytest_accept.assertions.evidence import largest
    from pytest_accept.assertions.figures import of_probabilities
    from pytest_accept.statistics import clustered_mean_interval, mean_interval

    confidence = question.confidence
    if question.clusters is None:
        interval = mean_interval(
            values, confidence=confidence, bounds=bounds, seed=question.seed, **unseen
        )
    else:
        interval = clustered_mean_interval(
            values, question.clusters, confidence=confidence, bounds=bounds, **unseen
        )
    name = question.metric.replace("_", " ")
    added = Values(values=values, bounds=bounds, clusters=question.clusters, unseen=unseen)
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda asked: largest(asked, values, name),
        contributions=lambda: added,
        kept=lambda: replace(added, alternatives=_under_each_label(question)),
        figures=of_probabilities,
    )


def _under_each_label(question: Question) -> NDArray[np.float64] | None:
    """Return the loss of each example under each label (n, k), None if that is much to keep."""
    from pytest_accept.metrics import losses

    if question.multi_label or len(question.labels) > _MOST_LABELS:
        return None
    loss = getattr(losses, question.metric)
    return losses.under_each_label(loss, question.predictions.probabilities)


assert_cross_entropy_above = above(cross_entropy)
assert_cross_entropy_below = below(cross_entropy)
assert_brier_score_above = above(brier_score)
assert_brier_score_below = below(brier_score)
