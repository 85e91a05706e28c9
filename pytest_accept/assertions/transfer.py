"""What is a transfer worth: fine-tuned against a frozen probe, or against no pretraining?"""

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


@dry_run.measured(lambda given: declare_difference("transfer gain", given["metric"]))
def transfer_gain(
    recipe: Subject,
    over: Subject,
    data: Data,
    *,
    metric: Metric = accuracy,
    seeds: Seeds = 3,
    **options: Any,
) -> Estimate:
    """By how much one recipe is better than another on the same examples; 0: it gains nothing.

    The metric of `recipe` minus that of `over`, of a loss the other way round, so that more is
    better of every metric. Each is a recipe (a function of a seed) or a Model; a Model is the same
    for all seeds. Fine-tuning against what the frozen encoder knows, and against its architecture
    without what it learned before:

        tuned = functools.partial(fine_tune, base, train, epochs=2)
        transfer_gain(tuned, functools.partial(probe, base, train), test)
        transfer_gain(tuned, functools.partial(fine_tune, base, train, from_scratch=True), test)

    Paired: both are judged on the same examples and run with the same seeds, and the interval is
    that of the mean difference, for a new seed on new examples, as `across_seeds` has it; failed
    runs count as there. Examples are compared one by one, and the seeds' luck is taken for that of
    two independent recipes, or of their differences if that is more. Of two Models it is about new
    examples only. `options` are those of every metric and the metric's own.
    """
    title = declare_difference("transfer gain", metric)
    return difference(
        title, metric, recipe, over, data, seeds=seeds, loss=False, relation="over", **options
    )


def assert_transfer_gain_above(
    recipe: Subject,
    over: Subject,
    data: Data,
    bar: float,
    *,
    metric: Metric = accuracy,
    **options: Any,
) -> Verdict:
    """Require that a recipe is better than another by more than `bar`.

    Accepted if the lower bound of `transfer_gain`, whose options these are, is at least the bar.
    Returns the Verdict; raises AcceptanceFailure if it is rejected or (by default) inconclusive.

        def test_fine_tuning_is_worth_it(tuned, probed, held_out):
            assert_transfer_gain_above(tuned, probed, held_out, 0.02)
    """
    check_bar(declare_difference("transfer gain", metric), bar)
    verdict = transfer_gain(recipe, over, data, metric=metric, **options).judge(bar, "above")
    require(verdict)
    return verdict
