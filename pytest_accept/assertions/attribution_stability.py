"""Does the explanation stay where an edit changes neither the label nor the prediction?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.explanation_question import ExplanationOptions, explanation_of
from pytest_accept.assertions.judgement import above_under, below_under, ranged
from pytest_accept.assertions.perturbed import (
    Perturbed,
    Transform,
    as_perturbation,
    ask_perturbed,
    require_promise,
)
from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.attributions.tokens import Tokens
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.edits import Edit
    from pytest_accept.records import Estimate

_FEWEST = 3


@ranged(-1, 1)
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

    Costs an attribution of each text and of each edited one, and their predictions. Labels are not
    needed. Interval: that of a mean over texts of values in -1..1. SettingError for a perturbation
    that does not promise to keep the label. Source: Alvarez-Melis and Jaakkola (2018,
    arXiv:1806.08049), with ranks for their distances.

    Options: `method`, `label` and `limit` (see `ExplanationOptions`), and those of every metric:
    `where`, `cluster`, `confidence`, `point`.
    """
    return _stability(model, data, as_perturbation(perturbation), draws, **options)


assert_attribution_stability_above = above_under(attribution_stability)
assert_attribution_stability_below = below_under(attribution_stability)


def _stability(
    model: Model,
    data: Data,
    perturbation: Any,
    draws: int,
    *,
    method: Any = None,
    label: str | None = None,
    limit: int | None = None,
    **options: Any,
) -> Estimate:
    import numpy as np

    from pytest_accept.assertions.attribution_evidence import extremes
    from pytest_accept.metrics.attributions import rank_correlation

    metric = "attribution_stability"
    require_promise(metric, perturbation, "same")
    edited = ask_perturbed(
        metric, model, data, perturbation, labelled=False, draws=draws, min_changed=0, **options
    )
    asked = explanation_of(edited.question, model, method=method, label=label, limit=limit)
    shared = _shared(edited)
    if not shared:
        raise DataError(
            f"{perturbation!r} leaves no text of {data.population!r} with the same prediction and "
            f"{_FEWEST} of its tokens, so there is no explanation that should stay. Choose a "
            "gentler perturbation, or judge the model's flip_rate first."
        )
    counting = np.unique([i for i, _ in shared])
    rows = asked.draw(edited.rows[counting])
    before = asked.explain(rows)
    at = {row: position for position, row in enumerate(rows.tolist())}
    pairs = [
        (at[row], both, edited.scripts[i][draw].changed(edited.text(i)))
        for (i, draw), both in shared.items()
        if (row := int(edited.rows[i])) in at
    ]
    owners = np.array([position for position, _, _ in pairs])
    after = asked.attribute([text for _, _, text in pairs], rows[owners])
    correlations = [
        rank_correlation(before.attributions[position].scores[both[0]], then.scores[both[1]])
        for (position, both, _), then in zip(pairs, after, strict=True)
    ]
    values = np.bincount(owners, weights=correlations) / np.bincount(owners)
    return before.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: extremes(before, values, "the least like their edited texts'"),
        named=[repr(perturbation), f"draws={edited.draws}"],
        notes=[*asked.drawn(len(rows), len(counting)), *_left_out(edited, len(shared))],
    )


def _left_out(edited: Perturbed, used: int) -> list[str]:
    """Return notes on texts and edited texts that do not count."""
    all_of, changed = len(edited.question.data), len(edited.rows)
    flipped = int(edited.flipped().sum())
    drawn = changed * edited.draws
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
