"""The documents that a language model finds hardest, and the tokens in them that surprise it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_accept.errors import ReplayError
from pytest_accept.records import Evidence
from pytest_accept.tasks.documents import documents

if TYPE_CHECKING:
    from pytest_accept.assertions.document_question import DocumentQuestion

SHOWN = 3
_BEFORE, _AFTER = 8, 3  # tokens shown around a surprising one


def surprising_passages(question: DocumentQuestion) -> tuple[Evidence, ...]:
    """Return the documents that raise the mean loss most, each with its most surprising tokens."""
    totals, tokens = question.totals(), question.tokens()
    added = totals - tokens * (totals.sum() / tokens.sum())
    first, *others = np.argsort(-added, kind="stable")[:SHOWN].tolist()
    worst = [first, *(i for i in others if added[i] > 0)]
    lines: list[str] = []
    for i in worst:
        at = int(question.scored[i])
        passages = _passages(question, at)
        lines.append(
            f"{question.data.origin(at)}: {totals[i] / tokens[i]:.2f} nats a token over "
            f"{int(tokens[i]):,}{'; the most surprising' if passages else ''}"
        )
        lines += passages
    return (Evidence(title="the documents that raise it most", lines=tuple(lines)),)


def _passages(question: DocumentQuestion, document: int) -> list[str]:
    """Return the tokens of the largest losses, in brackets among what stands around them.

    None in a replay: a record does not hold how a text is cut into tokens.
    """
    try:
        tokenizer: Any = question.subject.tokenizer
    except ReplayError:
        return []
    text = str(question.data.inputs[document])
    ids = documents(tokenizer, [text], question.bos)[0].ids.tolist()
    losses = question.losses[document]
    found = []
    for i in np.argsort(-losses, kind="stable")[:SHOWN].tolist():
        place = i + 1  # the first token is not scored
        token = _text(tokenizer, ids[place : place + 1])
        space = " " * token.startswith((" ", "\n"))
        before = _text(tokenizer, ids[max(0, place - _BEFORE) : place])
        after = _text(tokenizer, ids[place + 1 : place + 1 + _AFTER])
        found.append(
            f"- {losses[i]:.2f} {before.lstrip()}{space}[{token.strip() or repr(token)}]{after}"
        )
    return found


def _text(tokenizer: Any, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, clean_up_tokenization_spaces=False)) if ids else ""
