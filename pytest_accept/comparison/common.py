"""The examples that two runs have in common, found by their contents."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pytest_accept.comparison.kept import Kept


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Common:
    """The same examples of two runs, row by row; `relabelled` counts those left out for that."""

    old: Kept
    new: Kept
    only_old: int
    only_new: int
    relabelled: int


def common(old: Kept, new: Kept) -> Common | str:
    """Return the examples with equal text and label in both, or why they cannot be compared.

    Of several equal ones the first is taken for the first, and so on. Examples are in clusters as
    they are in the run that has some.
    """
    places = _places(old, new)
    if isinstance(places, str):
        return places
    ours, theirs, relabelled = places
    before, now = old.take(ours), new.take(theirs)
    one, other = before.added.clusters, now.added.clusters
    clusters = one if other is None else other
    if one is not None and other is not None and not _same_partition(one, other):
        return "the runs put the examples into different clusters"
    return Common(
        old=replace(before, added=replace(before.added, clusters=clusters)),
        new=replace(now, added=replace(now.added, clusters=clusters)),
        only_old=len(old.texts) - len(ours) - relabelled,
        only_new=len(new.texts) - len(theirs) - relabelled,
        relabelled=relabelled,
    )


def _places(old: Kept, new: Kept) -> tuple[NDArray[np.int64], NDArray[np.int64], int] | str:
    """Return positions of the same examples, and how many have another label."""
    same_size = len(old.texts) == len(new.texts)
    if same_size and (old.texts == new.texts).all() and (old.labels == new.labels).all():
        every = np.arange(len(old.texts))
        return every, every, 0
    waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
    pairs = zip(old.texts.tolist(), old.labels.tolist(), strict=True)
    for place, pair in enumerate(pairs):
        waiting[pair].append(place)
    for places in waiting.values():
        places.reverse()
    ours, theirs, left = [], [], Counter[int]()
    for place, pair in enumerate(zip(new.texts.tolist(), new.labels.tolist(), strict=True)):
        if waiting.get(pair):
            ours.append(waiting[pair].pop())
            theirs.append(place)
        else:
            left[pair[0]] += 1
    unmatched = Counter(dict.fromkeys(left, 0))
    for (text, _), places in waiting.items():
        unmatched[text] += len(places)
    relabelled = (left & unmatched).total()
    if not ours:
        why = ", all of them because of their labels" if relabelled else ""
        return f"the runs have no example in common{why}"
    return np.array(ours), np.array(theirs), relabelled


def _same_partition(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    joint = len(np.unique(np.stack([one, other], axis=1), axis=0))
    return len(np.unique(one)) == len(np.unique(other)) == joint
