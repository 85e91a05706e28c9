"""What examples hold, whatever their order of columns or their file: fingerprint and repeats."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """`duplicates` examples repeat an earlier one, text and label; `conflicts` examples have a text
    that occurs with another label too.
    """

    duplicates: int
    conflicts: int


def codes_of(values: Iterable[Hashable], count: int) -> NDArray[np.int64]:
    """Return (count,) integers, equal for equal values, numbered by first appearance."""
    seen: dict[Hashable, int] = {}
    return np.fromiter((seen.setdefault(value, len(seen)) for value in values), np.int64, count)


def repeats(inputs: Sequence[Hashable], keys: Sequence[str]) -> Repeats:
    """Count the repeats among examples with these texts and labels."""
    count = len(inputs)
    texts, labels = codes_of(inputs, count), codes_of(keys, count)
    pairs, firsts = np.unique(texts * (int(labels.max(initial=0)) + 1) + labels, return_index=True)
    labels_per_text = np.bincount(texts[firsts], minlength=1)
    conflicts = int(np.count_nonzero(labels_per_text[texts] > 1)) if count else 0
    return Repeats(duplicates=count - len(pairs), conflicts=conflicts)


def fingerprint(inputs: Sequence[Any], keys: Sequence[str] | None) -> str:
    """Return the xxh3_128 of texts and labels in order, as hex; `keys` is None without labels."""
    import xxhash

    digest = xxhash.xxh3_128(b"texts" if keys is None else b"texts and labels")
    for index, each in enumerate(inputs):
        parts = [each] if isinstance(each, str) else list(each)
        if keys is not None:
            parts.append(keys[index])
        encoded = [part.encode() for part in parts]
        # The lengths keep ("ab", "c") and ("a", "bc") apart.
        digest.update(f"{[len(part) for part in encoded]}".encode())
        digest.update(b"".join(encoded))
    return digest.hexdigest()
