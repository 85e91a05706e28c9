"""`predict_edited`: what a model says of texts of which some tokens are taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pytest_accept.errors import SettingError, expected, shown

if TYPE_CHECKING:
    from pytest_accept.attributions.tokens import Tokens
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions


def predict_edited(
    model: Model,
    inputs: Any,
    positions: Sequence[Sequence[int]],
    *,
    replace: Literal["delete", "mask"] = "delete",
) -> Predictions:
    """Return what a model says of texts (n) without some of their tokens.

    `positions[i]` are indices into the tokens of text i, as `tokens_of` and `Attribution.ids` have
    them; special tokens stay. They are taken out ("delete"), or replaced by the mask token ("mask";
    a tokenizer without one: the unknown, padding, or end-of-text token). This happens to the token
    ids, so that what is left is not tokenised anew (DeYoung et al. 2020). If nothing at all is
    left, the text is one such token. A text may be there many times; each edit of it is predicted
    once, whoever asks and how often.

    SettingError for positions that are none of a text's own tokens.
    """
    import numpy as np

    from pytest_accept.attributions.edited_texts import EditedTexts, Removal, neutral_token
    from pytest_accept.attributions.tokens import check, tokenised
    from pytest_accept.prediction import Predictions
    from pytest_accept.tasks.text_classification import as_inputs, probabilities

    if replace not in ("delete", "mask"):
        raise SettingError(expected("replace", "'delete' or 'mask'", replace))
    check(model)
    texts = as_inputs(list(getattr(inputs, "inputs", inputs)))
    if len(texts) != len(positions):
        raise SettingError(
            f"Expected `positions` to be one sequence of indices for each of the {len(texts):,} "
            f"texts, but got {len(positions):,}."
        )
    distinct = list(dict.fromkeys(texts))
    _, tokens = tokenised(model.tokenizer, distinct, model.max_length)
    known = dict(zip(distinct, tokens, strict=True))
    edits = [
        Removal(text, _positions(given, known[text], text))
        for text, given in zip(texts, positions, strict=True)
    ]
    token = neutral_token(model.tokenizer) if replace == "mask" else None
    reading = EditedTexts(len(model.labels), token)
    rows = [each[0] for each in model.read(reading, edits)]
    logits = np.array(rows, np.float64).reshape(len(edits), len(model.labels))
    return Predictions(
        probabilities=probabilities(logits, model.multi_label),
        logits=logits,
        labels=model.labels,
        multi_label=model.multi_label,
        truncated=model.cut(reading, edits),
        model=model.describe(),
        inputs=texts,
    )


def _positions(given: Sequence[int], tokens: Tokens, text: Any) -> tuple[int, ...]:
    found = tuple(sorted({int(each) for each in given}))
    for each in found:
        if not 0 <= each < len(tokens.spans) or tokens.spans[each] is None:
            own = [i for i, span in enumerate(tokens.spans) if span is not None]
            where = f"{own[0]} to {own[-1]}" if own else "none"
            raise SettingError(
                f"Expected `positions` to be tokens of the text, here {where}, but got {each} for "
                f"{shown(text)}. Special tokens cannot be taken away."
            )
    return found
