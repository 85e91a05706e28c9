"""How often is a masked word among the first that a masked language model thinks of?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

from pytest_accept.assertions.asked import Asked, Options, pose
from pytest_accept.assertions.choice_question import given
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError, LabelError, SettingError, check_count, expected
from pytest_accept.records import Evidence, Example

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Estimate

MASKS = ("[MASK]", "<mask>")
"""How a mask may be written in texts, besides as the model's own tokenizer writes it."""

_TAKES = ("k", "unsayable")
_SHOWN = 3


@ranged(0, 1, interval="share", in_parts=True)
def top_k_accuracy(
    model: Model,
    data: Data,
    *,
    k: int = 5,
    unsayable: Literal["error", "wrong"] = "error",
    **options: Unpack[Options],
) -> Estimate:
    """Share of texts whose masked word is among the k likeliest, in 0..1; 1: in all texts.

    Each text holds one mask, "[MASK]", "<mask>" or what the model's tokenizer has; its label is the
    word. The word is the token that the tokenizer makes of it in that place, and it competes with
    the whole vocabulary; on a tie it is behind. Of a text longer than the model takes, what stands
    around the mask is read.

    `unsayable`: what to do with words that are not one token of the vocabulary, which no model can
    put into one mask: an "error" that lists them, or count them as "wrong", which the notes say.
    Words that one model can say and another cannot should be left out when both are compared.
    Interval: Clopper-Pearson; with clusters, Korn and Graubard's. Definition: precision at k of
    LAMA (Petroni et al. 2019).
    """
    import numpy as np

    from pytest_accept.assertions.prompts import prompts
    from pytest_accept.assertions.shares import share, values

    check_count("k", k)
    if unsayable not in ("error", "wrong"):
        raise SettingError(expected("unsayable", "'error' or 'wrong'", unsayable))
    posed = pose("top_k_accuracy", model, data, task="fill-mask", takes=_TAKES, **options)
    texts = _masked(posed, prompts("top_k_accuracy", posed.data))
    tokens = _tokens(posed, texts)
    missing = [i for i, token in enumerate(tokens) if token is None]
    if missing and unsayable == "error":
        raise LabelError(_unsayable(posed.data, missing))
    rows, cut = _rows(posed, texts, tokens)
    hit = rows[:, 0] <= k
    notes = (
        [f"{len(missing):,} of {len(texts):,} words are not one token, and wrong"]
        if missing
        else []
    )
    if cut:
        notes.append(f"{cut:,} of {len(texts):,} texts were longer than the model takes and cut")
    return posed.answer(
        share(posed, np.asarray(hit)),
        higher_is_better=True,
        evidence=lambda _: _misses(posed, texts, rows, hit),
        options=given(k=(k, 5), unsayable=(unsayable, "error")),
        notes=tuple(notes),
        contributions=lambda: values(posed, hit),
    )


def _masked(posed: Asked[Any], texts: list[str]) -> list[str]:
    """Return the texts with the mask as the tokenizer writes it; DataError unless there is one."""
    from pytest_accept.tasks.masked_positions import mask_of

    tokenizer = posed.subject.tokenizer
    mask_of(tokenizer)
    own = str(tokenizer.mask_token)
    found = []
    for i, text in enumerate(texts):
        written = text
        for alias in MASKS:
            written = written.replace(alias, own)
        if written.count(own) != 1:
            raise DataError(
                f"Expected each text to hold one mask, written [MASK], <mask> or {own}, but "
                f"{posed.data.origin(i)} holds {written.count(own)}: {text!r}."
            )
        found.append(written)
    return found


def _tokens(posed: Asked[Any], texts: list[str]) -> list[int | None]:
    """Return the token that each word is in the place of the mask, None if it is not one."""
    from pytest_accept.tasks.documents import documents

    tokenizer = posed.subject.tokenizer
    mask, unknown = tokenizer.mask_token_id, tokenizer.unk_token_id
    words = [posed.data.label_text(i).strip() for i in range(len(texts))]
    filled = [
        text.replace(str(tokenizer.mask_token), word)
        for text, word in zip(texts, words, strict=True)
    ]
    found: list[int | None] = []
    for one, other in zip(
        documents(tokenizer, texts, "never"), documents(tokenizer, filled, "never"), strict=True
    ):
        gap, whole = one.ids.tolist(), other.ids.tolist()
        at = gap.index(mask)
        fits = len(gap) == len(whole) and gap[:at] + gap[at + 1 :] == whole[:at] + whole[at + 1 :]
        found.append(whole[at] if fits and whole[at] != unknown else None)
    return found


def _rows(
    posed: Asked[Any], texts: list[str], tokens: list[int | None]
) -> tuple[NDArray[np.float64], int]:
    """Return rank, probability, best token and its probability (n, 4), and how many were cut.

    The rank of what is no token is infinite.
    """
    import numpy as np

    from pytest_accept.tasks.masked_words import Gap, MaskedWords

    gaps = [
        Gap(text, 0 if token is None else token) for text, token in zip(texts, tokens, strict=True)
    ]
    reading = MaskedWords()
    rows = np.concatenate(posed.subject.read(reading, gaps)).astype(np.float64)
    rows[[token is None for token in tokens], 0] = np.inf
    return rows, int(posed.subject.cut(reading, gaps).sum())


def _unsayable(data: Data, rows: list[int]) -> str:
    words = list(dict.fromkeys(data.label_text(i) for i in rows))
    shown = ", ".join(map(repr, words[:8])) + (", …" if len(words) > 8 else "")
    return (
        f"{len(rows):,} of {len(data):,} words of {data.population} are not one token of the "
        f"model's vocabulary, so that it cannot put them into one mask: {shown} "
        f"({data.origin(rows[0])}). Leave them out with where=, or count them as wrong with "
        "unsayable='wrong'."
    )


def _misses(
    posed: Asked[Any], texts: list[str], rows: NDArray[np.float64], hit: NDArray[np.bool_]
) -> tuple[Evidence, ...]:
    """Return the misses of which the model was surest."""
    import numpy as np

    wrong = np.flatnonzero(~hit)
    worst = wrong[np.argsort(-rows[wrong, 3], kind="stable")][:_SHOWN].tolist()
    tokenizer = posed.subject.tokenizer
    examples = tuple(
        Example(
            text=texts[i],
            expected=posed.data.label_text(i),
            predicted=tokenizer.decode([int(rows[i, 2])]).strip(),
            probability=float(rows[i, 3]),
            origin=posed.data.origin(i),
        )
        for i in worst
    )
    return (Evidence(title="the most confident misses", examples=examples),) if examples else ()


assert_top_k_accuracy_above = above(top_k_accuracy)
assert_top_k_accuracy_below = below(top_k_accuracy)
