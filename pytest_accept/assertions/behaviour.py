"""What the behavioural tests in the manner of CheckList share: options, naming, shares of edits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.judgement import Measurement, require
from pytest_accept.assertions.perturbed import (
    Perturbed,
    PerturbedOptions,
    Transform,
    as_perturbation,
    ask_perturbed,
    is_function,
)
from pytest_accept.assertions.these_cases import share_of_edits
from pytest_accept.errors import SettingError, expected
from pytest_accept.explanation import ALL_CASES
from pytest_accept.records import Behaviour, Estimate, Evidence, TestType, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.question import Question
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.perturbation import Perturbation


class EditOptions(PerturbedOptions, total=False):
    """The options of an invariance test, beside those of every rate under a perturbation.

    `only_these`, `capability` and `name` are as in `CaseOptions`.
    """

    only_these: bool | None
    capability: str | None
    name: str | None


def required(estimate: Estimate, bar: float) -> Verdict:
    """Return the verdict on "at least `bar`"; AcceptanceFailure if it does not pass."""
    verdict = estimate.judge(bar, "above")
    require(verdict)
    return verdict


def behaviour_of(test_type: TestType, capability: Any, name: Any) -> Behaviour:
    """Return what a behavioural test is of; SettingError for names that are none."""
    for argument, value in (("capability", capability), ("name", name)):
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise SettingError(expected(argument, "a text that is not empty, or None", value))
    return Behaviour(capability=capability or "", test_type=test_type, name=name or "")


def edited_by(transform: Transform) -> Perturbation:
    """Return a perturbation as it is; of a function nobody promised that it keeps a "not"."""
    from pytest_accept.perturbations.made_by_users import from_function

    if is_function(transform):
        return from_function(transform, promise="unknown")
    return as_perturbation(transform)


def ask_edited(
    metric: str,
    model: Model,
    data: Data,
    transform: Transform,
    chosen: Perturbation,
    **options: Any,
) -> Perturbed:
    """Return the question; a function makes one edited text of a text, so one is drawn."""
    if chosen is not transform:
        options.setdefault("draws", 1)
    return ask_perturbed(metric, model, data, chosen, **options)


def share(
    asked: Perturbed,
    right: NDArray[np.bool_],
    *,
    single: bool,
    these: bool,
    evidence: Callable[[Question], tuple[Evidence, ...]],
    named: list[str] | None = None,
) -> Measurement:
    """Return the share of edited texts (c, draws) that are right."""
    interval = share_of_edits(asked, right, single=single) if these else None
    if these and interval is None:
        asked = replace(asked, question=replace(asked.question, clusters=None))
    measured = asked.mean(
        right.mean(axis=1),
        higher_is_better=True,
        evidence=evidence,
        named=named or [],
        interval=interval,
    )
    # More cases would decide nothing of exactly these.
    return replace(measured, plan=_no_plan) if measured.method == ALL_CASES else measured


def _no_plan(*_: Any) -> tuple[None, None]:
    return None, None
