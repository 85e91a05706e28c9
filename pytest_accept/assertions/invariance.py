"""Does the prediction stay where an edit must not matter? (CheckList's invariance test)"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.behaviour import (
    EditOptions,
    ask_edited,
    behaviour_of,
    edited_by,
    required,
    share,
)
from pytest_accept.assertions.judgement import check_bar, ranged
from pytest_accept.assertions.perturbed import PerturbedOptions, Transform
from pytest_accept.assertions.these_cases import about_these
from pytest_accept.errors import SettingError
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model


@ranged(0, 1, interval="mean, by cluster")
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

    behaviour = behaviour_of("INV", capability, name)
    chosen = edited_by(transform)
    if chosen.promise == "flips":
        raise SettingError(
            f"invariance asks that predictions stay, but {chosen!r} promises that it flips the "
            "label. Ask `directional(...)` of it, or `flip_rate`."
        )
    asked = ask_edited("invariance", model, data, transform, chosen, labelled=False, **options)
    these = about_these(asked.question, only_these, options.get("cluster"))
    flipped = asked.flipped()
    measured = share(
        asked,
        ~flipped,
        single=chosen is not transform,
        these=these,
        evidence=lambda _: smallest_edits(asked, flipped, "flip the prediction"),
    )
    return replace(measured, behaviour=behaviour)


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
    return required(invariance(model, data, transform, **options), bar)
