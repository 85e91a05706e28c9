"""Does the explanation depend on what the model has learned?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.explanation_question import (
    ExplainedExamples,
    ExplanationOptions,
    ask_explained,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError
from pytest_accept.records import Evidence, Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

LIMIT = 50
_FEWEST = 3


@ranged(0, 1, interval="mean, by cluster")
def randomization_sensitivity(
    model: Model,
    data: Data,
    **options: Unpack[ExplanationOptions],
) -> Estimate:
    """How much explanations change when the model's weights are made random, in 0..1; 0: not.

    An explanation that stays the same explains the text, not the model. A copy of the model
    forgets its layers one after the other from the top down (the cascade of Adebayo et al. 2018,
    arXiv:1810.03292): the values of each weight are shuffled, and all texts explained again for the
    same labels. For each text the mean over these stages of 1 - |Spearman's correlation| with its
    explanation by the model itself; 0 where that has equal scores for all tokens. Explanations
    without anything in common do not measure 1, since short rankings are alike by chance: the notes
    say about how much. The evidence shows the stages one by one.

    Costs an attribution of each text by the model and one more for each of its layers, so at most
    50 texts are asked unless `limit` says otherwise (None: all). Texts of fewer than 3 tokens are
    left out and counted. Labels are not needed. Interval: that of a mean over texts of values in
    0..1, for the one shuffle that the run's seed draws: that another would measure otherwise is not
    in it. ModelError for a function, which has no weights.

    Options: `method`, `label` and `limit` (see `ExplanationOptions`), and those of every metric:
    `where`, `cluster`, `confidence`, `point`.
    """
    import numpy as np

    from pytest_accept.assertions.attribution_evidence import extremes
    from pytest_accept.attributions import tokens_of

    options.setdefault("limit", LIMIT)
    asked = ask_explained("randomization_sensitivity", model, data, **options)
    data = asked.question.data
    sizes = np.array([each.real.sum() for each in tokens_of(asked.model, data.inputs)])
    counting = np.flatnonzero(sizes >= _FEWEST)
    if len(counting) == 0:
        raise DataError(
            f"randomization_sensitivity compares rankings of tokens, but no text of "
            f"{data.population!r} has {_FEWEST} tokens."
        )
    rows = asked.draw(counting)
    explained = asked.explain(rows)
    stages = _stages(explained)
    values = np.mean(list(stages.values()), axis=0)
    short = len(data) - len(counting)
    # |r| of unrelated rankings: r is about normal with variance 1 / (t - 1).
    unrelated = np.mean(1 - np.sqrt(2 / (np.pi * (sizes[rows] - 1))))
    notes = [
        *asked.drawn(len(rows), len(counting)),
        *([f"{short:,} of {len(data):,} texts are too short and left out"] if short else []),
        f"explanations without anything in common would measure about {unrelated:.2f}",
    ]
    return explained.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: (
            _table(explained, stages),
            *extremes(explained, values, "the most like those of random models"),
        ),
        notes=notes,
    )


assert_randomization_sensitivity_above = above(randomization_sensitivity)
assert_randomization_sensitivity_below = below(randomization_sensitivity)


def _stages(explained: ExplainedExamples) -> dict[str, NDArray[np.float64]]:
    """Return, by the last layer that was made random, how much each text's ranking changed (m,)."""
    import numpy as np

    from pytest_accept.attributions.shuffled import shuffled_from_top
    from pytest_accept.metrics.attributions import rank_correlation

    asked, inputs = explained.asked, explained.inputs()
    real = [[span is not None for span in each.spans] for each in explained.attributions]
    own = [each.scores[at] for each, at in zip(explained.attributions, real, strict=True)]
    says = np.array([np.ptp(scores) > 0 for scores in own])
    stages = {}
    for name, model in shuffled_from_top(asked.model, seed=asked.question.seed):
        others = asked.attribute(inputs, explained.rows, model)
        alike = [
            rank_correlation(scores, other.scores[at])
            for scores, other, at in zip(own, others, real, strict=True)
        ]
        stages[name] = np.where(says, 1 - np.abs(alike), 0.0)
    return stages


def _table(explained: ExplainedExamples, stages: dict[str, NDArray[np.float64]]) -> Evidence:
    """Return the mean of each stage, with bounds that hold for all of them together."""
    confidence = 1 - (1 - explained.asked.question.confidence) / len(stages)
    parts = []
    for name, values in stages.items():
        found = explained.interval(values, (0, 1), confidence)
        part = Part(name=name, value=found.value, low=found.low, high=found.high, n=found.n)
        parts.append(part)
    title = "from the top, with each further layer random"
    return Evidence(title=title, parts=tuple(parts))
