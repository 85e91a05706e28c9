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
    digest = Digest(labelled=keys is not None)
    digest.update(inputs, keys)
    return digest.hexdigest()


class Digest:
    """A fingerprint in the making: the examples may come in parts, however many."""

    def __init__(self, *, labelled: bool) -> None:
        import xxhash

        self._digest = xxhash.xxh3_128(b"texts and labels" if labelled else b"texts")

    def update(self, inputs: Sequence[Any], keys: Sequence[str] | None) -> None:
        """Add the next examples; `keys` is None without labels."""
        written: list[bytes] = []
        for index, each in enumerate(inputs):
            parts = [each] if isinstance(each, str) else list(each)
            if keys is not None:
                parts.append(keys[index])
            encoded = [part.encode() for part in parts]
            # The lengths keep ("ab", "c") and ("a", "bc") apart.
            written.append(f"{[len(part) for part in encoded]}".encode())
            written += encoded
        self._digest.update(b"".join(written))

    def hexdigest(self) -> str:
        """Return the fingerprint of all examples so far, as hex."""
        return self._digest.hexdigest()


def hashes(inputs: Sequence[Any]) -> NDArray[np.uint64]:
    """Return (n,) 64-bit hashes of texts, pairs of texts or other values: equal for equal ones."""
    from xxhash import xxh3_64_intdigest

    encoded = (each if isinstance(each, str) else repr(each) for each in inputs)
    found = (xxh3_64_intdigest(each.encode("utf-8", "surrogatepass")) for each in encoded)
    return np.fromiter(found, np.uint64, len(inputs))
