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
        columns = _encoded_columns(inputs)
        if columns is not None:
            if keys is not None:
                codes = {key: key.encode() for key in set(keys)}
                columns.append([codes[key] for key in keys])
            self._digest.update(_written(columns))
            return
        for index, each in enumerate(inputs):
            encoded = [part.encode() for part in each]
            if keys is not None:
                encoded.append(keys[index].encode())
            self._digest.update(f"{[len(part) for part in encoded]}".encode())
            self._digest.update(b"".join(encoded))

    def hexdigest(self) -> str:
        """Return the fingerprint of all examples so far, as hex."""
        return self._digest.hexdigest()


def _encoded_columns(inputs: Sequence[Any]) -> list[list[bytes]] | None:
    """Return the bytes of texts, or of each of pairs of texts; None for anything else."""
    kinds = set(map(type, inputs))
    if kinds == {str}:
        return [[each.encode() for each in inputs]]
    if kinds == {tuple} and set(map(len, inputs)) == {2}:
        return [[one.encode() for one, _ in inputs], [other.encode() for _, other in inputs]]
    return None


def _written(columns: list[list[bytes]]) -> bytes:
    """Return rows of bytes one after another, each led by the lengths of its cells.

    The lengths keep ("ab", "c") and ("a", "bc") apart.
    """
    form = b"[" + b", ".join([b"%d"] * len(columns)) + b"]" + b"%b" * len(columns)
    lengths = (map(len, column) for column in columns)
    return b"".join([form % row for row in zip(*lengths, *columns, strict=True)])


def hashes(inputs: Sequence[Any]) -> NDArray[np.uint64]:
    """Return (n,) 64-bit hashes of texts, pairs of texts or other values: equal for equal ones."""
    from xxhash import xxh3_64_intdigest

    texts = inputs if set(map(type, inputs)) == {str} else [_as_text(each) for each in inputs]
    # Half characters have no hash of their own: a text with some is none that a model reads.
    return np.array([xxh3_64_intdigest(each.encode(errors="replace")) for each in texts], np.uint64)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
