"""Sentences whose entities, or tags, a tagger got wrong, with the mistakes marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from pytest_accept.assertions.evidence import SHOWN
from pytest_accept.metrics.partial_entities import pair
from pytest_accept.perturbations.edits import Edit, flattened
from pytest_accept.records import Edited, Evidence, Example, MarkedSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.entity_flip_rate import EditedSentences
    from pytest_accept.assertions.tag_question import TagQuestion
    from pytest_accept.data.tag_schemes import Span
    from pytest_accept.prediction.token_predictions import TokenPredictions

Mistake = tuple["Span | None", "Span | None"]
"""An entity that is labelled, and the one found in its place; None where there is none."""

MISSED, SPURIOUS = "missed", "spurious"
TYPE, WORDS, BOTH = "of the wrong type", "with the wrong words", "wrong in both"

_KINDS = (MISSED, SPURIOUS, TYPE, WORDS, BOTH)


def marked_sentences(
    question: TagQuestion,
    true: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
    *,
    forgiven: Container[str] = (),
) -> tuple[Evidence, ...]:
    """Return the sentences of whose wrong entities the model was surest, and how many there are.

    How sure it was of a mistake is the mean probability of the tags that it said there. `forgiven`
    are kinds of mistakes that do not count.
    """
    found = {}
    for row, pairs in enumerate(zip(true, predicted, strict=True)):
        wrong = [each for each in _mistakes(*pairs) if _kind(each) not in forgiven]
        if wrong:
            found[row] = wrong
    if not found:
        return ()
    kinds = Counter(_kind(mistake) for each in found.values() for mistake in each)
    counted = ", ".join(f"{kinds[kind]:,} {kind}" for kind in _KINDS if kinds[kind])
    sure = {row: [_sure(question, row, each) for each in wrong] for row, wrong in found.items()}
    worst = sorted(found, key=lambda row: -max(sure[row]))[:SHOWN]
    title = f"{counted} ({len(found):,} of {len(question.data):,} sentences); the most confident"
    examples = tuple(
        _example(
            question,
            row,
            list(zip(found[row], sure[row], strict=True)),
            _entities(question.data.inputs[row], predicted[row]),
        )
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


def smallest_entity_edits(
    asked: EditedSentences, flipped: NDArray[np.bool_]
) -> tuple[Evidence, ...]:
    """Return the smallest edits, of different sentences, that change the entities that are found.

    Probabilities are the means over words of those of the tags said.
    """
    question, draws = asked.question, asked.draws
    broken = []
    for i, j in np.argwhere(flipped).tolist():
        words = question.data.inputs[int(asked.rows[i])]
        starts = _starts(words)
        fences = [_extent(starts, span) for span in asked.before[i]]
        edits = asked.scripts[i][j].edits(" ".join(words), fences)
        size = sum(each.stop - each.start + len(each.replacement) for each in edits)
        broken.append(((len(edits), size), i, j, edits))
    smallest: dict[int, tuple[int, tuple[Edit, ...]]] = {}
    for _, i, j, edits in sorted(broken, key=lambda each: each[0]):
        smallest.setdefault(i, (j, edits))
    examples = []
    for i, (j, edits) in list(smallest.items())[:SHOWN]:
        row, at = int(asked.rows[i]), i * draws + j
        words, edited = question.data.inputs[row], asked.edited[at]
        whole, shown = flattened(" ".join(words), edits)
        examples.append(
            Example(
                text=whole,
                expected=question.data.label_text(row) if question.data.tagged else "",
                predicted=_entities(words, asked.before[i]),
                probability=_mean_sureness(question.predictions, row),
                origin=question.data.origin(row),
                edited=Edited(
                    text=" ".join(edited.words),
                    edits=tuple(shown),
                    predicted=_entities(edited.words, asked.found(at)),
                    probability=_mean_sureness(asked.predictions, at),
                ),
            )
        )
    if not examples:
        return ()
    title = f"{len(broken):,} of {flipped.size:,} edits change the entities; the smallest"
    return (Evidence(title=title, examples=tuple(examples)),)


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
        return MISSED
    if true is None:
        return SPURIOUS
    if true.type == said.type:
        return WORDS
    return TYPE if true[:2] == said[:2] else BOTH


def _sure(question: TagQuestion, row: int, mistake: Mistake) -> float:
    span = mistake[1] or mistake[0]
    assert span is not None
    return float(question.predictions.probabilities[row][span.start : span.stop].max(axis=1).mean())


def _example(
    question: TagQuestion, row: int, mistakes: Sequence[tuple[Mistake, float]], predicted: str
) -> Example:
    words = question.data.inputs[row]
    starts = _starts(words)
    surest = sorted(mistakes, key=lambda each: -each[1])
    return Example(
        text=" ".join(words),
        expected=question.data.label_text(row),
        predicted=predicted,
        probability=surest[0][1],
        origin=question.data.origin(row),
        spans=tuple(_marked(words, starts, *mistake) for mistake, _ in surest),
    )


def _starts(words: Sequence[str]) -> list[int]:
    """Return where each word, and one after the last, begins in the words joined by spaces."""
    return [0, *accumulate(len(word) + 1 for word in words)]


def _extent(starts: Sequence[int], span: Span) -> tuple[int, int]:
    """Return from where to where a span reaches."""
    return starts[span.start], starts[span.stop] - 1


def _mean_sureness(predictions: TokenPredictions, row: int) -> float:
    return float(predictions.probabilities[row].max(axis=1).mean())


def _marked(
    words: Sequence[str], starts: Sequence[int], true: Span | None, said: Span | None
) -> MarkedSpan:
    span = true or said
    assert span is not None
    start, stop = _extent(starts, span)
    other = said is not None and span[:2] != said[:2]
    return MarkedSpan(
        start=start,
        stop=stop,
        expected="" if true is None else true.type,
        predicted="" if said is None else said.type,
        said=" ".join(words[said.start : said.stop]) if said is not None and other else "",
    )


def _entities(words: Sequence[str], spans: Sequence[Span]) -> str:
    said = [f"{each.type}: {' '.join(words[each.start : each.stop])}" for each in spans]
    return ", ".join(said) or "(no entity)"


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
