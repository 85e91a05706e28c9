"""Does the model know how sure it may be?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.question import Options, Question, ask
from pytest_accept.errors import SettingError, check_count, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate


@ranged(0, 1)
def expected_calibration_error(
    model: Model | Predictions,
    data: Data,
    *,
    bins: int = 15,
    binning: Literal["equal_width", "equal_mass"] = "equal_width",
    label: str | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Mean gap between confidence and accuracy over bins of confidence, in 0..1; 0 is calibrated.

    Confidence is the probability of the predicted label and accuracy whether it is right; with
    `label` (needed if multi-label) the probability of that label and whether it applies. `binning`:
    "equal_width" (Guo et al. 2017; torchmetrics' `calibration_error(norm="l1")`) or "equal_mass"
    (Nguyen and O'Connor 2015).

    The value is the usual plug-in, which noise alone makes positive: a note says what a perfectly
    calibrated model would measure on as many examples. The lower bound allows for that, so a
    calibrated model is not rejected; the upper bound does not profit from it.
    """
    from pytest_accept.assertions.evidence import reliability_table
    from pytest_accept.assertions.figures import of_bins
    from pytest_accept.metrics.calibration import confidence_bins, reliability
    from pytest_accept.statistics import calibration_error_interval

    check_count("bins", bins)
    if binning not in ("equal_width", "equal_mass"):
        raise SettingError(expected("binning", "'equal_width' or 'equal_mass'", binning))
    question = ask("expected_calibration_error", model, data, **options)
    confidences, correct = claims(question, label)
    binned = confidence_bins(confidences, bins=bins, binning=binning)
    interval, calibrated = calibration_error_interval(
        confidences,
        correct,
        binned,
        confidence=question.confidence,
        seed=question.seed,
        clusters=question.clusters,
    )
    table = reliability(confidences, correct, binned)
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda _: reliability_table(table),
        options=named(bins, binning, label),
        notes=(
            "noise alone gives a perfectly calibrated model an expected calibration error "
            f"of about {calibrated:.3f}",
        ),
        figures=lambda _: of_bins(table),
    )


def claims(
    question: Question, label: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how sure the model is of each example (n,), and whether it is right, 0 or 1 (n,).

    Of what it predicts, or of `label`. SettingError for a multi-label model without it.
    """
    import numpy as np

    if label is not None:
        index = question.label_index(label)
        confidences = question.predictions.probabilities[:, index]
        return confidences, question.indicators()[0][:, index].astype(np.float64)
    if question.multi_label:
        raise question.needs_label()
    return question.predictions.probabilities.max(axis=1), question.correct().astype(np.float64)


def named(bins: int, binning: str, label: str | None) -> str:
    """Return the options that are not the usual ones, as reports spell them."""
    chosen = {"bins": bins, "binning": binning, "label": label}
    usual = {"bins": 15, "binning": "equal_width", "label": None}
    return ", ".join(f"{k}={v}" for k, v in chosen.items() if v != usual[k])


assert_expected_calibration_error_above = above(expected_calibration_error)
assert_expected_calibration_error_below = below(expected_calibration_error)
