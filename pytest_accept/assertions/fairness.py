"""Are groups of examples treated alike: as often said to be positive, as often rightly?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.grouped_rates import (
    FALSE_POSITIVES,
    SELECTION,
    TRUE_POSITIVES,
    RateQuestion,
    ask_rates,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.data.groups import GroupBy
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1)
def demographic_parity_difference(
    model: Model | Predictions,
    data: Data,
    *,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    label: str | None = None,
    min_group_size: int = 30,
    **options: Unpack[Options],
) -> Estimate:
    """Largest minus smallest selection rate over groups, in 0..1; 0: all are selected as often.

    The selection rate of a group is the share of its examples that are predicted as `label`, the
    positive one: by default the second of two labels of the model; needed if there are more or it
    is multi-label. Labels of the data are not needed.

    `group`, `groups`, `min_group_size`, the bounds and errors: as for `group_gap`. A group's own
    interval is Clopper-Pearson's; with clusters, Korn and Graubard's. Definition: fairlearn's
    `demographic_parity_difference`, between groups.
    """
    question = ask_rates(
        "demographic_parity_difference",
        model,
        data,
        group=group,
        groups=groups,
        label=label,
        min_group_size=min_group_size,
        labelled=False,
        **options,
    )
    return _difference(question, SELECTION)


@ranged(0, 1)
def demographic_parity_ratio(
    model: Model | Predictions,
    data: Data,
    *,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    label: str | None = None,
    min_group_size: int = 30,
    **options: Unpack[Options],
) -> Estimate:
    """Smallest over largest selection rate of groups, in 0..1; 1: all are selected as often.

    0.8 is the "four-fifths rule" of selection. Where no group has a selected example it is 1
    (fairlearn's is nan). Arguments as for `demographic_parity_difference`; what holds there for the
    difference of each pair of groups holds here for the ratio. Definition: fairlearn's
    `demographic_parity_ratio`, between groups.
    """
    from pytest_accept.metrics.fairness import ratio_of
    from pytest_accept.statistics import smallest_ratio

    question = ask_rates(
        "demographic_parity_ratio",
        model,
        data,
        group=group,
        groups=groups,
        label=label,
        min_group_size=min_group_size,
        labelled=False,
        **options,
    )
    families = question.families(SELECTION)
    bounds = smallest_ratio(families[0].bounds, confidence=question.asked.confidence)
    return question.answer(bounds, families, ratio_of, higher_is_better=True)


@ranged(0, 1)
def equal_opportunity_difference(
    model: Model | Predictions,
    data: Data,
    *,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    label: str | None = None,
    min_group_size: int = 30,
    **options: Unpack[Options],
) -> Estimate:
    """Largest minus smallest true positive rate over groups, in 0..1; 0: `label` is found as often.

    The true positive rate of a group is the share of its examples labelled `label` that are
    predicted so. Nothing is claimed of a group with fewer than `min_group_size` of those; without
    any its rate counts as 0, as in fairlearn. Arguments as for `demographic_parity_difference`.
    Definition: fairlearn's `equal_opportunity_difference`, between groups; Hardt et al. (2016).
    """
    question = ask_rates(
        "equal_opportunity_difference",
        model,
        data,
        group=group,
        groups=groups,
        label=label,
        min_group_size=min_group_size,
        labelled=True,
        **options,
    )
    return _difference(question, TRUE_POSITIVES)


@ranged(0, 1)
def equalized_odds_difference(
    model: Model | Predictions,
    data: Data,
    *,
    group: GroupBy | None = None,
    groups: Iterable[Any] | None = None,
    label: str | None = None,
    min_group_size: int = 30,
    **options: Unpack[Options],
) -> Estimate:
    """The larger of two differences over groups, in 0..1: of true and of false positive rates.

    0: the same errors are as frequent in all groups. The false positive rate of a group is the
    share of its examples that are not labelled `label` but predicted so. Nothing is claimed of a
    group with fewer than `min_group_size` examples for either rate. Arguments as for
    `demographic_parity_difference`. Definition: fairlearn's `equalized_odds_difference`, between
    groups, worst case; Hardt et al. (2016).
    """
    question = ask_rates(
        "equalized_odds_difference",
        model,
        data,
        group=group,
        groups=groups,
        label=label,
        min_group_size=min_group_size,
        labelled=True,
        **options,
    )
    return _difference(question, TRUE_POSITIVES, FALSE_POSITIVES)


def _difference(question: RateQuestion, *rates: str) -> Estimate:
    from pytest_accept.metrics.fairness import gap_of
    from pytest_accept.statistics import largest_difference

    families = question.families(*rates)
    value, low, high = largest_difference(
        [each.bounds for each in families], confidence=question.asked.confidence, most=1.0
    )
    if any(each.small for each in families):
        high = 1.0
    return question.answer((value, low, high), families, gap_of, higher_is_better=False)


assert_demographic_parity_difference_above = above(demographic_parity_difference)
assert_demographic_parity_difference_below = below(demographic_parity_difference)
assert_demographic_parity_ratio_above = above(demographic_parity_ratio)
assert_demographic_parity_ratio_below = below(demographic_parity_ratio)
assert_equal_opportunity_difference_above = above(equal_opportunity_difference)
assert_equal_opportunity_difference_below = below(equal_opportunity_difference)
assert_equalized_odds_difference_above = above(equalized_odds_difference)
assert_equalized_odds_difference_below = below(equalized_odds_difference)
