"""Do explanations name the words that people would name?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack, get_args

from pytest_accept.assertions.explanation_question import (
    ExplanationOptions,
    ExplanationQuestion,
    ask_explained,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError, SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

Measure = Literal["average_precision", "token_f1"]


@ranged(0, 1, interval="mean, by cluster")
def plausibility(
    model: Model,
    data: Data,
    *,
    rationale: str | tuple[str, str] = "rationale",
    measure: Measure = "average_precision",
    **options: Unpack[ExplanationOptions],
) -> Estimate:
    """Mean agreement of explanations with human rationales, token by token, in 0..1; 1: the same.

    `measure`: "average_precision" of ranking a text's tokens by score, rationale tokens being the
    relevant ones (scikit-learn's `average_precision_score`), or "token_f1" of as many top tokens as
    the rationale has, where precision and recall are equal. The notes say what a random
    explanation would measure: it is above 0.

    `rationale`: the column with the rationales, for pairs of texts one for each text. A rationale
    is a list of [start, stop] in the characters of the text, counted from 0 and stop exclusive, a
    list of single characters' positions, or either as JSON. A token belongs to it if it shares a
    character. Texts are left out and counted that have no rationale, one that covers all tokens
    (whatever is said of them would be right), or one that is wholly in a part that was cut.
    What a rationale explains is a label, so name it with `label` where it is not what is predicted.

    Costs one attribution for each text that counts. The data's labels are not needed. Interval:
    that of a mean over texts of values in 0..1. DataError for rationales outside of their texts, or
    that cover no token. Definition: ERASER (DeYoung et al. 2020), whose token F1 takes as many top
    tokens from a text of a length as rationales have on average.

    Options: `method`, `label` and `limit` (see `ExplanationOptions`), and those of every metric:
    `where`, `cluster`, `confidence`, `point`.
    """
    import numpy as np

    from pytest_accept.assertions.attribution_evidence import extremes
    from pytest_accept.metrics import attributions as metrics

    if measure not in get_args(Measure):
        wanted = " or ".join(map(repr, get_args(Measure)))
        raise SettingError(expected("measure", wanted, measure))
    asked = ask_explained("plausibility", model, data, takes=("rationale", "measure"), **options)
    relevant, notes = _relevant(asked, rationale)
    counting = np.flatnonzero([0 < each.sum() < len(each) for each in relevant])
    if len(counting) == 0:
        raise DataError(
            f"None of the {len(relevant):,} texts of {asked.question.data.population!r} has a "
            f"rationale for some of its tokens in {rationale!r}."
        )
    rows = asked.draw(counting)
    explained = asked.explain(rows)
    chosen = [relevant[row] for row in rows.tolist()]
    score = metrics.average_precision if measure == "average_precision" else metrics.top_f1
    values = np.array(
        [
            score(wanted, each.scores[[span is not None for span in each.spans]])
            for wanted, each in zip(chosen, explained.attributions, strict=True)
        ]
    )
    by_chance = [
        metrics.chance_average_precision(len(each), int(each.sum()))
        if measure == "average_precision"
        else each.mean()
        for each in chosen
    ]
    return explained.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: extremes(explained, values, "the least like the rationale"),
        named=[f"measure={measure}"] if measure != "average_precision" else [],
        notes=[
            *asked.drawn(len(rows), len(counting)),
            *notes,
            f"a random explanation would measure {np.mean(by_chance):.3f}",
        ],
    )


assert_plausibility_above = above(plausibility)
assert_plausibility_below = below(plausibility)


def _relevant(
    asked: ExplanationQuestion, rationale: str | tuple[str, str]
) -> tuple[list[NDArray[np.bool_]], list[str]]:
    """Return which of each text's own tokens are in its rationale, and notes."""
    from pytest_accept.assertions.rationales import read_rationales
    from pytest_accept.assertions.word_finders import sides_of, tokens_on
    from pytest_accept.attributions import tokens_of

    data = asked.question.data
    sides = [list(texts) for texts in zip(*map(sides_of, data.inputs), strict=True)]
    columns = (rationale,) if isinstance(rationale, str) else tuple(rationale)
    if len(columns) != len(sides):
        what = "a column" if len(sides) == 1 else "two columns, one for each text of a pair"
        raise SettingError(expected("rationale", what, rationale))
    spans = [
        read_rationales(data, column, texts) for column, texts in zip(columns, sides, strict=True)
    ]
    relevant, lost = [], []
    cut = none = whole = 0
    for i, tokens in enumerate(tokens_of(asked.model, data.inputs)):
        wanted = tokens_on(tokens, data.inputs[i], [found[i] for found in spans])[tokens.real]
        relevant.append(wanted)
        if not any(found[i] for found in spans):
            none += 1
        elif wanted.all():
            whole += 1
        elif not wanted.any():
            if asked.question.predictions.truncated[i]:
                cut += 1
            else:
                lost.append(i)
    if lost:
        at = ", ".join(data.origin(i) for i in lost[:3])
        raise DataError(
            f"{len(lost):,} of {len(data):,} rationales in {rationale!r} cover no token of their "
            f"texts, only white space or what the tokenizer drops ({at}). Are the positions those "
            "of these texts, in characters and not in bytes or words?"
        )
    counted = {
        "have no rationale": none,
        "have one for all of their tokens": whole,
        "have one in the part that was cut": cut,
    }
    notes = [
        f"{count:,} of {len(data):,} texts {what} and are left out"
        for what, count in counted.items()
        if count
    ]
    return relevant, notes
