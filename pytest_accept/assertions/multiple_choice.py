"""How often does a language model hold the right choice most likely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept import dry_run
from pytest_accept.assertions.asked import Asked, Options, pose
from pytest_accept.assertions.choice_question import (
    Bos,
    Normalise,
    check_options,
    given,
    score,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError, LabelError, SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

_TAKES = ("choices", "normalise", "delimiter", "bos")


@ranged(0, 1, interval="share", in_parts=True)
def multiple_choice_accuracy(
    model: Model,
    data: Data,
    *,
    choices: str | Sequence[str] = "choices",
    normalise: Normalise = "none",
    delimiter: str = " ",
    bos: Bos = "auto",
    **options: Unpack[Options],
) -> Estimate:
    """Share of examples whose right choice is the likeliest, in 0..1; 1 is all right.

    A choice's score is log p(choice | text) in nats, the sum over its tokens. A tie is wrong.
    `choices`: the column with a list of choices for each text, or a list of columns with one each.
    The label of an example is its right choice: its text, or its position, counted from 0 (a label
    that is a number in the data is always a position). Guessing among k choices is right 1/k of
    the time.

    `normalise`: what the score is divided by. "none" is lm-evaluation-harness' `acc`, "characters"
    its `acc_norm` (the length of the choice without delimiter); "bytes" counts in UTF-8; "tokens"
    is the mean over tokens, which depends on the tokenizer.
    `delimiter` stands between text and choice, unless the text is empty or ends with a space.
    `bos`: "auto" begins with the tokenizer's BOS token if it does so itself, "always", or "never".

    Text and choice are tokenised as one and split where the text ends; spaces at its end belong to
    the choice (the convention of lm-evaluation-harness). A text is read once for all its choices;
    one that is too long for the model is cut on the left. Interval: Clopper-Pearson; with clusters,
    Korn and Graubard's.

    Raises DataError for choices that are fewer than two, empty or equal, and for an empty text
    without BOS token; LabelError for a label that is none of the choices.
    """
    from pytest_accept.assertions.choice_evidence import confident_mistakes
    from pytest_accept.assertions.prompts import prompts
    from pytest_accept.assertions.shares import share, values

    check_options(normalise, delimiter, bos)
    posed = pose("multiple_choice_accuracy", model, data, task="causal-lm", takes=_TAKES, **options)
    prefixes = prompts("multiple_choice_accuracy", posed.data)
    _check_empty(posed, prefixes, bos)
    offered = _choices(posed.data, choices)
    question = score(
        _by_example(posed, offered, options),
        prefixes=prefixes,
        choices=offered,
        right=_right(posed.data, offered),
        normalise=normalise,
        delimiter=delimiter,
        bos=bos,
    )
    correct = question.correct()
    return question.answer(
        share(question, correct),
        higher_is_better=True,
        evidence=lambda _: confident_mistakes(question, correct),
        options=given(normalise=(normalise, "none"), delimiter=(delimiter, " "), bos=(bos, "auto")),
        notes=question.notes(),
        contributions=lambda: values(question, correct),
    )


def _choices(data: Data, columns: str | Sequence[str]) -> list[tuple[str, ...]]:
    from pytest_accept.assertions.prompts import refuse

    if isinstance(columns, str):
        rows = data.column(columns)
        called = f"column {columns!r}"
    elif len(columns) > 1 and all(isinstance(each, str) for each in columns):
        rows = [list(each) for each in zip(*map(data.column, columns), strict=True)]
        called = f"columns {', '.join(map(repr, columns))}"
    else:
        what = "a column of lists, or a list of two columns or more"
        raise SettingError(expected("choices", what, columns))
    found = [_texts(data, i, each, called) for i, each in enumerate(rows)]

    def where(unfit: Any) -> list[int]:
        return [i for i, each in enumerate(found) if unfit(each)]

    refuse(
        data,
        where(lambda some: len(some) < 2),
        f"less than two choices in {called}",
        "There must be something to choose between.",
    )
    refuse(
        data,
        where(lambda some: not all(map(str.strip, some))),
        f"an empty choice in {called}",
        "Fill it in, or leave it out: examples may have different numbers of choices.",
    )
    refuse(
        data,
        where(lambda some: len(set(some)) < len(some)),
        f"equal choices in {called}",
        "Neither could be the likelier one. Make them differ.",
    )
    return found


def _texts(data: Data, i: int, cell: Any, called: str) -> tuple[str, ...]:
    if isinstance(cell, list | tuple) and all(isinstance(each, str | int | float) for each in cell):
        return tuple(str(each) for each in cell)
    raise DataError(
        f"{expected(called, 'to hold a list of choices, each a string', cell)} "
        f"({data.origin(i)}). Name it with choices='column', or a column for each choice."
    )


def _right(data: Data, choices: list[tuple[str, ...]]) -> NDArray[np.int64]:
    """Return the position of the right choice of each example."""
    import numpy as np

    raw = data.column(data.label_columns[0]) if len(data.label_columns) == 1 else [None] * len(data)
    found = []
    for i, (some, cell) in enumerate(zip(choices, raw, strict=True)):
        label = data.label_text(i).strip()
        texts = [each.strip() for each in some]
        as_written = isinstance(cell, str) and cell.strip() == label
        if label.isdecimal() and int(label) < len(some) and not (as_written and label in texts):
            found.append(int(label))
            continue
        if label in texts:
            found.append(texts.index(label))
            continue
        known = ", ".join(map(repr, some))
        raise LabelError(
            f"Expected the label of an example to be one of its choices ({known}) or a position "
            f"from 0 to {len(some) - 1}, but {data.origin(i)} has {label!r}. If labels are "
            "letters, say what they mean: load_data(..., label_names={'A': '0', 'B': '1', …})."
        )
    return np.array(found, np.int64)


def _check_empty(posed: Asked[Any], prefixes: list[str], bos: Bos) -> None:
    from pytest_accept.assertions.prompts import refuse
    from pytest_accept.tasks.beginnings import Beginnings

    empty = [i for i, each in enumerate(prefixes) if not each.strip()]
    if empty and not posed.subject.ask(Beginnings(bos), [("",)])[0][0, 0]:
        refuse(
            posed.data,
            empty,
            "an empty text, after which no choice has a first token to score",
            "Use bos='always', or leave them out with where=.",
        )


def _by_example(posed: Asked[Any], choices: list[tuple[str, ...]], options: Any) -> Asked[Any]:
    """Return the question with equal texts as clusters only if their choices are equal too."""
    from dataclasses import replace

    import numpy as np

    if not posed.by_text:
        return posed
    seen: dict[Any, int] = {}
    keys = zip(posed.data.inputs, choices, strict=True)
    codes = np.array([seen.setdefault(key, len(seen)) for key in keys], np.int64)
    few = len(seen) > 0.95 * len(codes)
    dry_run.about(range(len(codes)), None if few else codes)
    if few:
        return replace(posed, clusters=None, by_text=False)
    return replace(posed, clusters=codes)


assert_multiple_choice_accuracy_above = above(multiple_choice_accuracy)
assert_multiple_choice_accuracy_below = below(multiple_choice_accuracy)
