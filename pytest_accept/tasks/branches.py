"""A tree of texts as one sequence, in which no branch sees another; or as one sequence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pytest_accept.tasks.continuations import Integers, Tree

TRUNK = 0


@dataclass(frozen=True)
class Layout:
    """Tokens to be read together, and what is read there.

    `ids`, `positions` and `segments` (t,): the tokens, where each stands in its own text, and what
    it belongs to: 0 is the trunk, 1 + i branch i. The output at `read[j]` (s,) speaks of the token
    `targets[j]`, which belongs to the segment `of[j]`.
    """

    ids: Integers
    positions: Integers
    segments: Integers
    read: Integers
    targets: Integers
    of: Integers


def packed(tree: Tree) -> Layout:
    """Return all branches one after the other behind the trunk."""
    return _layout(tree, range(len(tree.branches)))


def separate(tree: Tree) -> list[Layout]:
    """Return a sequence for each branch; only the first scores the trunk.

    Branches of one token, which is never read, need none of their own: they are in the first.
    """
    long = tree.long
    short = [i for i in range(len(tree.branches)) if i not in long]
    first = _layout(tree, [*short, *long[:1]])
    return [first, *(_without_trunk(_layout(tree, [i])) for i in long[1:])]


def _layout(tree: Tree, chosen: Sequence[int]) -> Layout:
    end = len(tree.trunk)
    ids = list(tree.trunk)
    positions = list(range(end))
    segments = [TRUNK] * end
    # The output at a token speaks of the next one.
    read = list(range(tree.first - 1, end - 1))
    targets = list(tree.trunk[tree.first :])
    of = [TRUNK] * len(targets)
    for i in chosen:
        branch = tree.branches[i]
        inside = range(len(ids), len(ids) + max(len(branch) - 1, 0))
        before = [end - 1] if end and branch else []
        read += [*before, *inside]
        scored = branch[len(branch) - len(before) - len(inside) :]
        targets += scored
        of += [1 + i] * len(scored)
        ids += branch[:-1]
        positions += range(end, end + len(inside))
        segments += [1 + i] * len(inside)
    return Layout(
        *(np.array(each, np.int64) for each in (ids, positions, segments)),
        *(np.array(each, np.int64) for each in (read, targets, of)),
    )


def _without_trunk(layout: Layout) -> Layout:
    own = layout.of != TRUNK
    return Layout(
        layout.ids,
        layout.positions,
        layout.segments,
        layout.read[own],
        layout.targets[own],
        layout.of[own],
    )


def positions(layouts: Sequence[Layout], width: int) -> torch.Tensor:
    """Return the position (n, width) of each token in its own text; 0 for padding."""
    found = torch.zeros(len(layouts), width, dtype=torch.int64)
    for row, each in zip(found, layouts, strict=True):
        row[: len(each.positions)] = torch.from_numpy(each.positions)
    return found


def mask(layouts: Sequence[Layout], width: int, dtype: torch.dtype) -> torch.Tensor:
    """Return what to add to the attention scores (n, 1, width, width): 0 for what a token may see.

    That is what stands before it in the trunk and in its own branch.
    """
    segments = torch.full((len(layouts), width), -1)
    for row, each in zip(segments, layouts, strict=True):
        row[: len(each.segments)] = torch.from_numpy(each.segments)
    seen = segments[:, None, :]
    visible = (seen == TRUNK) | (seen == segments[:, :, None])
    visible &= torch.ones(width, width, dtype=torch.bool).tril()
    hidden = torch.zeros(visible.shape, dtype=dtype)
    return hidden.masked_fill(~visible, torch.finfo(dtype).min)[:, None]
