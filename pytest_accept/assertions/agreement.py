"""How often do two models say the same: a model and what was made of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.negative_flips import share
from pytest_accept.assertions.pairs import Older
from pytest_accept.assertions.question import Options
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from pytest_accept.assertions.pairs import Pair
    from pytest_accept.assertions.tag_pairs import TagPair
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate

_UNSURE = 0.6


@ranged(0, 1, interval="share, by cluster")
def agreement(
    model: Model | Predictions | TokenPredictions,
    original: Older,
    data: Data,
    **options: Unpack[Options],
) -> Estimate:
    """Share of examples on which two models predict the same label, in 0..1; 1: on all of them.

    For a model that should do what `original` does: quantised, pruned, distilled or converted.
    Labels are not needed. `original` is a Model, Predictions, or the fixture `baseline`.
    Multi-label: all labels of an example must be the same; of taggers, all tags of a sentence.
    Interval: Clopper-Pearson; with clusters, that of a mean over clusters. Definition: Stanton et
    al. (2021), Does Knowledge Distillation Really Work? (top-1 agreement). The evidence says how
    far probabilities moved, and lists the disagreements of which the model is surest.
    """
    from pytest_accept.assertions.pair_evidence import by_slice, most_confident
    from pytest_accept.assertions.shares import values
    from pytest_accept.assertions.tag_pairs import ask_two

    pair = ask_two("agreement", model, original, data, labelled=False, **options)
    differs = pair.differs()
    return pair.answer(
        share(pair, ~differs),
        higher_is_better=True,
        evidence=lambda: (
            *most_confident(pair, differs, "the most confident disagreements"),
            *by_slice(pair, differs, "disagreements"),
            how_far(pair, int(differs.sum())),
        ),
        kept=lambda: values(pair.question, ~differs),
    )


def how_far(pair: Pair | TagPair, disagreements: int) -> Evidence:
    """Return how far the two are from each other in probability."""
    import numpy as np

    from pytest_accept.assertions.tag_pairs import TagPair

    shifts = pair.shifts()
    lines = [
        f"the probability of a label shifts by {shifts.mean():.2g} on average (the most of an "
        f"example's), at most by {shifts.max():.2g}"
    ]
    if isinstance(pair, TagPair):
        differ, words = pair.words()
        lines.append(f"{differ:,} of {words:,} words are tagged differently")
    elif disagreements and not pair.question.multi_label:
        unsure = pair.old.probabilities.max(axis=1) < _UNSURE
        close = int(np.count_nonzero(unsure & pair.differs()))
        lines.append(
            f"of {disagreements:,} disagreements {close:,} are of examples of which "
            f"{pair.old.model.name} is less than {_UNSURE:g} sure"
        )
    return Evidence(title="how far apart they are", lines=tuple(lines))


assert_agreement_above = above_under(agreement)
assert_agreement_below = below_under(agreement)
