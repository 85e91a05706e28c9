"""How often is the model right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, ask

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="share", in_parts=True)
def accuracy(model: Model | Predictions, data: Data, **options: Unpack[Options]) -> Estimate:
    """Share of examples whose predicted label is the labelled one, in 0..1; 1 is all right.

    Multi-label: all labels of an example must be right (subset accuracy). Soft labels count by
    their most probable label. Interval: Clopper-Pearson; with clusters, Korn and Graubard's.
    Definition: scikit-learn's `accuracy_score`.
    """
    from pytest_accept.assertions.contributions import Values
    from pytest_accept.assertions.evidence import confident_mistakes
    from pytest_accept.assertions.figures import of_decisions
    from pytest_accept.statistics import clustered_proportion_interval, proportion_interval

    question = ask("accuracy", model, data, **options)
    correct = question.correct()
    if question.clusters is None:
        interval = proportion_interval(
            int(correct.sum()), len(correct), confidence=question.confidence
        )
    else:
        interval = clustered_proportion_interval(
            correct, question.clusters, confidence=question.confidence
        )
    return question.answer(
        interval,
        higher_is_better=True,
        evidence=confident_mistakes,
        figures=of_decisions,
        contributions=lambda: Values(
            values=correct.astype(float), bounds=(0, 1), clusters=question.clusters
        ),
    )


assert_accuracy_above = above(accuracy)
assert_accuracy_below = below(accuracy)
