"""How much of an old task has a model forgotten after it was trained on a new one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.differences import Subject, declare_difference, difference
from pytest_accept.assertions.judgement import check_bar, require
from pytest_accept.assertions.seed_runs import Metric, Seeds
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data


@dry_run.measured(lambda given: declare_difference("forgetting", given["metric"]))
def forgetting(
    after: Subject,
    before: Subject,
    data: Data,
    *,
    metric: Metric = accuracy,
    seeds: Seeds = 3,
    **options: Any,
) -> Estimate:
    """By how much a model is worse on an old task after it learned a new one; 0: nothing forgotten.

    The metric of `before` minus that of `after` on the old task's data, of a loss the other way
    round, so that more is worse of every metric and negative is a gain (backward transfer:
    Lopez-Paz and Ranzato 2017, with the sign turned). Each is a Model or a recipe (a function of a
    seed). Of two Models the interval is about new examples, paired example by example; with a
    recipe also about a new seed, as for `across_seeds`. `options` are those of every metric and
    the metric's own.
    """
    title = declare_difference("forgetting", metric)
    return difference(
        title, metric, after, before, data, seeds=seeds, loss=True, relation="before", **options
    )


def assert_forgetting_below(
    after: Subject,
    before: Subject,
    data: Data,
    bar: float,
    *,
    metric: Metric = accuracy,
    **options: Any,
) -> Verdict:
    """Require that a model is worse on an old task than before by at most `bar`.

    Accepted if the upper bound of `forgetting`, whose options these are, is at most the bar.
    Returns the Verdict; raises AcceptanceFailure if it is rejected or (by default) inconclusive.

        def test_reviews_are_not_forgotten(fine_tune, base, tweets, reviews):
            after = fine_tune(base, tweets)
            assert_forgetting_below(after, load_model(base), reviews, 0.02)
    """
    check_bar(declare_difference("forgetting", metric), bar)
    verdict = forgetting(after, before, data, metric=metric, **options).judge(bar, "below")
    require(verdict)
    return verdict
