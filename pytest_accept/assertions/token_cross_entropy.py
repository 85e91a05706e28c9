"""How much probability does each token get: the tags of words, or the tokens of documents?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions import perplexity, tokens
from pytest_accept.assertions.asked import Options
from pytest_accept.assertions.document_question import Bos
from pytest_accept.assertions.judgement import above, below, ranged

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate


@ranged(0, math.inf)
def token_cross_entropy(
    model: Model | TokenPredictions,
    data: Data,
    *,
    context: int | None = None,
    stride: int | None = None,
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Mean of -log p in nats: of the tag of each word, or of each token of documents; 0 is certain.

    log(k) is what guessing among k tags, or tokens, gives. Of a tagger: see `token_accuracy` for
    what is counted, and `cross_entropy` for the interval; a labelled tag that the model lacks is a
    LabelError. Of a causal language model: the logarithm of `perplexity`, with its options
    `context`, `stride` and `bos`, which a tagger has not. Definition: scikit-learn's `log_loss`.
    """
    if getattr(model, "task", None) == "causal-lm":
        return perplexity.of_tokens(model, data, context=context, stride=stride, bos=bos, **options)
    given: dict[str, Any] = {"context": context, "stride": stride}
    unknown = {name: each for name, each in given.items() if each is not None}
    if bos != "auto":
        unknown["bos"] = bos
    return tokens.of_tags(model, data, **options, **unknown)


assert_token_cross_entropy_above = above(token_cross_entropy)
assert_token_cross_entropy_below = below(token_cross_entropy)
