"""How often is what a language model answers, word for word, the right answer?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Unpack, get_args

from pytest_accept.assertions.asked import Asked, Options, pose
from pytest_accept.assertions.choice_question import Bos, given
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import LabelError, SettingError, check_count, expected
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

_TAKES = ("answers", "max_new_tokens", "stop", "normalise", "bos")
_SHOWN = 5
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@ranged(0, 1, interval="share", in_parts=True)
def exact_match(
    model: Model,
    data: Data,
    *,
    answers: str | None = None,
    max_new_tokens: int = 32,
    stop: str | Sequence[str] = "\n",
    normalise: bool | Callable[[str], str] = True,
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Share of prompts that the model answers with an accepted answer, in 0..1; 1: all of them.

    The answer is generated greedily (always the likeliest token, whatever the model's generation
    config says) and ends before the end-of-sequence token, before the first string of `stop`, or
    after `max_new_tokens`. An accepted answer is the label, a string, or any of a list of them;
    `answers` names another column, which suits thousands of lists better than a label column does
    (load such data with label=None). Prompts stand as they are: no chat template, no space added.

    `normalise`: what is done to both before they are compared. True is SQuAD's (Rajpurkar et al.
    2016): lower case, without punctuation, English articles and extra space, except where nothing
    would be left. False: only the space around is ignored. Or a function of a string.
    `bos`: "auto" begins a prompt with the tokenizer's BOS token if it does so itself, "always", or
    "never".

    Each prompt is answered once per model and setting, many at once with padding on the left; one
    that leaves no room for an answer is cut on the left. Interval: Clopper-Pearson; with clusters,
    Korn and Graubard's. Definition: SQuAD's exact match, the maximum over accepted answers.
    """
    from pytest_accept.assertions.prompts import prompts
    from pytest_accept.assertions.shares import share, values

    stops = _checked(max_new_tokens, stop, normalise, bos)
    posed = pose(
        "exact_match",
        model,
        data,
        task="causal-lm",
        labelled=answers is None,
        takes=_TAKES,
        **options,
    )
    asked = prompts("exact_match", posed.data)
    accepted = _accepted(posed.data, answers)
    said, cut = _answers(posed, asked, max_new_tokens, stops, bos)
    same = _normaliser(normalise)
    right = _matches(said, accepted, same)
    return posed.answer(
        share(posed, right),
        higher_is_better=True,
        evidence=lambda _: _wrong(posed, asked, accepted, said, right),
        options=given(
            max_new_tokens=(max_new_tokens, 32),
            stop=(stops, ("\n",)),
            normalise=(getattr(normalise, "__name__", normalise), True),
            bos=(bos, "auto"),
        ),
        notes=_cut(cut, len(asked)),
        contributions=lambda: values(posed, right),
    )


def _checked(
    most: int, stop: str | Sequence[str], normalise: object, bos: object
) -> tuple[str, ...]:
    """Return `stop` as a tuple; SettingError for an option that is none."""
    check_count("max_new_tokens", most)
    stops = (stop,) if isinstance(stop, str) else tuple(stop or ())
    if not all(isinstance(each, str) and each for each in stops):
        raise SettingError(expected("stop", "a string, or a list of strings, none empty", stop))
    if not isinstance(normalise, bool) and not callable(normalise):
        raise SettingError(
            expected("normalise", "True, False or a function of a string", normalise)
        )
    if bos not in get_args(Bos):
        raise SettingError(expected("bos", "'auto', 'always' or 'never'", bos))
    return stops


def _accepted(data: Data, column: str | None) -> list[tuple[str, ...]]:
    """Return the accepted answers of each example."""
    if column is None and len(data.label_columns) > 1:
        raise LabelError(
            f"exact_match needs one column with answers, but {data.name!r} has the label columns "
            f"{', '.join(map(repr, data.label_columns))}. Name it: answers='column'."
        )
    cells = data.column(column or data.label_columns[0])
    found = []
    for i, cell in enumerate(cells):
        several = isinstance(cell, list | tuple)
        texts = cell if several else [data.label_text(i) if column is None else cell]
        if not texts or not all(isinstance(each, str | int | float) for each in texts):
            what = "an answer, or a list of accepted answers"
            raise LabelError(f"{expected(data.origin(i), f'to hold {what}', cell)}")
        found.append(tuple(str(each) for each in texts))
    return found


def _answers(
    posed: Asked[Any], texts: list[str], most: int, stops: tuple[str, ...], bos: Bos
) -> tuple[list[str], int]:
    """Return the answer to each prompt, and how many prompts were cut."""
    from pytest_accept.tasks.greedy_answers import GreedyAnswers

    reading = GreedyAnswers(most, stops, bos)
    tokenizer = posed.subject.tokenizer
    found = []
    for rows in posed.subject.read(reading, texts):
        text = tokenizer.decode(rows[:, 0].astype(int).tolist(), skip_special_tokens=True)
        ends = [text.find(each) for each in stops if each in text]
        found.append(text[: min(ends)] if ends else text)
    return found, int(posed.subject.cut(reading, texts).sum())


def squad(text: str) -> str:
    """Return a text in lower case without punctuation, articles and extra space.

    SQuAD's `normalize_answer`, but articles stay where nothing else is.
    """
    lower = unicodedata.normalize("NFC", text).casefold()
    plain = "".join(each for each in lower if not unicodedata.category(each).startswith("P"))
    return " ".join(_ARTICLES.sub(" ", plain).split()) or " ".join(plain.split()) or lower.strip()


def _normaliser(normalise: bool | Callable[[str], str]) -> Callable[[str], str]:
    if callable(normalise):
        return normalise
    return squad if normalise else str.strip


def _matches(said: list[str], accepted: list[tuple[str, ...]], same: Callable[[str], str]) -> Any:
    import numpy as np

    return np.array(
        [same(one) in set(map(same, some)) for one, some in zip(said, accepted, strict=True)],
        np.bool_,
    )


def _wrong(
    posed: Asked[Any],
    asked: list[str],
    accepted: list[tuple[str, ...]],
    said: list[str],
    right: Any,
) -> tuple[Evidence, ...]:
    """Return the first wrong answers: there is no telling which is worse."""
    import numpy as np

    rows = np.flatnonzero(~right)[:_SHOWN].tolist()
    lines = tuple(
        f"{_short(said[i])} said, {' or '.join(map(repr, accepted[i][:3]))} true: "
        f"{_short(asked[i], last=True)} ({posed.data.origin(i)})"
        for i in rows
    )
    return (Evidence(title="the first wrong answers", lines=lines),) if lines else ()


def _short(text: str, width: int = 60, *, last: bool = False) -> str:
    if len(text) <= width:
        return repr(text)
    return repr("…" + text[1 - width :] if last else text[: width - 1] + "…")


def _cut(cut: int, n: int) -> tuple[str, ...]:
    if not cut:
        return ()
    prompts = "prompt was" if cut == 1 else "prompts were"
    return (f"{cut:,} of {n:,} {prompts} longer than the model takes and cut on the left",)


assert_exact_match_above = above(exact_match)
assert_exact_match_below = below(exact_match)
