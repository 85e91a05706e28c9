"""Behavioural tests in the manner of CheckList: minimum functionality, invariance, direction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast

from pytest_accept.assertions.judgement import Measurement, check_bar, ranged, require
from pytest_accept.assertions.perturbed import (
    TIE,
    Perturbed,
    PerturbedOptions,
    Transform,
    as_perturbation,
    ask_perturbed,
)
from pytest_accept.assertions.question import Options, ask
from pytest_accept.assertions.these_cases import about_these, share_of_edits, share_of_these
from pytest_accept.errors import DataError, SettingError, expected
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
    from pytest_accept.prediction import Predictions

Moves = Literal["up", "down"]

_PROMISED: dict[str, Moves] = {"up": "up", "down": "down", "flips": "down"}


class CaseOptions(Options, total=False):
    """The options of a minimum functionality test, beside those of every metric.

    `only_these`: whether the criterion is about exactly these cases (True), or about others like
    them (False). None: about exactly these if they are all of one template.
    `capability`, `name`: what the test is of, for the report.
    """

    only_these: bool | None
    capability: str | None
    name: str | None


class EditOptions(PerturbedOptions, total=False):
    """The options of an invariance test, beside those of every rate under a perturbation.

    `only_these`, `capability` and `name` are as in `CaseOptions`.
    """

    only_these: bool | None
    capability: str | None
    name: str | None


class DirectionOptions(EditOptions, total=False):
    """The options of a directional test: those of `directional`."""

    label: str | None
    moves: Moves | None
    tolerance: float


@ranged(0, 1)
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
    from pytest_accept.statistics import mean_over_clusters_interval, proportion_interval

    behaviour = _behaviour("MFT", capability, name)
    if getattr(cases, "labelled", True) is False:
        raise DataError(
            f"minimum_functionality compares predictions with labels, but {cases.population!r} has "
            "none. Pass label= to template(...) or load_data(...)."
        )
    takes = CaseOptions.__annotations__
    question = ask("minimum_functionality", model, cases, takes=takes, **options)
    right = question.correct()
    if about_these(question, only_these, options.get("cluster")):
        interval = share_of_these(question, right)
    elif question.clusters is None:
        interval = proportion_interval(int(right.sum()), len(right), confidence=question.confidence)
    else:
        interval = mean_over_clusters_interval(
            right, question.clusters, confidence=question.confidence, bounds=(0, 1)
        )
    measured = question.answer(interval, higher_is_better=True, evidence=confident_mistakes)
    return replace(measured, behaviour=behaviour)


@ranged(0, 1)
def invariance(
    model: Model,
    data: Data,
    transform: Transform,
    *,
    only_these: bool | None = None,
    capability: str | None = None,
    name: str | None = None,
    **options: Unpack[PerturbedOptions],
) -> Estimate:
    """Share of edited texts whose prediction stays what it was, in 0..1; 1: all stay, 0: none.

    `transform` is a perturbation, of which `draws` edited texts an example are drawn (default 3),
    or a function from a text to a text. Texts that it does not change are left out and counted.
    Labels are not needed. Interval: that of a mean over examples, which are independent, or over
    the clusters of the data (the template, for cases of `template`). With `only_these=True`, the
    default where all cases are of one template, it is about these cases alone: of a function all
    is known ("all cases"), of a perturbation the draws are uncertain.

    Raises SettingError for a perturbation that promises to flip the label, DataError for one that
    changes no text or a function that returns no text. It is 1 minus `flip_rate`. Source: the
    invariance test of Ribeiro et al. 2020 (CheckList).
    """
    from pytest_accept.assertions.edited_evidence import smallest_edits

    behaviour = _behaviour("INV", capability, name)
    chosen = _perturbation(transform)
    if chosen.promise == "flips":
        raise SettingError(
            f"invariance asks that predictions stay, but {chosen!r} promises that it flips the "
            "label. Ask `directional(...)` of it, or `flip_rate`."
        )
    asked = _asked("invariance", model, data, transform, chosen, labelled=False, **options)
    flipped = asked.flipped()
    measured = _share(
        asked,
        ~flipped,
        single=chosen is not transform,
        these=about_these(asked.question, only_these, options.get("cluster")),
        evidence=lambda _: smallest_edits(asked, flipped, "flip the prediction"),
    )
    return replace(measured, behaviour=behaviour)


@ranged(0, 1)
def directional(
    model: Model,
    data: Data,
    transform: Transform,
    *,
    label: str | None = None,
    moves: Moves | None = None,
    tolerance: float = 0.05,
    only_these: bool | None = None,
    capability: str | None = None,
    name: str | None = None,
    **options: Unpack[PerturbedOptions],
) -> Estimate:
    """Share of edited texts that do not move a probability the wrong way, in 0..1; 1: none does.

    The probability is that of `label`; for None it is that of each example's own label, or of the
    label first predicted where the data have none. It should move `moves`, "up" or "down": an edit
    fails if it moves it the other way by more than `tolerance` (in 0..1, of probability). Not
    moving at all is right. For None, `moves` is what the perturbation promises of the right label:
    "up", "down", or "down" if it flips it. Intervals, and `only_these`, are those of `invariance`.

    Raises SettingError for an unknown label, for `moves` that are neither given nor promised, or
    promised of the right label while `label` is another, and for what `invariance` raises it for.
    Source: the directional expectation test of Ribeiro et al. 2020 (CheckList).
    """
    import numpy as np

    from pytest_accept.assertions.edited_evidence import largest_shifts

    behaviour = _behaviour("DIR", capability, name)
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise SettingError(expected("tolerance", "a number in [0, 1)", tolerance))
    if not 0 <= tolerance < 1:
        raise SettingError(expected("tolerance", "a number in [0, 1)", tolerance))
    if label is not None and not isinstance(label, str):
        raise SettingError(expected("label", "a label of the model, or None", label))
    chosen = _perturbation(transform)
    way = _way(chosen, moves)
    asked = _asked("directional", model, data, transform, chosen, labelled=False, **options)
    columns = _columns(asked, label)
    if label is not None and moves is None:
        _require_own_label(asked, columns, label)
    moved = np.take_along_axis(asked.after() - asked.before(), columns[:, None, None], axis=2)
    wrong = -moved[:, :, 0] if way == "up" else moved[:, :, 0]
    most = max(tolerance, TIE)
    named = [] if label is None else [f"label={label}"]
    measured = _share(
        asked,
        wrong <= most,
        single=chosen is not transform,
        these=about_these(asked.question, only_these, options.get("cluster")),
        evidence=lambda _: largest_shifts(
            asked,
            wrong,
            title=f"the farthest {'down' if way == 'up' else 'up'}, where {way} was expected",
            beyond=most,
        ),
        named=[*named, f"moves={way}", f"tolerance={tolerance:g}"],
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
    return _required(minimum_functionality(model, cases, **options), bar)


def assert_invariant(
    model: Model, data: Data, transform: Transform, bar: float, **options: Unpack[EditOptions]
) -> Verdict:
    """Require that the share of edited texts whose prediction stays is at least `bar`, in 0..1.

    Accepted if the lower bound of `invariance` is at least the bar; options are those of it,
    `capability=` and `name=` say in the report what was tested. Returns the Verdict. Raises
    AcceptanceFailure, with the verdict, if the criterion is rejected or (by default) inconclusive,
    SettingError for a bar outside of 0..1, and what `invariance` raises.
    """
    check_bar("invariance", bar)
    return _required(invariance(model, data, transform, **options), bar)


def assert_directional(
    model: Model, data: Data, transform: Transform, bar: float, **options: Unpack[DirectionOptions]
) -> Verdict:
    """Require that the share of edits that move no probability the wrong way is at least `bar`.

    Accepted if the lower bound of `directional`, in 0..1, is at least the bar; options are those of
    it: `label=`, `moves=`, `tolerance=0.05`, …, and `capability=` and `name=`, which say in the
    report what was tested. Returns the Verdict. Raises AcceptanceFailure, with the verdict, if the
    criterion is rejected or (by default) inconclusive, SettingError for a bar outside of 0..1, and
    what `directional` raises.

    >>> assert_directional(model, reviews, intensifiers(), bar=0.95)  # doctest: +SKIP
    """
    check_bar("directional", bar)
    return _required(directional(model, data, transform, **options), bar)


def _required(estimate: Estimate, bar: float) -> Verdict:
    verdict = estimate.judge(bar, "above")
    require(verdict)
    return verdict


def _behaviour(test_type: TestType, capability: Any, name: Any) -> Behaviour:
    for argument, value in (("capability", capability), ("name", name)):
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise SettingError(expected(argument, "a text that is not empty, or None", value))
    return Behaviour(capability=capability or "", test_type=test_type, name=name or "")


def _perturbation(transform: Transform) -> Perturbation:
    """Return a perturbation as it is; of a function nobody promised that it keeps a "not"."""
    from pytest_accept.perturbations.made_by_users import from_function
    from pytest_accept.perturbations.perturbation import Perturbation

    if callable(transform) and not isinstance(transform, Perturbation):
        return from_function(transform, promise="unknown")
    return as_perturbation(transform)


def _asked(
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


def _share(
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


def _way(perturbation: Perturbation, moves: Any) -> Moves:
    if moves in ("up", "down"):
        return cast("Moves", moves)
    if moves is not None:
        raise SettingError(expected("moves", "'up', 'down' or None", moves))
    if perturbation.promise in _PROMISED:
        return _PROMISED[perturbation.promise]
    raise SettingError(
        f"directional needs moves='up' or moves='down': {perturbation!r} promises "
        f"{perturbation.promise!r} of the label, which is no direction."
    )


def _columns(asked: Perturbed, label: str | None) -> NDArray[np.int64]:
    """Return which label's probability (c,) is to move, example by example."""
    import numpy as np

    question = asked.question
    if label is not None:
        return np.full(len(asked.rows), question.label_index(label), dtype=np.int64)
    if question.multi_label:
        raise SettingError(
            "directional of a multi-label model is defined label by label. "
            f"Pass label=, one of {', '.join(map(repr, question.labels))}."
        )
    own = question.label_ids() if question.data.labelled else question.predictions.label_ids
    return np.asarray(own[asked.rows], dtype=np.int64)


def _require_own_label(asked: Perturbed, columns: NDArray[np.int64], label: str) -> None:
    """Raise SettingError where a promise, which is of the right label, is taken for another's."""
    question = asked.question
    if question.data.labelled and not question.multi_label:
        others = int((question.label_ids()[asked.rows] != columns).sum())
        if not others:
            return
        reason = f"{others:,} of {len(columns):,} examples have another label than {label!r}"
    else:
        reason = "the right labels are not known"
    raise SettingError(
        f"{asked.perturbation!r} promises how the right label moves, but {reason}. Pass moves=, or "
        "leave label= out."
    )
