"""How accurate is the model on edited texts, and how much is lost?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import (
    PerturbedOptions,
    Transform,
    ask_perturbed,
    require_promise,
)

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="mean, by cluster", in_parts=True)
def robust_accuracy(
    model: Model,
    data: Data,
    perturbation: Transform,
    *,
    worst: bool = False,
    **options: Unpack[PerturbedOptions],
) -> Estimate:
    """Share of edited texts predicted as their original is labelled, in 0..1; 1 is all right.

    The mean over examples of the share among their `draws` edited texts (Hendrycks and Dietterich
    2019). `worst`: an example counts only if its original and all of its draws are predicted right
    (the robust accuracy of adversarial examples: Madry et al. 2018); more draws make it smaller. An
    example whose original is predicted wrong is kept in both. The perturbation must promise that
    the label stays the same. Interval: that of a mean over examples.

    Options: `draws=3`, `min_changed=0.5` and `assumed_invalid=0.0` (see `PerturbedOptions`), and
    those of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    from pytest_accept.assertions.edited_evidence import smallest_edits
    from pytest_accept.assertions.perturbed import as_perturbation

    chosen = as_perturbation(perturbation)
    require_promise("robust_accuracy", chosen, "same")
    asked = ask_perturbed("robust_accuracy", model, data, chosen, labelled=True, **options)
    right, before = asked.correct(), asked.question.correct()[asked.rows]
    values = right.mean(axis=1)
    if worst:
        values = (right.all(axis=1) & before).astype(values.dtype)
    return asked.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: smallest_edits(asked, before[:, None] & ~right, "break it"),
        named=("worst=True",) if worst else (),
        worst=worst,
    )


@ranged(-1, 1, interval="mean, by cluster", in_parts=True)
def accuracy_drop(
    model: Model, data: Data, perturbation: Transform, **options: Unpack[PerturbedOptions]
) -> Estimate:
    """Accuracy on the original texts minus accuracy on the edited ones, in -1..1; 0: nothing lost.

    Both are of the same examples, those that the perturbation changes, and the difference is paired
    example by example. The perturbation must promise that the label stays the same. Interval: that
    of a mean over examples.

    Options: `draws=3`, `min_changed=0.5` and `assumed_invalid=0.0` (see `PerturbedOptions`), and
    those of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    from pytest_accept.assertions.edited_evidence import smallest_edits
    from pytest_accept.assertions.perturbed import as_perturbation

    chosen = as_perturbation(perturbation)
    require_promise("accuracy_drop", chosen, "same")
    asked = ask_perturbed("accuracy_drop", model, data, chosen, labelled=True, **options)
    right, before = asked.correct(), asked.question.correct()[asked.rows]
    return asked.mean(
        before - right.mean(axis=1),
        higher_is_better=False,
        evidence=lambda _: smallest_edits(asked, before[:, None] & ~right, "break it"),
    )


assert_robust_accuracy_above = above_under(robust_accuracy)
assert_robust_accuracy_below = below_under(robust_accuracy)
assert_accuracy_drop_above = above_under(accuracy_drop)
assert_accuracy_drop_below = below_under(accuracy_drop)
