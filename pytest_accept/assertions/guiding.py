"""Where a search should edit first: at the words that the prediction hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_accept.perturbations.sites import Site, words

if TYPE_CHECKING:
    from pytest_accept.assertions.question import Question
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.perturbation import Perturbation
    from pytest_accept.prediction.predictions import Input

Word = tuple[int, int, int]
"""Side, start and stop of a word."""


def by_importance(
    model: Model, question: Question, positions: Sequence[int], perturbation: Perturbation
) -> dict[int, Perturbation]:
    """Return the perturbation of each example that edits its most important words first.

    A word is as important as the probability of the prediction falls when the word is left out
    (occlusion: Li et al. 2016, arXiv:1612.08220); if multi-label, that of any label.
    """
    import numpy as np

    inputs: Sequence[Input] = question.data.inputs
    parts = {at: _words(inputs[at]) for at in positions}
    asked = [(at, word) for at, listed in parts.items() for word in listed]
    after = model.predict([_without(inputs[at], word) for at, word in asked] or [""]).probabilities
    fall: dict[tuple[int, Word], float] = {}
    for (at, word), then in zip(asked, after[: len(asked)], strict=True):
        before = question.predictions.probabilities[at]
        said = int(before.argmax())
        change = np.abs(before - then).max() if question.multi_label else before[said] - then[said]
        fall[at, word] = float(change)

    def focused(at: int) -> Perturbation:
        def weigh(side: int, site: Site) -> tuple[float, Sequence[str]]:
            near = [fall[at, word] for word in parts[at] if _near(word, side, site)]
            return max(near, default=-1.0), site.replacements

        return perturbation.focused_on(inputs[at], weigh)

    return {at: focused(at) for at in positions}


def by_gradient(
    model: Model, question: Question, positions: Sequence[int], perturbation: Perturbation
) -> dict[int, Perturbation]:
    """Return the perturbation of each example that edits first where the gradient points.

    A replacement is weighed by the first-order estimate of how much the word that it makes would
    raise the loss of the prediction: the mean embedding of the new word's tokens minus that of the
    old word's, times the summed gradient at the old ones (HotFlip: Ebrahimi et al. 2018, for words
    of several tokens).
    """
    import numpy as np

    inputs: Sequence[Input] = question.data.inputs
    gradients = model.gradients()
    before = question.predictions.probabilities[list(positions)]
    if question.multi_label:
        said = before > 0.5
    else:
        said = np.eye(before.shape[1], dtype=np.bool_)[before.argmax(axis=1)]

    def focused(at: int, tokens: Any) -> Perturbation:
        text = inputs[at]
        parts = (text,) if isinstance(text, str) else text

        def weigh(side: int, site: Site) -> tuple[float, Sequence[str]]:
            start, stop = _window(parts[side], site)
            here = [
                i
                for i, span in enumerate(tokens.spans)
                if span is not None and span[0] == side and span[1] < stop and start < span[2]
            ]
            if not here:
                return -np.inf, site.replacements
            made = [
                parts[side][start : site.start] + each + parts[side][site.stop : stop]
                for each in site.replacements
            ]
            slope = tokens.gradient[here].sum(axis=0)
            old = float(gradients.mean_embedding(tokens.ids[here].tolist()) @ slope)
            gains = [
                float(gradients.mean_embedding(ids) @ slope) - old if ids else -old
                for ids in gradients.tokens(made)
            ]
            order = np.argsort(-np.array(gains), kind="stable")
            return max(gains), [site.replacements[int(i)] for i in order]

        return perturbation.focused_on(text, weigh)

    found = gradients.of([inputs[at] for at in positions], said, multi_label=question.multi_label)
    return {at: focused(at, tokens) for at, tokens in zip(positions, found, strict=True)}


def _words(text: Input) -> list[Word]:
    parts = (text,) if isinstance(text, str) else text
    return [(side, *word.span()) for side, part in enumerate(parts) for word in words(part)]


def _without(text: Input, word: Word) -> Input:
    side, start, stop = word
    if isinstance(text, str):
        return text[:start] + text[stop:]
    first, second = text
    if side == 0:
        return first[:start] + first[stop:], second
    return first, second[:start] + second[stop:]


def _near(word: Word, side: int, site: Site) -> bool:
    return word[0] == side and word[1] <= site.stop and site.start <= word[2]


def _window(text: str, site: Site) -> tuple[int, int]:
    """Return the span of the words that an edit touches."""
    start, stop = site.start, site.stop
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while stop < len(text) and text[stop].isalnum():
        stop += 1
    return start, stop
