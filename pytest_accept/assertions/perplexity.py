"""How well does a causal language model predict the next token of documents?"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.asked import Options
from pytest_accept.assertions.document_question import Bos, DocumentQuestion, ask_documents
from pytest_accept.assertions.judgement import above, below, metric_range, ranged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.metrics.formulas import Unit
    from pytest_accept.records import Estimate


@ranged(1, math.inf)
def perplexity(
    model: Model,
    data: Data,
    *,
    context: int | None = None,
    stride: int | None = None,
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Perplexity of documents: exp of the mean loss per token, 1 or more; 1 is certain and right.

    The loss is -log p(token | the tokens before it in the document), the mean is over all tokens of
    all documents; guessing among k tokens has perplexity k. Two models can be compared only if they
    have the same tokenizer (`bits_per_byte` needs none). No labels are needed.

    `context`: how many tokens a window has; None takes what the model can. Longer documents are
    read in windows, each `stride` tokens after the one before (None: half of the context), so that
    every token is scored once, with at least context - stride tokens before it or all there are.
    `bos`: "auto" begins a document with the tokenizer's BOS token if it does so itself (Llama's
    does, GPT-2's does not), "always", or "never". Without it the first token of a document is not
    scored, and a document of one token not at all. No other special tokens are added.

    Interval: of the ratio of summed loss to tokens, over documents (or `cluster`) as independent
    ones, under Dirichlet weights with one unseen document; with fewer than 5 documents it has no
    end (see `ratio_interval`). Definition: transformers' "Perplexity of fixed-length models".
    """
    question = ask_documents(
        "perplexity", model, data, context=context, stride=stride, bos=bos, **options
    )
    return _answer(question, question.tokens(), "perplexity")


@ranged(0, math.inf)
def bits_per_byte(
    model: Model,
    data: Data,
    *,
    context: int | None = None,
    stride: int | None = None,
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Bits that the model needs per byte of text (UTF-8), 0 or more; 0 is certain and right.

    The summed loss of all scored tokens in bits, over the bytes of text in them: it does not depend
    on how a tokenizer cuts, so models of different tokenizers can be compared. 8 is no model at
    all, general-purpose compression of English needs about 2. Options and interval are those of
    `perplexity`. Definition: Gao et al. (2020), "The Pile", section 3.1.
    """
    question = ask_documents(
        "bits_per_byte", model, data, context=context, stride=stride, bos=bos, **options
    )
    return _answer(question, question.bytes(), "bits")


def of_tokens(model: Any, data: Data, **options: Any) -> Estimate:
    """Return the mean loss per token in nats: see `token_cross_entropy`."""
    question = ask_documents("token_cross_entropy", model, data, **options)
    return _answer(question, question.tokens(), "nats")


def _answer(question: DocumentQuestion, sizes: NDArray[np.float64], unit: Unit) -> Estimate:
    """Return the answer on the loss per unit of size, said in a unit."""
    from pytest_accept.assertions.passage_evidence import surprising_passages

    nats = question.per(sizes)
    value, low, high = _in(unit, nats.value, nats.low, nats.high)
    interval = replace(nats, value=value, low=low, high=high)
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=surprising_passages,
        options=question.given,
        notes=question.said(),
        contributions=lambda: _sums(question, sizes, unit),
    )


def _sums(question: DocumentQuestion, sizes: NDArray[np.float64], unit: Unit) -> Sums:
    """Return what each document adds to the losses and to the sizes."""
    import numpy as np

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.metrics.formulas import loss_ratio

    rows = np.zeros((len(question.data), 2))
    rows[question.scored] = np.stack([question.totals(), sizes], axis=1)
    return Sums(
        rows=rows,
        formula=partial(loss_ratio, unit=unit),
        bounds=metric_range(question.metric),
        clusters=question.clusters,
    )


def _in(unit: Unit, *nats: float) -> list[float]:
    """Return losses in nats in another unit."""
    import numpy as np

    from pytest_accept.metrics.formulas import loss_ratio

    return [float(each) for each in loss_ratio(np.array([(x, 1.0) for x in nats]), unit=unit)]


assert_perplexity_above = above(perplexity)
assert_perplexity_below = below(perplexity)
assert_bits_per_byte_above = above(bits_per_byte)
assert_bits_per_byte_below = below(bits_per_byte)
