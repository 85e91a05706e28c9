"""How far do edits move the model's probabilities?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept import dry_run
from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import PerturbedOptions, Transform, ask_perturbed

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate


@ranged(-1, 1, interval="mean, by cluster", in_parts=True)
def probability_shift(
    model: Model,
    data: Data,
    perturbation: Transform,
    *,
    label: str | None = None,
    signed: bool = False,
    **options: Unpack[PerturbedOptions],
) -> Estimate:
    """Mean distance that an edit moves the probability of a label, in 0..1; 0: not at all.

    The label is `label`, else the one predicted for the original text (needed if multi-label).
    `signed`: the mean change instead of its size, in -1..1; negative is less probable than before.
    The mean over examples of the mean among their `draws` edited texts. Interval: that of a mean
    over examples.

    Options: `draws=3`, `min_changed=0.5` and `assumed_invalid=0.0` (see `PerturbedOptions`), and
    those of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    import numpy as np

    from pytest_accept.assertions.edited_evidence import largest_shifts

    asked = ask_perturbed("probability_shift", model, data, perturbation, labelled=False, **options)
    question = asked.question
    bounds = (-1.0, 1.0) if signed else (0.0, 1.0)
    dry_run.within(*bounds)
    if label is not None:
        columns = np.full(len(asked.rows), question.label_index(label))
    elif question.multi_label:
        raise question.needs_label()
    else:
        columns = question.predictions.label_ids[asked.rows]
    change = np.take_along_axis(asked.after() - asked.before(), columns[:, None, None], axis=2)
    moved = change[:, :, 0]
    values = moved if signed else np.abs(moved)
    named = [] if label is None else [f"label={label}"]
    return asked.mean(
        values.mean(axis=1),
        higher_is_better=False,
        evidence=lambda _: largest_shifts(asked, np.abs(moved)),
        bounds=bounds,
        named=[*named, "signed=True"] if signed else named,
    )


assert_probability_shift_above = above_under(probability_shift)
assert_probability_shift_below = below_under(probability_shift)
