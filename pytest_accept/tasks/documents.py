"""Documents as a causal language model reads them: token ids, in windows that score each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError, SettingError, expected
from pytest_accept.prediction.encodings import IDS

Bos = Literal["auto", "always", "never"]
BOS_POLICIES: tuple[Bos, ...] = ("auto", "always", "never")

# One call of the tokenizer: enough to use every core, few enough to keep its objects small.
CHUNK = 1024


@dataclass(frozen=True)
class Document:
    """The tokens of a text: `ids` (n,), of which all but the first are scored.

    `unscored` counts the bytes of text in the first, 0 if that is the beginning-of-sequence token.
    """

    ids: npt.NDArray[np.int32]
    unscored: int

    @property
    def scored(self) -> int:
        """The number of tokens that have something before them."""
        return max(len(self.ids) - 1, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens (int32, as bytes) of which those from `first` on are scored; before it is context."""

    ids: bytes
    first: int
    where: str = field(compare=False)

    def __repr__(self) -> str:
        return self.where


def beginning(tokenizer: Any, bos: Bos) -> int | None:
    """Return the token to put before each document, None for none.

    "auto": the tokenizer's beginning-of-sequence token if it puts that before texts itself, as
    Llama's does and GPT-2's does not. "always": whether or not it does; SettingError if it has
    none. "never": none.
    """
    check_bos(bos)
    token: int | None = getattr(tokenizer, "bos_token_id", None)
    if bos == "never":
        return None
    if bos == "always":
        if token is None:
            raise SettingError(
                "bos='always' needs a tokenizer with a beginning-of-sequence token, but this one "
                "has none. Use bos='never': then the first token of a document is not scored."
            )
        return token
    return token if token is not None and tokenizer("a", verbose=False)[IDS][0] == token else None


def check_bos(bos: object) -> None:
    """Raise SettingError for a policy that is none."""
    if bos not in BOS_POLICIES:
        raise SettingError(expected("bos", "'auto', 'always' or 'never'", bos))


def documents(tokenizer: Any, texts: Sequence[str], bos: Bos) -> list[Document]:
    """Return the tokens of texts, without special tokens but the one that `bos` asks for."""
    before = beginning(tokenizer, bos)
    found: list[Document] = []
    for start in range(0, len(texts), CHUNK):
        chunk = list(texts[start : start + CHUNK])
        encoded = _encoded(tokenizer, chunk)
        for i, ids in enumerate(encoded[IDS]):
            if before is not None:
                found.append(Document(np.array([before, *ids], np.int32), 0))
                continue
            unscored = _first_bytes(tokenizer, encoded, i, chunk[i]) if ids else 0
            found.append(Document(np.array(ids, np.int32), unscored))
    return found


def spans(length: int, *, context: int, stride: int) -> Iterator[tuple[int, int, int]]:
    """Yield windows of a document of so many tokens: start, stop, and from where it is scored.

    A window has up to `context` tokens and begins `stride` after the one before. Each token but the
    first of the document is scored in the first window that shows it, so that all but those of the
    first window have at least context - stride tokens before them. That is the strided perplexity
    of transformers' documentation ("Perplexity of fixed-length models").
    """
    scored = 1
    start = 0
    while scored < length:
        stop = min(start + context, length)
        yield start, stop, scored
        start, scored = start + stride, stop


def windows(document: Document, *, context: int, stride: int, where: str) -> list[Window]:
    """Return the windows of a document; none if it has nothing to score."""
    return [
        Window(
            document.ids[start:stop].tobytes(),
            first - start,
            f"tokens {first + 1:,} to {stop:,} of {where}",
        )
        for start, stop, first in spans(len(document.ids), context=context, stride=stride)
    ]


def _encoded(tokenizer: Any, texts: list[str]) -> Any:
    try:
        return tokenizer(
            texts,
            add_special_tokens=False,
            padding=False,
            return_attention_mask=False,
            # Too long is ours to notice, not to be warned of.
            verbose=False,
        )
    except (TypeError, UnicodeError) as error:
        for text in texts:
            try:
                text.encode()
            except UnicodeEncodeError:
                shown = repr(text)
                shown = shown if len(shown) <= 120 else shown[:119] + "…"
                raise PredictionError(
                    f"The text {shown} is not valid Unicode: it holds a lone surrogate, which no "
                    "tokenizer takes. Was it cut in the middle of a character?"
                ) from error
        raise


def _first_bytes(tokenizer: Any, encoded: Any, i: int, text: str) -> int:
    """Return how many bytes of a text are in its first token."""
    if not getattr(tokenizer, "is_fast", False):
        return len(tokenizer.decode(encoded[IDS][i][:1]).encode())
    first = encoded.token_to_chars(i, 0)
    if first is None:
        return 0
    # A character that is no token is several: each of them has its share of the bytes.
    tokens = 1
    while tokens < len(encoded[IDS][i]):
        following = encoded.token_to_chars(i, tokens)
        if following is None or following.start >= first.end:
            break
        tokens += 1
    return len(text[: first.end].encode()) // tokens
