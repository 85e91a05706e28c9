"""Texts that begin alike, as tokens: what they share stands once and branches into each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytest_accept.tasks.documents import Bos, beginning, documents

Ids = tuple[int, ...]
Integers = npt.NDArray[np.int64]


class Continued(NamedTuple):
    """A text and several ways to go on. An empty `prefix`: the continuations are whole texts."""

    prefix: str
    continuations: tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """Token sequences trunk + branch. Those of the trunk from `first` on and of the branches count.

    A token before which nothing stands cannot be scored: the first of each branch if there is no
    trunk; and `first` is at least 1.
    """

    trunk: Ids
    first: int
    branches: tuple[Ids, ...]

    @property
    def longest(self) -> int:
        """The number of tokens that a model must read at once; no one reads a last token."""
        return len(self.trunk) + max(map(len, self.branches)) - 1

    @property
    def long(self) -> list[int]:
        """Which branches have tokens that must be read: more than their last."""
        return [i for i, branch in enumerate(self.branches) if len(branch) > 1]

    def scored(self, branch: Ids) -> int:
        """Return how many tokens of the trunk and a branch count."""
        whole = len(self.trunk) + len(branch)
        return max(whole - self.first, 0)

    def cut(self, most: int | None, kept: int) -> Tree | None:
        """Return the tree without as many tokens on the left as make it `most` tokens long.

        The first `kept` ones stay, and so does one that is not counted, to predict the next: None
        if that leaves too many.
        """
        excess = 0 if most is None else self.longest - most
        if excess <= 0:
            return self
        if excess > self.first - max(kept, 1):
            return None
        trunk = self.trunk[:kept] + self.trunk[kept + excess :]
        return replace(self, trunk=trunk, first=self.first - excess)

    def split(self, room: int) -> list[Tree]:
        """Return trees with a part of the branches each, which take about `room` tokens at most."""
        parts: list[list[Ids]] = [[]]
        used = 0
        for branch in self.branches:
            size = max(len(branch) - 1, 0)
            if parts[-1] and len(self.trunk) + used + size > room:
                parts.append([])
                used = 0
            parts[-1].append(branch)
            used += size
        return [replace(self, branches=tuple(part)) for part in parts]


def trees(tokenizer: Any, inputs: Sequence[Continued], bos: Bos) -> list[Tree]:
    """Return the tokens of texts and their continuations.

    Prefix and continuation are tokenised as one text, which is split at the prefix's number of
    tokens; spaces at the end of the prefix belong to the continuation. That is the convention of
    lm-evaluation-harness. Where the tokenizer joins the end of the prefix with a continuation, the
    split is before the first token that differs: what is read is always the text as it stands.
    """
    start = beginning(tokenizer, bos)
    before = () if start is None else (start,)
    texts = [
        text
        for each in inputs
        for text in (each.prefix.rstrip(), *(each.prefix + end for end in each.continuations))
    ]
    # Several inputs may share their texts.
    distinct = list(dict.fromkeys(texts))
    found = documents(tokenizer, distinct, "never")
    ids = {text: tuple(each.ids.tolist()) for text, each in zip(distinct, found, strict=True)}
    return [
        _tree(before, ids[each.prefix.rstrip()], [ids[each.prefix + e] for e in each.continuations])
        for each in inputs
    ]


def _tree(before: Ids, prefix: Ids, wholes: list[Ids]) -> Tree:
    # At least one token of each continuation is its own.
    boundary = min(_common([prefix, *wholes]), *(len(each) - 1 for each in wholes))
    boundary = max(boundary, 0)
    shared = max(_common(wholes), boundary)
    first = max(len(before) + boundary, 1)
    return Tree((*before, *wholes[0][:shared]), first, tuple(each[shared:] for each in wholes))


def _common(sequences: Sequence[Ids]) -> int:
    """Return how many tokens sequences have in common at their beginning."""
    least = min(map(len, sequences))
    for i in range(least):
        if any(each[i] != sequences[0][i] for each in sequences):
            return i
    return least
