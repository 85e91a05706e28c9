"""The default criteria of a text classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.confusion import f1
from pytest_accept.assertions.losses import brier_score, cross_entropy
from pytest_accept.errors import DataError
from pytest_accept.starter.literals import literal
from pytest_accept.starter.plan import Plan, group_option
from pytest_accept.starter.suite import SOME

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CALIBRATION, TYPOS, LAYOUT, DROP, SLICE, GAP, ODDS = 0.1, 0.2, 0.1, 0.1, 0.2, 0.1, 0.2
"""Bars that are conventions: nothing in the data says how much is too much."""

FEWEST_OF_LABEL = 30
MOST_LABELS = 10
FEWEST_FOR_SLICES = 500
FEWEST_FOR_CALIBRATION = 200
"""Of fewer, noise alone measures half of the bar: 0.05 of a calibrated model that is right 85 % of
the time, by `statistics.calibration_error_interval`.
"""


def plan(plan: Plan) -> None:
    """Plan quality, calibration, robustness, weak slices, and groups if there are some.

    Raises DataError for data that no default bar can be computed of, LabelError for labels that are
    none of the model's.
    """
    _check_data(plan)
    _quality(plan)
    _robustness(plan)
    n = len(plan.data)
    if n < FEWEST_FOR_SLICES:
        plan.left_out.append(
            f"weak slices: {n:,} examples make none that could be judged "
            f"(it takes {FEWEST_FOR_SLICES})"
        )
    else:
        plan.within(
            "test_no_weak_slice",
            "assert_no_weak_slice",
            SLICE,
            "in no part of the data is accuracy much lower than overall",
            bar_keyword="worse_by",
        )
    _fairness(plan)


def _check_data(plan: Plan) -> None:
    data, seen = plan.data, plan.glance
    if data.tagged or data.of_words:
        raise DataError(
            f"{plan.asked.data!r} has words and tags, but the model {plan.asked.model!r} "
            "classifies whole texts. Give data with one label for each text, or a tagger."
        )
    targets = data.label_matrix(seen.labels, seen.multi_label)
    if not seen.multi_label and (targets > 0).any(axis=0).sum() < 2:
        only = data.label_text(0)
        raise DataError(
            f"All {len(data):,} examples of {plan.asked.data!r} are labelled {only!r}: whoever "
            "always says that is never wrong, so nothing can be shown of the model. Bring examples "
            "of its other labels."
        )


def _quality(plan: Plan) -> None:
    """Plan that the model beats who knows only how frequent the labels are."""
    from pytest_accept.assertions.accuracy import accuracy

    data, seen = plan.data, plan.glance
    targets = data.label_matrix(seen.labels, seen.multi_label)
    prior = targets.mean(axis=0)
    guess = _constant(plan, prior)
    if seen.multi_label:
        always = "always giving the labels that more than half of the examples have"
    else:
        always = f"always saying {seen.labels[int(prior.argmax())]!r}"
    frequencies = "answering with the frequencies of the labels"
    plan.against("accuracy", "above", _point(accuracy, guess, data), always)
    plan.against("f1", "above", *max((_point(f1, guess, data), always), _unread_f1(plan, targets)))
    plan.against("cross_entropy", "below", _point(cross_entropy, guess, data), frequencies)
    plan.against("brier_score", "below", _point(brier_score, guess, data), frequencies)
    if seen.multi_label or data.soft:
        return
    if len(seen.labels) == 2:
        plan.against("roc_auc", "above", 0.5, "ranking at random")
    _recall(plan, targets)
    if len(data) < FEWEST_FOR_CALIBRATION:
        plan.left_out.append(
            f"expected_calibration_error: of {len(data):,} examples noise alone takes half of the "
            f"bar (it takes {FEWEST_FOR_CALIBRATION})"
        )
        return
    plan.within(
        "test_expected_calibration_error",
        "assert_expected_calibration_error_below",
        CALIBRATION,
        "how sure the model is differs little from how often it is right",
    )


def _unread_f1(plan: Plan, targets: NDArray[np.float64]) -> tuple[float, str]:
    """Return the best F1, averaged over labels, of answers that do not depend on the text."""
    import numpy as np

    if plan.glance.multi_label:
        every = _constant(plan, np.ones(targets.shape[1]))
        return _point(f1, every, plan.data), "always giving all labels"
    # Of a label it is the harmonic mean of how often it occurs and is said: at most their mean,
    # which sums to 1 over labels.
    share = 1 / int((targets > 0).any(axis=0).sum())
    return share, "saying labels at random, as often as they occur,"


def _recall(plan: Plan, targets: NDArray[np.float64]) -> None:
    counts, labels = targets.sum(axis=0).astype(int).tolist(), plan.glance.labels
    if len(labels) > MOST_LABELS:
        plan.left_out.append(f"recall of each label: there are {len(labels):,} labels")
        return
    for label, count in zip(labels, counts, strict=True):
        if count < FEWEST_OF_LABEL:
            plan.left_out.append(
                f"recall of {label!r}: {count:,} examples have it, and {FEWEST_OF_LABEL} are needed"
            )
            continue
        share = count / len(plan.data)
        plan.against(
            "recall",
            "above",
            share,
            f"saying {label!r} at random, as often as it occurs,",
            of=label,
        )


def _robustness(plan: Plan) -> None:
    at = {"data": SOME, "marker": "robustness"}
    plan.within(
        "test_typos",
        "assert_flip_rate_below",
        TYPOS,
        "few predictions change when a text gets two typos",
        perturbation="typos(max_edits=2)",
        uses=("perturbations.typos",),
        **at,
    )
    plan.within(
        "test_accuracy_drop_under_typos",
        "assert_accuracy_drop_below",
        DROP,
        "little accuracy is lost when texts get two typos",
        perturbation="typos(max_edits=2)",
        uses=("perturbations.typos",),
        **at,
    )
    if _cased(plan) >= 0.5:
        plan.within(
            "test_casing",
            "assert_flip_rate_below",
            LAYOUT,
            "few predictions change with capitals and small letters",
            perturbation="casing()",
            uses=("perturbations.casing",),
            **at,
        )
    else:
        plan.left_out.append("casing: fewer than half of the texts have capitals or small letters")
    plan.within(
        "test_punctuation_and_whitespace",
        "assert_flip_rate_below",
        LAYOUT,
        "few predictions change with punctuation and white space",
        perturbation="punctuation() | whitespace()",
        uses=("perturbations.punctuation", "perturbations.whitespace"),
        **at,
    )


def _cased(plan: Plan) -> float:
    """Return the share of texts that have letters with a case."""
    parts = ["".join((each,) if isinstance(each, str) else each) for each in plan.data.inputs]
    return sum(each.upper() != each.lower() for each in parts) / len(parts)


def _fairness(plan: Plan) -> None:
    columns = plan.group_columns()
    if columns is None:
        return
    called = " and ".join(map(repr, columns))
    option = group_option(columns)
    plan.within(
        "test_groups_have_like_accuracy",
        "assert_group_gap_below",
        GAP,
        f"accuracy differs little between groups ({called})",
        options=(option,),
        marker="fairness",
    )
    if plan.glance.multi_label or len(plan.glance.labels) != 2 or plan.data.soft:
        return
    positive = plan.glance.labels[1]
    plan.within(
        "test_groups_have_like_errors",
        "assert_equalized_odds_difference_below",
        ODDS,
        f"{positive!r} is as often found, and as often wrongly said, in all groups ({called})",
        options=(option, ("label", literal(positive))),
        marker="fairness",
    )


def _constant(plan: Plan, prior: NDArray[np.float64]) -> Any:
    """Return a model that answers every text with the same probabilities."""
    from pytest_accept.loading import load_model

    def answer(texts: list[Any]) -> list[list[float]]:
        return [prior.tolist()] * len(texts)

    labels = list(plan.glance.labels)
    return load_model(answer, labels=labels, multi_label=plan.glance.multi_label, name="constant")


def _point(metric: Any, model: Any, data: Any) -> float:
    return float(metric(model, data, point=True).value)
