"""How often do two models say the same: a model and what was made of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.negative_flips import share
from pytest_accept.assertions.pairs import Older, Pair, ask_pair
from pytest_accept.assertions.question import Options
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.records import Estimate

_UNSURE = 0.6


@ranged(0, 1)
def agreement(
    model: Model | Predictions, original: Older, data: Data, **options: Unpack[Options]
) -> Estimate:
    """Share of examples on which two models predict the same label, in 0..1; 1: on all of them.

    For a model that should do what `original` does: quantised, pruned, distilled or converted.
    Labels are not needed. `original` is a Model, Predictions, or the fixture `baseline`.
    Multi-label: all labels of an example must be the same. Interval: Clopper-Pearson; with
    clusters, that of a mean over clusters. Definition: Stanton et al. (2021), Does Knowledge
    Distillation Really Work? (top-1 agreement). The evidence says how far probabilities moved, and
    lists the disagreements of which the model is surest.
    """
    from pytest_accept.assertions.pair_evidence import by_slice, most_confident

    pair = ask_pair("agreement", model, original, data, labelled=False, **options)
    differs = pair.differs()
    return pair.answer(
        share(pair, ~differs),
        higher_is_better=True,
        evidence=lambda: (
            *most_confident(pair, differs, "the most confident disagreements"),
            *by_slice(pair, differs, "disagreements"),
            _shifts(pair),
        ),
    )


def _shifts(pair: Pair) -> Evidence:
    """Return how far the two are from each other in probability."""
    import numpy as np

    old = pair.old.probabilities
    shift = np.abs(pair.new.probabilities - old).max(axis=1)
    lines = [
        f"the probability of a label shifts by {shift.mean():.2g} on average (the most of an "
        f"example's labels), at most by {shift.max():.2g}"
    ]
    differs = pair.differs()
    if differs.any() and not pair.question.multi_label:
        close = int((old.max(axis=1)[differs] < _UNSURE).sum())
        lines.append(
            f"of {int(differs.sum()):,} disagreements {close:,} are of examples of which "
            f"{pair.old.model.name} is less than {_UNSURE:g} sure"
        )
    return Evidence(title="how far apart they are", lines=tuple(lines))


assert_agreement_above = above_under(agreement)
assert_agreement_below = below_under(agreement)
