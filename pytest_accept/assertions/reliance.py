"""How much of an explanation lies on given words: names, punctuation, an artefact of the data?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from re import Pattern
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.explanation_question import ExplanationOptions, ask_explained
from pytest_accept.assertions.judgement import (
    Measurement,
    above,
    below,
    check_bar,
    ranged,
    require,
)
from pytest_accept.assertions.word_finders import finder_of, sides_of, tokens_on
from pytest_accept.errors import DataError

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate, Verdict

Words = str | Collection[str] | Pattern[str] | Callable[[str], Iterable[tuple[int, int]]]

_MOST, _LEAST = "most on them", "least on them"


@ranged(0, 1, interval="mean, by cluster")
def attribution_share(
    model: Model, data: Data, *, tokens: Words, **options: Unpack[ExplanationOptions]
) -> Estimate:
    """Mean share of a text's attribution that lies on given words, in 0..1; 0: none of it.

    The absolute scores of their tokens over those of all tokens (special ones have none); 0 where
    all scores are 0, because then nothing lies on them. A token belongs to the words if it holds
    any of their characters. Only texts that have such words count; the others are counted in the
    notes, which also say what share the words would have if every token counted alike.

    `tokens`: a list of words or phrases, found as whole words without regard to case; "names"
    (first and last names of our lists that are not also words), "punctuation" or "numbers"; a
    compiled pattern; or a function of a text that returns (start, stop) pairs.

    Costs one attribution for each text that counts. Labels are not needed. Interval: that of a mean
    over texts of values in 0..1. DataError if no text has such words.

    Options: `method`, `label` and `limit` (see `ExplanationOptions`), and those of every metric:
    `where`, `cluster`, `confidence`, `point`.
    """
    return _share(model, data, tokens, (_MOST, _LEAST), **options)


assert_attribution_share_above = above(attribution_share)
assert_attribution_share_below = below(attribution_share)


def assert_ignores(
    model: Model,
    data: Data,
    bar: float = 0.1,
    *,
    tokens: Words,
    **options: Unpack[ExplanationOptions],
) -> Verdict:
    """Require that predictions do not rest on given words: `attribution_share` is below `bar`.

    Words that the model ignores wholly still get a little: a method's scores have noise. Where a
    text is short, or has many of the words, compare the bar with the share that the notes give for
    tokens that count alike. Options, errors and cost are those of `attribution_share`.
    """
    check_bar("attribution_share", bar)
    verdict = _share(model, data, tokens, (_MOST,), **options).judge(bar, "below")
    require(verdict)
    return verdict


def assert_relies_on(
    model: Model,
    data: Data,
    bar: float,
    *,
    tokens: Words,
    **options: Unpack[ExplanationOptions],
) -> Verdict:
    """Require that predictions rest on given words: `attribution_share` is above `bar`.

    A bar means something if it is above the share that the notes give for tokens that count alike.
    Options, errors and cost are those of `attribution_share`.
    """
    check_bar("attribution_share", bar)
    verdict = _share(model, data, tokens, (_LEAST,), **options).judge(bar, "above")
    require(verdict)
    return verdict


@ranged(0, 1, interval="mean, by cluster", title=lambda _: "attribution_share")
def _share(
    model: Model, data: Data, tokens: Words, shown: tuple[str, ...], **options: Any
) -> Measurement:
    import numpy as np

    from pytest_accept.assertions.attribution_evidence import extremes
    from pytest_accept.attributions import tokens_of
    from pytest_accept.metrics.attributions import share_of

    called, find = finder_of(tokens)
    asked = ask_explained("attribution_share", model, data, takes=("tokens",), **options)
    data = asked.question.data
    every = tokens_of(asked.model, data.inputs)
    meant = [
        tokens_on(each, text, [list(find(side)) for side in sides_of(text)])
        for text, each in zip(data.inputs, every, strict=True)
    ]
    counting = np.flatnonzero([each.any() for each in meant])
    if len(counting) == 0:
        raise DataError(
            f"None of the {len(data):,} texts of {data.population!r} has any of the words asked "
            f"for ({called}), so there is nothing to say of them. Are they spelled as in the "
            "texts, or cut off because texts are too long?"
        )
    rows = asked.draw(counting)
    explained = asked.explain(rows)
    found = zip(explained.attributions, (meant[row] for row in rows.tolist()), strict=True)
    values = np.array([share_of(each.scores, chosen) for each, chosen in found])
    alike = np.mean([meant[row].sum() / every[row].real.sum() for row in rows.tolist()])
    without = len(data) - len(counting)
    left_out = [f"{without:,} of {len(data):,} texts have no such word and are left out"]
    notes = [
        *asked.drawn(len(rows), len(counting)),
        *(left_out if without else []),
        f"if every token counted alike, the share would be {alike:.3f}",
    ]
    return explained.mean(
        values,
        higher_is_better=_LEAST in shown and _MOST not in shown,
        evidence=lambda _: tuple(
            each
            for title in shown
            for each in extremes(explained, values, title, largest=title == _MOST)
        ),
        named=[f"tokens={called}"],
        notes=notes,
    )
