"""How often does an edit that should change nothing change the entities that a tagger finds?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import (
    TIE,
    EditedExamples,
    PerturbedOptions,
    Transform,
    as_perturbation,
    check_share,
    checked_draws,
    model_that_predicts,
    nothing_to_change,
    random_of,
)
from pytest_accept.assertions.tag_question import TagQuestion, ask_tags
from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from random import Random

    from pytest_accept.data import Data
    from pytest_accept.data.tag_schemes import Span
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.perturbation import Perturbation
    from pytest_accept.perturbations.scripts import Script
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate

_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class EditedSentence:
    """The words of a sentence after an edit, and the entities that should be found in them."""

    words: tuple[str, ...]
    expected: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedSentences(EditedExamples[TagQuestion]):
    """Sentences (c,) with the entities found `before`, and what the model says of the edited ones
    (c * draws,).
    """

    scheme: str
    before: Sequence[tuple[Span, ...]]
    edited: Sequence[EditedSentence]
    predictions: TokenPredictions

    def found(self, at: int) -> tuple[Span, ...]:
        """Return the entities found in an edited sentence.

        The tag that should be found is taken as found if it loses by no more than TIE.
        """
        from pytest_accept.data.tag_schemes import spans, tags

        each, labels = self.edited[at], self.predictions.labels
        said = list(self.predictions.tags[at])
        for word, tag in enumerate(tags(each.expected, len(each.words), self.scheme)):
            shares = self.predictions.probabilities[at][word]
            if tag in labels and shares.max() - shares[labels.index(tag)] <= TIE:
                said[word] = tag
        return spans(said, self.scheme)


@ranged(0, 1, interval="mean, by cluster", in_parts=True)
def entity_flip_rate(
    model: Model, data: Data, perturbation: Transform, **options: Unpack[PerturbedOptions]
) -> Estimate:
    """Share of edited sentences in which other entities are found, in 0..1; 0: nothing flips.

    The entities found before, carried along by the edit as `perturb_words` does, are compared with
    those found after it: words and types. Edits that would cross the edge of a found entity are not
    made; a function that rewrites the whole text makes such. The mean over sentences of the share
    among their `draws` edited ones. Labels are not needed. Interval and options: as for
    `flip_rate`.
    """
    import numpy as np

    from pytest_accept.assertions.entity_evidence import smallest_entity_edits

    asked = _asked(model, data, perturbation, **options)
    flipped = np.array(
        [asked.found(at) != each.expected for at, each in enumerate(asked.edited)], np.bool_
    ).reshape(len(asked.rows), asked.draws)
    return asked.mean(
        flipped.mean(axis=1),
        higher_is_better=asked.perturbation.promise == "flips",
        evidence=lambda _: smallest_entity_edits(asked, flipped),
    )


def _asked(
    model: Model,
    data: Data,
    perturbation: Transform,
    *,
    draws: int | None = None,
    min_changed: float = 0.5,
    assumed_invalid: float = 0.0,
    **options: Any,
) -> EditedSentences:
    """Draw, predict, and return the sentences that the perturbation changes.

    Raises DataError if it changes none.
    """
    import numpy as np

    from pytest_accept.data.tag_schemes import spans

    draws = checked_draws(draws, perturbation)
    check_share("min_changed", min_changed)
    check_share("assumed_invalid", assumed_invalid, below_one=True)
    predicting, chosen = model_that_predicts(model), as_perturbation(perturbation)
    takes = PerturbedOptions.__annotations__
    question = ask_tags(
        "entity_flip_rate", predicting, data, labelled=False, takes=takes, **options
    )
    scheme = question.entity_scheme()
    found = [spans(tags, scheme) for tags in question.predictions.tags]
    rows: list[int] = []
    scripts: list[list[Script]] = []
    edited: list[EditedSentence] = []
    for row, words in enumerate(question.data.inputs):
        random = random_of(chosen, words, question.seed)
        drawn = [_drawn(chosen, random, words, found[row]) for _ in range(draws)]
        made = [each for each in drawn if each is not None]
        if len(made) == draws:
            rows.append(row)
            scripts.append([script for script, _ in made])
            edited += [sentence for _, sentence in made]
    if not rows:
        crossing = "An edit that would cross the edge of a found entity is not made."
        raise DataError(f"{nothing_to_change(chosen, question.data)} {crossing}")
    return EditedSentences(
        question=question,
        model=predicting,
        perturbation=chosen,
        rows=np.array(rows),
        scripts=scripts,
        min_changed=min_changed,
        assumed_invalid=assumed_invalid,
        scheme=scheme,
        before=[found[row] for row in rows],
        edited=edited,
        predictions=predicting.predict([each.words for each in edited]),
    )


def _drawn(
    perturbation: Perturbation, random: Random, words: Sequence[str], before: Sequence[Span]
) -> tuple[Script, EditedSentence] | None:
    """Return a script that changes the words, and what it makes of them; None if none is found."""
    from pytest_accept.data.tag_schemes import spans, tags
    from pytest_accept.perturbations.word_labels import perturb_words

    text, said = " ".join(words), tags(before, len(words), "IOB2")
    if not perturbation.can_change(text):
        return None
    for _ in range(_ATTEMPTS):
        script = perturbation.draw(random, text)
        changed, carried = perturb_words(script, words, said)
        if changed and changed != list(words):
            return script, EditedSentence(tuple(changed), spans(carried, "IOB2"))
    return None


assert_entity_flip_rate_above = above_under(entity_flip_rate)
assert_entity_flip_rate_below = below_under(entity_flip_rate)
