"""How far do probabilities move with the identity that a text names?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.counterfactual_question import (
    Swapping,
    ask_counterfactuals,
    in_either_order,
)
from pytest_accept.assertions.counterfactual_templates import Columns
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, Question
from pytest_accept.errors import SettingError

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="mean, by cluster")
def counterfactual_score_gap(
    model: Model | Predictions,
    data: Data,
    swap: Swapping | None = None,
    *,
    template: Columns | None = None,
    identity: str | None = None,
    label: str | None = None,
    allow_single: bool = False,
    most: int | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Mean over texts, or templates, of how far a label's probability differs by identity, in 0..1.

    Of a text and its counterfactuals, or of the texts of a template, the largest probability minus
    the smallest; 0: which identity is named moves nothing, 1: always from certain to impossible. If
    a template has several texts of an identity, they count by their mean. `label`: default either
    of two, which is the same; of more labels, or multi-label, it is needed.

    `swap`, or `template` and `identity`, `most` and `allow_single`: as in
    `counterfactual_flip_rate`. Interval: that of a mean over texts or templates, or over their
    clusters. Source: the counterfactual fairness gap of Garg et al. 2019, as the largest instead of
    the mean distance.

    Raises what `counterfactual_flip_rate` does, and SettingError for a label that is needed or
    unknown.
    """
    from pytest_accept.assertions.counterfactual_evidence import largest_gaps

    asked = ask_counterfactuals(
        "counterfactual_score_gap",
        model,
        data,
        swap,
        template=template,
        identity=identity,
        allow_single=allow_single,
        most=most,
        own=("label",),
        **options,
    )
    index = _index(asked.question, label)
    gaps = asked.gaps(index)
    named = [] if label is None else [f"label={label}"]
    return asked.answer(
        asked.mean(gaps),
        values=gaps,
        evidence=lambda _: largest_gaps(asked, gaps, index),
        named=named,
    )


def _index(question: Question, label: str | None) -> int:
    if label is not None:
        return question.label_index(label)
    if question.multi_label or len(question.labels) > 2:
        raise SettingError(
            "counterfactual_score_gap is of one label's probability. "
            f"Pass label=, one of {', '.join(map(repr, question.labels))}."
        )
    return len(question.labels) - 1


assert_counterfactual_score_gap_above = in_either_order(above(counterfactual_score_gap))
assert_counterfactual_score_gap_below = in_either_order(below(counterfactual_score_gap))
