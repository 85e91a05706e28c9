"""Entities found, true and predicted by sentence: what entity precision, recall and F1 add up.

A sentence is a row of three numbers per type (credit, true, predicted) and a one: the form of
`confusion.example_rows`, so that its formulas (precision, recall, F1; micro, macro, weighted) are
those of entities. With a credit of 1 for an entity whose words and type are right they are
seqeval's; the credits of nervaluate's other schemes are in `partial_entities`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pytest_accept.metrics.partial_entities import Entity, Match, credit

FloatArray = NDArray[np.float64]


def sentence_rows(
    true: Sequence[Sequence[Entity]],
    predicted: Sequence[Sequence[Entity]],
    types: Sequence[str],
    *,
    match: Match = "exact",
) -> FloatArray:
    """Return (n, 3 k + 1) rows of (credit, true, predicted) for each of k types, and a one.

    Entities are (start, stop, type), those of a sentence in order and not overlapping. Each type is
    matched by itself, as nervaluate's `entities` are; entities of other types are left out.
    """
    index = {name: at for at, name in enumerate(types)}
    k = len(types)
    rows = np.zeros((len(true), 3 * k + 1))
    rows[:, -1] = 1
    for row, (gold, said) in enumerate(zip(true, predicted, strict=True)):
        for offset, entities in ((k, gold), (2 * k, said)):
            for name, count in Counter(each[2] for each in entities).items():
                if name in index:
                    rows[row, offset + index[name]] = count
        for name in {each[2] for each in gold} & {each[2] for each in said} & index.keys():
            both = ([each for each in entities if each[2] == name] for entities in (gold, said))
            rows[row, index[name]] = credit(*both, match=match)
    return rows


def pooled_rows(
    true: Sequence[Sequence[Entity]],
    predicted: Sequence[Sequence[Entity]],
    types: Sequence[str],
    *,
    match: Match = "exact",
) -> FloatArray:
    """Return (n, 4) rows of credit, true and predicted entities of all these types, and a one.

    Entities of different types may match each other where the scheme allows it, as in nervaluate's
    `overall`: micro averages of `sentence_rows` are the same only for exact matches.
    """
    wanted = set(types)
    rows = np.ones((len(true), 4))
    for row, (gold, said) in enumerate(zip(true, predicted, strict=True)):
        kept = [[each for each in entities if each[2] in wanted] for entities in (gold, said)]
        rows[row, :3] = credit(*kept, match=match), len(kept[0]), len(kept[1])
    return rows


def table(rows: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the distinct rows as joint cells, with how many sentences fall into each.

    Two cells of every seen row of true entities are listed even if no sentence fell there: all of
    them wrong, with as many predicted, and all of them right. They are what a sample has not shown
    to be impossible.
    """
    k = (rows.shape[1] - 1) // 3
    true = np.unique(rows[:, k : 2 * k], axis=0)
    one = np.ones((len(true), 1))
    wrong = np.hstack([np.zeros_like(true), true, true, one])
    right = np.hstack([true, true, true, one])
    cells, inverse = np.unique(np.vstack([rows, wrong, right]), axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel()[: len(rows)], minlength=len(cells))
    return cells, counts.astype(np.int64)
