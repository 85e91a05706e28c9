"""The pieces that a tokenizer makes of single words, and what it puts around a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.encodings import IDS, MASK
from pytest_accept.prediction.token_predictions import Words
from pytest_accept.tasks.special_tokens import special_tokens


@dataclass(frozen=True)
class WordPieces:
    """`ids[word]` are the token ids of a word; `before` and `after` those around a sentence.

    `columns` are the model inputs that the tokenizer fills.
    """

    ids: dict[str, list[int]]
    before: list[int]
    after: list[int]
    columns: tuple[str, ...]

    @property
    def special(self) -> int:
        """How many tokens a sentence has besides those of its words."""
        return len(self.before) + len(self.after)

    @classmethod
    def of(cls, tokenizer: Any, sentences: Sequence[Words]) -> WordPieces:
        """Split every word of the sentences, each once.

        As `is_split_into_words=True` does: every word by itself, with the space before it where
        the tokenizer marks spaces (`add_prefix_space=True`).
        """
        before, after = special_tokens(tokenizer)
        words = list(dict.fromkeys(word for words in sentences for word in words))
        space = " " if _marks_spaces(tokenizer) else ""
        try:
            pieces = _ids(tokenizer, [space + word for word in words])
        except (TypeError, UnicodeError) as error:
            _explain(words, error)
            raise
        ids = dict(zip(words, pieces, strict=True))
        for word, found in ids.items():
            if not found:
                ids[word] = _unknown(tokenizer, word)
        return cls(
            ids=ids,
            before=before,
            after=after,
            columns=tuple(name for name in tokenizer("a", verbose=False) if name != MASK),
        )


def _ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    found: list[list[int]] = tokenizer(
        texts, add_special_tokens=False, return_attention_mask=False, verbose=False
    )[IDS]
    return found


def _marks_spaces(tokenizer: Any) -> bool:
    """Say whether a word within a text is another token than the same word at its beginning."""
    alone, twice = _ids(tokenizer, ["a", "a a"])
    return twice[: len(alone)] == alone and twice[len(alone) :] != alone


def _unknown(tokenizer: Any, word: str) -> list[int]:
    if tokenizer.unk_token_id is not None:
        return [tokenizer.unk_token_id]
    raise PredictionError(
        f"The tokenizer makes no tokens of the word {word!r} and has no unknown token, so there is "
        "nothing to predict. Leave such words out of the data."
    )


def _explain(words: Sequence[str], error: Exception) -> None:
    """Raise what the tokenizer met, if a word with half a character is why."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise PredictionError(
                f"The word {word!r} is not valid Unicode: it holds a lone surrogate, which no "
                "tokenizer takes."
            ) from error
