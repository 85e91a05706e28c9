"""How often does a language model hold the better one of two texts likelier?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.asked import Asked, Options, pose
from pytest_accept.assertions.choice_question import (
    Bos,
    ChoiceQuestion,
    Normalise,
    check_options,
    given,
    score,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError, SettingError

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

_TAKES = ("preferred", "other", "prefix", "normalise", "delimiter", "bos")


@ranged(0, 1, interval="share", in_parts=True)
def preference_rate(
    model: Model,
    data: Data,
    *,
    preferred: str | None = None,
    other: str | None = None,
    prefix: str | None = None,
    normalise: Normalise = "none",
    delimiter: str = " ",
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Share of pairs whose preferred text is likelier than the other, in 0..1; 1: in all pairs.

    0.5 is no preference. For a pair of a good and a bad sentence it is the accuracy of BLiMP
    (Warstadt et al. 2020). The score of a text is its log-likelihood in nats, the sum over its
    tokens; a tie is no preference. Labels are not needed.

    For a pair of a stereotype and its opposite 0.5 is wanted, from above and below (CrowS-Pairs,
    Nangia et al. 2020): load them with ``text=("sent_more", "sent_less")``, and require above 0.45
    and below 0.55. A model without a preference shows both, 4 times in 5, on some 900 pairs.
    ``group_gap(model, pairs, metric=preference_rate, group="bias_type")`` compares kinds of them.

    `preferred` and `other` are columns; by default the pair of texts of the data,
    ``load_data("pairs.jsonl", text=("good", "bad"), label=None)``, or else the columns "good" and
    "bad". `prefix`: a column with what stands before both, which is not scored.
    `normalise`, `delimiter` (after a prefix): as in `multiple_choice_accuracy`.
    `bos`: "auto" begins each text with the tokenizer's BOS token if it does so itself, "always", or
    "never". Without it, and without a prefix, the first token of a text is not scored: pairs that
    differ there are better judged with "always", and the notes count them.

    A model for fill-mask is asked for its pseudo-log-likelihoods (Salazar et al. 2020): each token
    is masked in turn. It takes no prefix and no BOS policy.

    What both texts begin with is read once. Interval: Clopper-Pearson; with clusters, Korn and
    Graubard's.
    """
    from pytest_accept.assertions.choice_evidence import leads
    from pytest_accept.assertions.shares import share, values

    check_options(normalise, delimiter, bos)
    task = "fill-mask" if getattr(model, "task", None) == "fill-mask" else "causal-lm"
    posed = pose("preference_rate", model, data, task=task, labelled=False, takes=_TAKES, **options)
    pairs = _pairs(posed.data, preferred, other)
    question, notes = _score(
        posed, pairs, prefix, normalise=normalise, delimiter=delimiter, bos=bos
    )
    prefers = question.correct()
    measured = question.answer(
        share(question, prefers),
        higher_is_better=True,
        evidence=lambda _: leads(question, prefers, of_preferred=False),
        options=given(normalise=(normalise, "none"), delimiter=(delimiter, " "), bos=(bos, "auto")),
        notes=notes,
        contributions=lambda: values(question, prefers),
    )
    return replace(
        measured, find_evidence_below=lambda: leads(question, prefers, of_preferred=True)
    )


def _pairs(data: Data, preferred: str | None, other: str | None) -> list[tuple[str, ...]]:
    from pytest_accept.assertions.prompts import refuse

    if (preferred is None) != (other is None):
        raise SettingError("Expected both of `preferred` and `other` to name columns, or neither.")
    if preferred is None and data.inputs and isinstance(data.inputs[0], tuple):
        found = list(data.inputs)
    else:
        columns = (preferred or "good", other or "bad")
        missing = [each for each in columns if each not in data.columns]
        if preferred is None and missing:
            raise DataError(
                f"preference_rate compares two texts, but the examples of {data.name!r} are single "
                "ones, and there are no columns 'good' and 'bad'. Name them: preferred='…', "
                "other='…', or load pairs: load_data(..., text=('good', 'bad'))."
            )
        found = list(zip(*map(data.column, columns), strict=True))
    texts = [i for i, pair in enumerate(found) if not all(isinstance(t, str) for t in pair)]
    refuse(data, texts, "something else than two texts", "Fill them in before loading.")
    blank = [i for i, pair in enumerate(found) if not all(map(str.strip, pair))]
    refuse(data, blank, "an empty text", "Fill it in, or leave such pairs out with where=.")
    same = [i for i, pair in enumerate(found) if pair[0] == pair[1]]
    refuse(data, same, "two equal texts", "No model can prefer one. Leave them out.")
    return found


def _score(
    posed: Asked[Any],
    pairs: list[tuple[str, ...]],
    prefix: str | None,
    *,
    normalise: Normalise,
    delimiter: str,
    bos: Bos,
) -> tuple[ChoiceQuestion, tuple[str, ...]]:
    import numpy as np

    right = np.zeros(len(pairs), np.int64)
    prefixes = [""] * len(pairs)
    if posed.subject.task == "fill-mask":
        from pytest_accept.assertions.pseudo_perplexity import score_masked

        if prefix is not None or bos != "auto":
            raise SettingError(
                "A model for fill-mask reads whole texts: it takes no prefix or bos."
            )
        return score_masked(posed, pairs, right, normalise), ()
    if prefix is not None:
        prefixes = [str(each) for each in posed.data.column(prefix)]
    question = score(
        posed,
        prefixes=prefixes,
        choices=pairs,
        right=right,
        normalise=normalise,
        delimiter=delimiter,
        bos=bos,
    )
    return question, (*question.notes(), *_unscored(posed, pairs, prefixes, bos))


def _unscored(
    posed: Asked[Any], pairs: list[tuple[str, ...]], prefixes: list[str], bos: Bos
) -> tuple[str, ...]:
    """Return a note if what is not scored differs within pairs."""
    from pytest_accept.tasks.beginnings import Beginnings

    bare = [pair for pair, prefix in zip(pairs, prefixes, strict=True) if not prefix.strip()]
    answers = posed.subject.ask(Beginnings(bos), bare)
    differ = sum(not begins and firsts > 1 for ((begins, firsts),) in answers)
    if not differ:
        return ()
    return (
        f"{differ:,} of {len(pairs):,} pairs differ in their first token, which is not scored "
        "(bos='always' scores it)",
    )


assert_preference_rate_above = above(preference_rate)
assert_preference_rate_below = below(preference_rate)
