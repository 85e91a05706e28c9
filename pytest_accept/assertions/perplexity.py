"""How well does a causal language model predict the next token of documents?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from pytest_accept.assertions.asked import Options
from pytest_accept.assertions.document_question import Bos, DocumentQuestion, ask_documents
from pytest_accept.assertions.judgement import above, below, ranged

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate
    from pytest_accept.statistics import Interval


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
    return _answer(question, question.per(question.tokens()), _exp)


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
    return _answer(question, question.per(question.bytes()), lambda nats: nats / math.log(2))


@ranged(0, math.inf)
def token_cross_entropy(
    model: Model,
    data: Data,
    *,
    context: int | None = None,
    stride: int | None = None,
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Mean loss per token in nats: the logarithm of `perplexity`, whose options it has.

    0 is certain and right, log(k) is what guessing among k tokens gives.
    """
    question = ask_documents(
        "token_cross_entropy", model, data, context=context, stride=stride, bos=bos, **options
    )
    return _answer(question, question.per(question.tokens()), lambda nats: nats)


def _answer(
    question: DocumentQuestion, nats: Interval, scale: Callable[[float], float]
) -> Estimate:
    from pytest_accept.assertions.passage_evidence import surprising_passages

    interval = replace(nats, value=scale(nats.value), low=scale(nats.low), high=scale(nats.high))
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=surprising_passages,
        options=question.given,
        notes=question.said(),
    )


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


assert_perplexity_above = above(perplexity)
assert_perplexity_below = below(perplexity)
assert_bits_per_byte_above = above(bits_per_byte)
assert_bits_per_byte_below = below(bits_per_byte)
assert_token_cross_entropy_above = above(token_cross_entropy)
assert_token_cross_entropy_below = below(token_cross_entropy)
