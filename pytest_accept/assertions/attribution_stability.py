"""Does the explanation stay where an edit changes neither the label nor the prediction?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.explanation_question import (
    ExplanationOptions,
    ExplanationQuestion,
    ask_explained,
)
from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import (
    Perturbed,
    Transform,
    as_perturbation,
    checked_draws,
    draw_scripts,
    nothing_to_change,
    require_promise,
)
from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.attributions.tokens import Tokens
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.edits import Edit
    from pytest_accept.perturbations.perturbation import Perturbation
    from pytest_accept.records import Estimate

_FEWEST = 3


@ranged(-1, 1, interval="mean, by cluster")
def attribution_stability(
    model: Model,
    data: Data,
    perturbation: Transform,
    *,
    draws: int = 1,
    **options: Unpack[ExplanationOptions],
) -> Estimate:
    """Mean rank correlation of a text's attribution before and after an edit, in -1..1; 1: same.

    Spearman's, of the scores of the tokens that both texts have: those that no edit touches and
    that the tokenizer reads alike. It is 0 where all scores are equal. For each text the mean over
    its `draws` edited texts. Left out and counted: edited texts that are predicted otherwise, whose
    explanation should change, those that share fewer than 3 tokens with their original, and texts
    that the perturbation cannot change. That explanations stay does not say that they are right: a
    constant one is stable.

    Costs an attribution of each text and of each edited one, and their predictions. `limit` counts
    texts before some are left out. Labels are not needed. Interval: that of a mean over texts of
    values in -1..1. SettingError for a perturbation that does not promise to keep the label.
    Source: Alvarez-Melis and Jaakkola (2018, arXiv:1806.08049), with ranks for their distances.

    Options: `method`, `label` and `limit` (see `ExplanationOptions`), and those of every metric:
    `where`, `cluster`, `confidence`, `point`.
    """
    return _stability(model, data, as_perturbation(perturbation), draws, **options)


assert_attribution_stability_above = above_under(attribution_stability)
assert_attribution_stability_below = below_under(attribution_stability)


def _stability(
    model: Model,
    data: Data,
    perturbation: Perturbation,
    draws: int,
    **options: Any,
) -> Estimate:
    import numpy as np

    from pytest_accept.assertions.attribution_evidence import extremes
    from pytest_accept.metrics.attributions import rank_correlation

    metric = "attribution_stability"
    require_promise(metric, perturbation, "same")
    draws = checked_draws(draws, perturbation)
    asked = ask_explained(metric, model, data, takes=("draws",), **options)
    edited, changed = _edit(asked, perturbation, draws)
    shared = _shared(edited)
    if not shared:
        raise DataError(
            f"{perturbation!r} leaves no text of {asked.question.data.population!r} with the same "
            f"prediction and {_FEWEST} of its tokens, so there is no explanation that should stay. "
            "Choose a gentler perturbation, or judge the model's flip_rate first."
        )
    kept, owners = np.unique([i for i, _ in shared], return_inverse=True)
    before = asked.explain(edited.rows[kept])
    texts = [edited.scripts[i][draw].changed(edited.text(i)) for i, draw in shared]
    after = asked.attribute(texts, before.rows[owners])
    correlations = [
        rank_correlation(before.attributions[owner].scores[ours], then.scores[theirs])
        for owner, (ours, theirs), then in zip(owners, shared.values(), after, strict=True)
    ]
    values = np.bincount(owners, weights=correlations) / np.bincount(owners)
    return before.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: extremes(before, values, "the least like their edited texts'"),
        named=[repr(perturbation), f"draws={draws}"],
        notes=[*asked.drawn(len(edited.rows), changed), *_left_out(edited, changed, len(shared))],
    )


def _edit(
    asked: ExplanationQuestion, perturbation: Perturbation, draws: int
) -> tuple[Perturbed, int]:
    """Return the texts that are asked, edited and predicted, and how many could be changed."""
    import numpy as np

    question = asked.question
    found = {
        row: drawn
        for row, text in enumerate(question.data.inputs)
        if (drawn := draw_scripts(perturbation, text, draws=draws, seed=question.seed))
    }
    if not found:
        raise DataError(nothing_to_change(perturbation, question.data))
    rows = asked.draw(np.array(list(found)))
    scripts = [found[row] for row in rows.tolist()]
    texts = [
        each.changed(question.data.inputs[row])
        for row, several in zip(rows.tolist(), scripts, strict=True)
        for each in several
    ]
    edited = Perturbed(
        question=question,
        model=asked.model,
        perturbation=perturbation,
        rows=rows,
        scripts=scripts,
        predictions=asked.model.predict(texts),
        min_changed=0.0,
        assumed_invalid=0.0,
    )
    return edited, len(found)


def _left_out(edited: Perturbed, changed: int, used: int) -> list[str]:
    """Return notes on texts and edited texts that do not count."""
    all_of = len(edited.question.data)
    flipped = int(edited.flipped().sum())
    drawn = len(edited.rows) * edited.draws
    few = drawn - flipped - used
    notes = {
        f"{all_of - changed:,} of {all_of:,} texts are left out: {edited.perturbation!r} finds "
        "nothing to change in them": all_of - changed,
        f"{flipped:,} of {drawn:,} edited texts are predicted otherwise and left out": flipped,
        f"{few:,} of {drawn:,} edited texts share fewer than {_FEWEST} tokens with their original "
        "and are left out": few,
    }
    return [note for note, count in notes.items() if count]


def _shared(edited: Perturbed) -> dict[tuple[int, int], tuple[list[int], list[int]]]:
    """Return, by example and draw, the positions of the tokens that both texts have.

    Only of edited texts that are predicted as before and share enough tokens.
    """
    import numpy as np

    from pytest_accept.attributions import tokens_of

    places = [(int(i), int(draw)) for i, draw in np.argwhere(~edited.flipped())]
    originals = tokens_of(edited.model, [edited.text(i) for i in range(len(edited.rows))])
    texts = [edited.scripts[i][draw].changed(edited.text(i)) for i, draw in places]
    found = {}
    for (i, draw), after in zip(places, tokens_of(edited.model, texts), strict=True):
        both = _same_tokens(originals[i], after, edited.scripts[i][draw].edits(edited.text(i)))
        if len(both[0]) >= _FEWEST:
            found[i, draw] = both
    return found


def _same_tokens(
    before: Tokens, after: Tokens, edits: Sequence[Edit]
) -> tuple[list[int], list[int]]:
    """Return where the tokens stand, before and after, that no edit touches."""
    from pytest_accept.perturbations.edits import moved

    there = {
        (*span, token): position
        for position, (span, token) in enumerate(zip(after.spans, after.ids.tolist(), strict=True))
        if span is not None
    }
    ours, theirs = [], []
    for position, (span, token) in enumerate(zip(before.spans, before.ids.tolist(), strict=True)):
        if span is None:
            continue
        side, start, stop = span
        here = [edit for edit in edits if edit.side == side]
        if any(edit.start < stop and start < edit.stop for edit in here):
            continue
        ((first, last),) = moved([(start, stop)], here)
        if (side, first, last, token) in there:
            ours.append(position)
            theirs.append(there[side, first, last, token])
    return ours, theirs
