"""How often does the prediction hang on which identity a text names?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.counterfactual_question import (
    Swapping,
    ask_counterfactuals,
    in_either_order,
)
from pytest_accept.assertions.counterfactual_templates import Columns
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="share, by cluster")
def counterfactual_flip_rate(
    model: Model | Predictions,
    data: Data,
    swap: Swapping | None = None,
    *,
    template: Columns | None = None,
    identity: str | None = None,
    allow_single: bool = False,
    most: int | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Share of texts, or templates, that are not predicted alike for all identities, in 0..1.

    0: which identity is named never matters; 1: it always does, at least for one identity. Labels
    are not needed. Multi-label: any label that comes or goes is a flip. A change by less than 1e-4
    is none.

    With a `swap` (``pytest_accept.swaps``: `religions`, `names_by_gender`, …, `terms` for lists of
    your own, or a function from a text to texts or to a dict from identities to texts), a text and
    its counterfactuals are one observation, which flips if any of them does. `most`: so many
    counterfactuals of a text, default 10, drawn evenly and always the same for a text and a seed;
    the more, the more flips are found. Texts without an identity are left out and counted.

    Data that bring their own templates: `template` and `identity` are the columns that say which
    template a text is of and which identity it names. A template is one observation, and all of its
    texts must be predicted alike. Where they differ in more than the identity, as the cases of
    `template` may, `template` is a list of columns: ``template=["template", "adj"]``.
    `allow_single`: templates of one identity are left out and counted, instead of an error.

    A flip rate says nothing of a direction, and a gap between groups nothing of single texts: a
    model may treat all groups alike on average and still change its mind with the identity. See
    `group_gap` and `demographic_parity_difference` for the other lens.

    Interval: Clopper-Pearson; with clusters (``cluster=``, or those of the data), that of a mean
    over clusters. Source: counterfactual token fairness (Garg et al. 2019), by verdicts.

    Raises SettingError unless there is either a swap or both columns; DataError for a swap that
    finds no identity in any text, missing templates or identities, or a template of one identity.
    """
    from pytest_accept.assertions.counterfactual_evidence import flips
    from pytest_accept.statistics import proportion_interval

    asked = ask_counterfactuals(
        "counterfactual_flip_rate",
        model,
        data,
        swap,
        template=template,
        identity=identity,
        allow_single=allow_single,
        most=most,
        **options,
    )
    flipped = asked.flipped()
    values = flipped.astype(float)
    if asked.clusters is None:
        confidence = asked.question.confidence
        interval = proportion_interval(int(flipped.sum()), len(flipped), confidence=confidence)
    else:
        interval = asked.mean(values)
    return asked.answer(interval, values=values, evidence=lambda _: flips(asked, flipped))


assert_counterfactual_flip_rate_above = in_either_order(above(counterfactual_flip_rate))
assert_counterfactual_flip_rate_below = in_either_order(below(counterfactual_flip_rate))
