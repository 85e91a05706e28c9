"""What tells one example from another, without its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    from pytest_accept.data import Data


def content_hash(text: str | Sequence[str]) -> str:
    """Return the xxh3-64 of a text, a pair of texts or a sentence of words, as 16 hex digits.

    It is not a secret: whoever guesses a text can check the guess.
    """
    parts = [text] if isinstance(text, str) else list(text)
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    # The lengths keep ("ab", "c") and ("a", "bc") apart.
    lengths = "" if len(encoded) == 1 else f"{[len(part) for part in encoded]}"
    return xxhash.xxh3_64_hexdigest(lengths.encode() + b"".join(encoded))


def labels_of(data: Data) -> list[str]:
    """Return the label of each example in the data's words, its tags, or "" for none."""
    if data.tagged:
        return [" ".join(tags) for tags in data.tag_sequences()]
    return [data.label_text(i) for i in range(len(data))]
