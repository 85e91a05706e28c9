"""Sentences whose entities, or tags, a tagger got wrong, with the mistakes marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.assertions.evidence import SHOWN
from pytest_accept.metrics.partial_entities import pair
from pytest_accept.records import Evidence, Example, MarkedSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.tag_question import TagQuestion
    from pytest_accept.data.tag_schemes import Span

Mistake = tuple["Span | None", "Span | None"]
"""An entity that is labelled, and the one found in its place; None where there is none."""

_KINDS = ("missed", "spurious", "of the wrong type", "with the wrong words", "wrong in both")


def marked_sentences(
    question: TagQuestion, true: Sequence[Sequence[Span]], predicted: Sequence[Sequence[Span]]
) -> tuple[Evidence, ...]:
    """Return the sentences of whose wrong entities the model was surest, and how many there are.

    How sure it was of a mistake is the mean probability of the tags that it said there.
    """
    found = {
        row: each
        for row, pairs in enumerate(zip(true, predicted, strict=True))
        if (each := list(_mistakes(*pairs)))
    }
    if not found:
        return ()
    kinds = Counter(_kind(mistake) for each in found.values() for mistake in each)
    counted = ", ".join(f"{kinds[kind]:,} {kind}" for kind in _KINDS if kinds[kind])
    sure = {row: max(_sure(question, row, each) for each in found[row]) for row in found}
    worst = sorted(found, key=lambda row: -sure[row])[:SHOWN]
    title = f"{counted} ({len(found):,} of {len(question.data):,} sentences); the most confident"
    examples = tuple(
        _example(question, row, sure[row], found[row], _said(question, row, predicted[row]))
        for row in worst
    )
    return (Evidence(title=title, examples=examples),)


def wrong_tags(question: TagQuestion, ids: Sequence[NDArray[np.int64]]) -> tuple[Evidence, ...]:
    """Return the words of whose wrong tags the model was surest."""
    probabilities = question.predictions.probabilities
    wrong = [
        (float(each[word].max()), row, int(word))
        for row, (each, true) in enumerate(zip(probabilities, ids, strict=True))
        for word in np.flatnonzero(each.argmax(axis=1) != true)
    ]
    worst = sorted(wrong, key=lambda each: -each[0])[:SHOWN]
    return _words(question, "the most confident wrong tags", [at[1:] for at in worst])


def least_likely(
    question: TagQuestion, ids: Sequence[NDArray[np.int64]], losses: NDArray[np.float64]
) -> tuple[Evidence, ...]:
    """Return the words whose labelled tags got the least probability."""
    places = [(row, word) for row, each in enumerate(ids) for word in range(len(each))]
    worst = np.argsort(-losses, kind="stable")[:SHOWN]
    shown = ", ".join(f"{losses[i]:.2f}" for i in worst)
    return _words(question, f"the largest losses ({shown})", [places[i] for i in worst])


def _mistakes(true: Sequence[Span], predicted: Sequence[Span]) -> Iterator[Mistake]:
    right = set(true) & set(predicted)
    labelled = [each for each in true if each not in right]
    said = [each for each in predicted if each not in right]
    pairs = pair(labelled, said, match="type")
    for _, one, other in pairs:
        yield labelled[one], said[other]
    lost = set(range(len(labelled))) - {one for _, one, _ in pairs}
    yield from ((labelled[at], None) for at in sorted(lost))
    extra = set(range(len(said))) - {other for _, _, other in pairs}
    yield from ((None, said[at]) for at in sorted(extra))


def _kind(mistake: Mistake) -> str:
    true, said = mistake
    if said is None:
        return "missed"
    if true is None:
        return "spurious"
    if true.type == said.type:
        return "with the wrong words"
    return "of the wrong type" if true[:2] == said[:2] else "wrong in both"


def _sure(question: TagQuestion, row: int, mistake: Mistake) -> float:
    span = mistake[1] or mistake[0]
    assert span is not None
    return float(question.predictions.probabilities[row][span.start : span.stop].max(axis=1).mean())


def _example(
    question: TagQuestion, row: int, sure: float, mistakes: Sequence[Mistake], predicted: str
) -> Example:
    words = question.data.inputs[row]
    return Example(
        text=" ".join(words),
        expected=question.data.label_text(row),
        predicted=predicted,
        probability=sure,
        origin=question.data.origin(row),
        spans=tuple(_marked(words, *mistake) for mistake in mistakes),
    )


def _marked(words: Sequence[str], true: Span | None, said: Span | None) -> MarkedSpan:
    span = true or said
    assert span is not None
    start = sum(len(word) + 1 for word in words[: span.start])
    other = said is not None and span[:2] != said[:2]
    return MarkedSpan(
        start=start,
        stop=start + len(" ".join(words[span.start : span.stop])),
        expected="" if true is None else true.type,
        predicted="" if said is None else said.type,
        said=" ".join(words[said.start : said.stop]) if said is not None and other else "",
    )


def _said(question: TagQuestion, row: int, spans: Sequence[Span]) -> str:
    words = question.data.inputs[row]
    return ", ".join(f"{each.type}: {' '.join(words[each.start : each.stop])}" for each in spans)


def _words(
    question: TagQuestion, title: str, places: Sequence[tuple[int, int]]
) -> tuple[Evidence, ...]:
    if not places:
        return ()
    tags = question.data.tag_sequences()
    examples = []
    for row, word in places:
        words = question.data.inputs[row]
        before, after = " ".join(words[:word][-4:]), " ".join(words[word + 1 :][:4])
        examples.append(
            Example(
                text=f"{before} [{words[word]}] {after}".strip(),
                expected=tags[row][word],
                predicted=question.predictions.tags[row][word],
                probability=float(question.predictions.probabilities[row][word].max()),
                origin=question.data.origin(row),
            )
        )
    return (Evidence(title=title, examples=tuple(examples)),)
