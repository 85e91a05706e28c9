"""How often does an edit that should change nothing change the prediction?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import PerturbedOptions, Transform, ask_perturbed

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate


@ranged(0, 1, interval="mean, by cluster", in_parts=True)
def flip_rate(
    model: Model, data: Data, perturbation: Transform, **options: Unpack[PerturbedOptions]
) -> Estimate:
    """Share of edited texts predicted otherwise than their original, in 0..1; 0: nothing flips.

    The mean over examples of the share among their `draws` edited texts, drawn evenly from the
    perturbation: how often it happens, not whether it can. Labels are not needed. Multi-label: any
    label that comes or goes is a flip. Interval: that of a mean over examples, which are the
    independent observations. Definition: the failure rate of an invariance test (Ribeiro et al.
    2020, CheckList), for texts edited at random.

    Options: `draws=3`, `min_changed=0.5` and `assumed_invalid=0.0` (see `PerturbedOptions`), and
    those of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    from pytest_accept.assertions.edited_evidence import smallest_edits

    asked = ask_perturbed("flip_rate", model, data, perturbation, labelled=False, **options)
    flipped = asked.flipped()
    return asked.mean(
        flipped.mean(axis=1),
        higher_is_better=asked.perturbation.promise == "flips",
        evidence=lambda _: smallest_edits(asked, flipped, "flip the prediction"),
    )


assert_flip_rate_above = above_under(flip_rate)
assert_flip_rate_below = below_under(flip_rate)
