"""The special tokens that a tokenizer puts around a text."""

from __future__ import annotations

from typing import Any

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.encodings import IDS


def special_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return the ids before and after a text; PredictionError if they do not stand around it."""
    whole: list[int] = tokenizer("a", verbose=False)[IDS]
    bare: list[int] = tokenizer("a", add_special_tokens=False, verbose=False)[IDS]
    for at in range(len(whole) - len(bare) + 1):
        if bare and whole[at : at + len(bare)] == bare:
            return whole[:at], whole[at + len(bare) :]
    raise PredictionError(
        f"Expected the tokenizer to put special tokens around a text, but it makes {whole} of 'a' "
        f"with and {bare} without them. Does it have its vocabulary?"
    )
