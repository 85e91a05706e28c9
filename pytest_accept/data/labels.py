"""The labels of a table, in the data's own words: as codes, or as a matrix."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_INTEGER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, eq=False, kw_only=True)
class Labels:
    """The labels of a table. `names` are the distinct labels as strings, numbers as "0", "1".

    Either `codes` (n,) holds one index into `names` per example, or `matrix` (n, len(names)) holds
    0/1 for several labels, or a distribution over the names if `soft`. `declared`: the names are
    columns or keys that the data declares, and not just values that occur in it.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64] | None = None
    matrix: NDArray[np.float64] | None = None
    soft: bool = False
    declared: bool = False

    noun = "labels"

    def text(self, row: int) -> str:
        """Return the label of a row for a person: "pos", "anger, joy", "pos 0.70, neg 0.30"."""
        if self.codes is not None:
            return self.names[int(self.codes[row])]
        held = self._held(row)
        if not self.soft:
            return ", ".join(name for name, _ in held) or "(none)"
        ranked = sorted(held, key=lambda pair: -pair[1])
        return ", ".join(f"{name} {share:.2f}" for name, share in ranked)

    def key(self, row: int) -> str:
        """Return a string that is the same for the same label and for no other."""
        if self.codes is not None:
            return self.names[int(self.codes[row])]
        return "\x1f".join(f"{name}\x1e{share!r}" for name, share in sorted(self._held(row)))

    def keys(self) -> list[str]:
        """Return `key` of all rows, in order."""
        if self.codes is not None:
            return [self.names[code] for code in self.codes.tolist()]
        assert self.matrix is not None
        return [self.key(row) for row in range(len(self.matrix))]

    def _held(self, row: int) -> list[tuple[str, float]]:
        assert self.matrix is not None
        shares = self.matrix[row]
        return [(self.names[index], float(shares[index])) for index in np.flatnonzero(shares)]


def number_of(name: str) -> int | None:
    """Return the integer that a label is, with False as 0 and True as 1, or None."""
    if _INTEGER.fullmatch(name):
        return int(name)
    return {"False": 0, "True": 1}.get(name)


def canonical(value: object) -> str:
    """Return a label as a string: 1, 1.0 and "1" are the same label."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_missing(value: object) -> bool:
    """Say whether a cell holds nothing: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))
