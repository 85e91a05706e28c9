"""Does the model rank the right examples first?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, ask
from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1)
def roc_auc(
    model: Model | Predictions, data: Data, *, label: str | None = None, **options: Unpack[Options]
) -> Estimate:
    """Area under the ROC curve, in 0..1; 0.5 is chance, 1 is a perfect ranking.

    It is the probability that an example of the label scores higher for it than an example without
    it (ties count one half). Two labels: one number, whichever label is asked for. More labels or
    multi-label: one label against the rest by `label`, else the mean over labels. Raises DataError
    if a label has no examples, or nothing else has. Interval: from the placement values (DeLong
    1988; Obuchowski 1997 with clusters). Definition: scikit-learn's
    `roc_auc_score(multi_class="ovr", average="macro")`.
    """
    import numpy as np

    from pytest_accept.assertions.evidence import misranked
    from pytest_accept.assertions.figures import of_ranking
    from pytest_accept.statistics import auc_interval

    question = ask("roc_auc", model, data, **options)
    columns = np.arange(len(question.labels))
    if label is not None:
        columns = columns[[question.label_index(label)]]
    elif len(columns) == 2 and not question.multi_label:
        columns = columns[1:]
    positives = question.indicators()[0][:, columns]
    for column, share in zip(columns, positives.mean(axis=0), strict=True):
        if share in (0, 1):
            name = question.labels[column]
            raise DataError(
                f"roc_auc needs examples with and without the label {name!r}, but "
                f"{'no' if share == 0 else 'every'} example of {question.data.population} has it."
            )
    interval = auc_interval(
        question.predictions.probabilities[:, columns],
        positives,
        confidence=question.confidence,
        clusters=question.clusters,
    )
    return question.answer(
        interval,
        higher_is_better=True,
        evidence=lambda asked: misranked(asked, int(columns[0])) if len(columns) == 1 else (),
        options="" if label is None else f"label={label}",
        figures=lambda asked: of_ranking(asked, columns),
    )


assert_roc_auc_above = above(roc_auc)
assert_roc_auc_below = below(roc_auc)
