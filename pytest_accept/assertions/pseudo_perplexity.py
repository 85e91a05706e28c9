"""How well does a masked language model predict each token of texts from all others?"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.asked import Asked, Options, pose
from pytest_accept.assertions.choice_question import ChoiceQuestion, Normalise, divided
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

_SHOWN = 3


@ranged(1, math.inf)
def pseudo_perplexity(model: Model, data: Data, **options: Unpack[Options]) -> Estimate:
    """Pseudo-perplexity of texts: exp of the mean loss per token, 1 or more; 1 is all certain.

    The loss of a token is -log p(token | all other tokens of the text), its place being masked: the
    negative pseudo-log-likelihood. The mean is over all tokens of all texts, special tokens aside.
    It is no perplexity, and only models of the same tokenizer can be compared. Of a text longer
    than the model takes, each token is read in the middle of what the model can take. Labels are
    not needed. It costs a forward pass for each token.

    Interval: of the ratio of summed loss to tokens, over texts (or `cluster`) as independent ones
    (see `ratio_interval`). Definition: Salazar et al. (2020), "Masked Language Model Scoring".
    """
    import numpy as np

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.assertions.prompts import prompts, refuse
    from pytest_accept.metrics.formulas import loss_ratio
    from pytest_accept.statistics import ratio_interval

    posed = pose("pseudo_perplexity", model, data, task="fill-mask", labelled=False, **options)
    texts = prompts("pseudo_perplexity", posed.data)
    blank = [i for i, each in enumerate(texts) if not each.strip()]
    refuse(posed.data, blank, "an empty text", "Leave them out with where=.")
    found = pseudo_log_likelihoods(posed, texts)
    losses = np.array([-each.sum() for each in found])
    tokens = np.array(list(map(len, found)), np.float64)
    nats = ratio_interval(losses, tokens, confidence=posed.confidence, clusters=posed.clusters)
    return posed.answer(
        replace(nats, value=_exp(nats.value), low=_exp(nats.low), high=_exp(nats.high)),
        higher_is_better=False,
        evidence=lambda _: _hardest(posed, texts, losses, tokens),
        notes=(f"{int(tokens.sum()):,} tokens scored",),
        contributions=lambda: Sums(
            rows=np.stack([losses, tokens], axis=1),
            formula=partial(loss_ratio, unit="perplexity"),
            bounds=(1, math.inf),
            clusters=posed.clusters,
        ),
    )


def pseudo_log_likelihoods(posed: Asked[Any], texts: list[str]) -> list[NDArray[np.float64]]:
    """Return the log-probability (tokens,) in nats of each token of each text."""
    import numpy as np

    from pytest_accept.tasks.pseudo_likelihoods import PseudoLikelihoods

    return [
        rows[:, 0].astype(np.float64) for rows in posed.subject.read(PseudoLikelihoods(), texts)
    ]


def score_masked(
    posed: Asked[Any],
    pairs: list[tuple[str, ...]],
    right: NDArray[np.int64],
    normalise: Normalise,
) -> ChoiceQuestion:
    """Return the question of which text of each is likelier, by pseudo-log-likelihoods."""
    import numpy as np

    found = iter(pseudo_log_likelihoods(posed, [text for pair in pairs for text in pair]))
    tokens = [[next(found) for _ in pair] for pair in pairs]
    likelihoods = [np.array([each.sum() for each in some]) for some in tokens]
    sizes = [np.array(list(map(len, some)), np.float64) for some in tokens]
    return ChoiceQuestion(
        **{each.name: getattr(posed, each.name) for each in fields(posed)},
        prefixes=[""] * len(pairs),
        choices=pairs,
        right=right,
        log_likelihoods=likelihoods,
        scores=[divided(*each, normalise) for each in zip(likelihoods, pairs, sizes, strict=True)],
        cut=0,
    )


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


def _hardest(
    posed: Asked[Any], texts: list[str], losses: NDArray[np.float64], tokens: NDArray[np.float64]
) -> tuple[Evidence, ...]:
    """Return the texts that raise the mean loss most."""
    import numpy as np

    added = losses - tokens * (losses.sum() / tokens.sum())
    worst = [i for i in np.argsort(-added, kind="stable")[:_SHOWN].tolist() if added[i] > 0]
    lines = tuple(
        f"{losses[i] / tokens[i]:.2f} nats a token over {int(tokens[i]):,}: "
        f"{texts[i] if len(texts[i]) <= 80 else texts[i][:79] + '…'} ({posed.data.origin(i)})"
        for i in worst
    )
    return (Evidence(title="the texts that raise it most", lines=lines),) if lines else ()


assert_pseudo_perplexity_above = above(pseudo_perplexity)
assert_pseudo_perplexity_below = below(pseudo_perplexity)
