"""What names a question and an input in a Record: nothing that would tell a text."""

from __future__ import annotations

from collections.abc import Hashable

from pytest_accept.baseline.contents import content_hash
from pytest_accept.tasks import TextClassification, TokenClassification
from pytest_accept.tasks.beginnings import Beginnings
from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
from pytest_accept.tasks.continuations import Continued
from pytest_accept.tasks.document_losses import DocumentLosses
from pytest_accept.tasks.pseudo_likelihoods import PseudoLikelihoods

READINGS: tuple[type, ...] = (
    TextClassification,
    TokenClassification,
    Beginnings,
    ContinuationLikelihoods,
    DocumentLosses,
    PseudoLikelihoods,
)
"""The readings whose inputs are texts and whose answers are numbers: these can be replayed.

Others need the model or its tokenizer to be asked at all (attributions), or to be understood
(tokens that a model says).
"""

NAMED = {each.__name__: each for each in READINGS}


def question_of(reading: Hashable) -> str | None:
    """Return what a Record calls a reading, options included; None if it cannot be replayed."""
    return repr(reading) if type(reading) in READINGS else None


def rows_of(reading: Hashable, asked: Hashable) -> tuple[int, int | None]:
    """Return how many rows an answer has at least and at most, None for any number."""
    if isinstance(reading, TokenClassification) and isinstance(asked, tuple):
        return len(asked), len(asked)
    if isinstance(asked, Continued):
        return len(asked.continuations), len(asked.continuations)
    if isinstance(reading, DocumentLosses):
        return 2, None
    return (1, None) if isinstance(reading, PseudoLikelihoods) else (1, 1)


def key_of(asked: Hashable) -> str:
    """Return the content hash of an input: of a text, several texts, or texts in texts."""
    if isinstance(asked, str):
        return content_hash(asked)
    assert isinstance(asked, tuple), f"an input that is no text: {type(asked).__name__}"
    if all(isinstance(each, str) for each in asked):
        return content_hash(asked)
    # Such as a text and the tuple of its continuations.
    return content_hash([each if isinstance(each, str) else key_of(each) for each in asked])
