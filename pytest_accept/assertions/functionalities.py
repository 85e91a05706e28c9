"""A behavioural suite: is every functionality good enough?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import check_bar
from pytest_accept.assertions.minimum_functionality import CaseOptions, minimum_functionality
from pytest_accept.errors import AcceptanceFailure, SettingError, expected
from pytest_accept.explanation import demonstrated, explain, measured
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_accept.behaviour.suites import BehaviouralSuite
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions


_EXPLAINED = 3  # functionalities whose examples are shown


def functionality_rates(
    model: Model | Predictions, suite: BehaviouralSuite, **options: Unpack[CaseOptions]
) -> dict[str, Estimate]:
    """Return the share of cases predicted as labelled of each functionality, in 0..1; 1 is all.

    Each is the `minimum_functionality` of its cases, clustered by template, and takes its options.
    `where=` takes part of the suite first; functionalities without a case there are left out. In
    the report the capability is the functionality, or `capability=`.
    """
    from pytest_accept.behaviour.suites import BehaviouralSuite

    if not isinstance(suite, BehaviouralSuite):
        what = "a suite, as load_behavioural_suite(...) returns it"
        raise SettingError(expected("suite", what, suite))
    where = options.pop("where", None)
    part = suite if where is None else suite.where(where)
    rates = {}
    for name, cases in part:
        chosen = {"capability": name, **{k: v for k, v in options.items() if v is not None}}
        if chosen["capability"] != name:
            chosen = {"name": name, **chosen}
        rates[name] = minimum_functionality(model, cases, **chosen)  # type: ignore[arg-type]
    return rates


def assert_functionalities_above(
    model: Model | Predictions,
    suite: BehaviouralSuite,
    bar: float,
    **options: Unpack[CaseOptions],
) -> tuple[Verdict, ...]:
    """Require of every functionality that its share of right cases is at least `bar`, in 0..1.

    All are judged, each by the lower bound of its `minimum_functionality`, before one
    AcceptanceFailure explains those that fail: all must pass, so no bound is corrected for their
    number. Returns the verdicts in the order of the suite. Options are those of
    `functionality_rates`. Raises SettingError for a bar outside of 0..1.
    """
    check_bar("minimum_functionality", bar)
    rates = functionality_rates(model, suite, **options)
    verdicts = {name: rate.judge(bar, "above") for name, rate in rates.items()}
    failed = {name: verdict for name, verdict in verdicts.items() if not verdict}
    if failed:
        raise AcceptanceFailure(_explained(failed, len(verdicts)), failed.values())
    return tuple(verdicts.values())


def _explained(failed: Mapping[str, Verdict], judged: int) -> str:
    """Return a line for every functionality that failed, and the evidence of the worst."""
    worst = sorted(failed.items(), key=lambda item: item[1].estimate.value)
    lines = [f"{len(failed):,} of {judged:,} functionalities are not accepted (worst first)"]
    width = max(map(len, failed))
    for name, verdict in worst:
        shown = f"{measured(verdict)}, demonstrated {demonstrated(verdict)}"
        lines.append(f"  {name:<{width}}  {verdict.status:<12}  {shown}")
    examples = [explain(verdict) for _, verdict in worst[:_EXPLAINED]]
    return "\n".join([*lines, *examples])
