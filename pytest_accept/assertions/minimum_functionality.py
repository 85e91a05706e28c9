"""Can the model do the least that is asked of it? (CheckList's minimum functionality test)"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.behaviour import behaviour_of, required
from pytest_accept.assertions.judgement import check_bar, ranged
from pytest_accept.assertions.question import Options, ask
from pytest_accept.assertions.these_cases import about_these, share_of_these
from pytest_accept.errors import DataError
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions


class CaseOptions(Options, total=False):
    """The options of a minimum functionality test, beside those of every metric.

    `only_these`: whether the criterion is about exactly these cases (True), or about others like
    them (False). None: about exactly these if they are all of one template.
    `capability`, `name`: what the test is of, for the report.
    """

    only_these: bool | None
    capability: str | None
    name: str | None


@ranged(0, 1, interval="share, by cluster")
def minimum_functionality(
    model: Model | Predictions,
    cases: Data,
    *,
    only_these: bool | None = None,
    capability: str | None = None,
    name: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Share of cases predicted as they are labelled, in 0..1; 0: none, 1: all.

    Cases of one template stand and fall together, so the interval is that of templates: a template
    is one observation (the share of its cases that are right, weighted by their number), and one
    further template, of which all fails, was not seen. It says what to expect of others like these;
    even a model without a fault needs 29 templates to show 0.9 of that. Cases without a cluster are
    independent (Clopper-Pearson).

    The weaker claim, `only_these=True`, is about exactly the cases at hand. These are all there is
    to ask, so nothing is uncertain: the bounds are the share itself, the method is "all cases", and
    the report says so. Of cases that `limit=` drew it is about all those they were drawn from, with
    exact hypergeometric bounds. It is the default where all cases are of one template, which says
    nothing of others.

    Raises DataError for cases without labels and SettingError for a bad option. Source: the minimum
    functionality test of Ribeiro et al. 2020 (CheckList), which reports 1 minus this.
    """
    from pytest_accept.assertions.evidence import confident_mistakes
    from pytest_accept.assertions.shares import values
    from pytest_accept.statistics import mean_over_clusters_interval, proportion_interval

    behaviour = behaviour_of("MFT", capability, name)
    if getattr(cases, "labelled", True) is False:
        raise DataError(
            f"minimum_functionality compares predictions with labels, but {cases.population!r} has "
            "none. Pass label= to template(...) or load_data(...)."
        )
    takes = CaseOptions.__annotations__
    question = ask("minimum_functionality", model, cases, takes=takes, **options)
    these = about_these(question, only_these, options.get("cluster"))
    right = question.correct()
    if these:
        interval = share_of_these(question, right)
    elif question.clusters is None:
        interval = proportion_interval(int(right.sum()), len(right), confidence=question.confidence)
    else:
        interval = mean_over_clusters_interval(
            right, question.clusters, confidence=question.confidence, bounds=(0, 1)
        )
    measured = question.answer(
        interval,
        higher_is_better=True,
        evidence=confident_mistakes,
        kept=lambda: values(question, right),
    )
    return replace(measured, behaviour=behaviour)


def assert_minimum_functionality(
    model: Model | Predictions, cases: Data, bar: float, **options: Unpack[CaseOptions]
) -> Verdict:
    """Require that the share of cases predicted as labelled is at least `bar`, in 0..1.

    Accepted if the lower bound of `minimum_functionality` is at least the bar; options are those of
    it, `capability=` and `name=` say in the report what was tested. Returns the Verdict. Raises
    AcceptanceFailure, with the verdict, if the criterion is rejected or (by default) inconclusive,
    SettingError for a bar outside of 0..1, and what `minimum_functionality` raises.
    """
    check_bar("minimum_functionality", bar)
    return required(minimum_functionality(model, cases, **options), bar)
