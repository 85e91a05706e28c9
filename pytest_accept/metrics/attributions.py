"""Scores of tokens against removals, human rationales and each other: one text at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]


def top_counts(size: int, fractions: Sequence[float]) -> list[int]:
    """Return how many of `size` tokens each fraction of them is: rounded up, but never all.

    >>> top_counts(10, (0.01, 0.2, 0.25, 0.99))
    [1, 2, 3, 9]
    """
    # 0.07 * 100 is 7.000000000000001: seven tokens.
    return [min(math.ceil(round(each * size, 9)), size - 1) for each in fractions]


def ranking(scores: Scores) -> NDArray[np.int64]:
    """Return the positions (t,) from the largest score to the smallest; of equals the first."""
    return np.argsort(-scores, kind="stable")


def average_precision(relevant: NDArray[np.bool_], scores: Scores) -> float:
    """Return Σ (recall gained) * precision over the distinct scores, from the largest; in 0..1.

    Tokens of equal scores come in together, so their order does not matter. Definition:
    scikit-learn's `average_precision_score`. At least one token is `relevant` (t,).
    """
    order = ranking(scores)
    ranked = scores[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    found = np.cumsum(relevant[order])[last]
    gained = np.diff(found, prepend=0)
    return min(1.0, float((gained * found / (last + 1)).sum() / relevant.sum()))


def chance_average_precision(size: int, relevant: int) -> float:
    """Return the mean of the average precision over all orders of `size` tokens."""
    if size == 1:
        return 1.0
    harmonic = float((1 / np.arange(1, size + 1)).sum())
    return (harmonic + (size - harmonic) * (relevant - 1) / (size - 1)) / size


def top_f1(relevant: NDArray[np.bool_], scores: Scores) -> float:
    """Return the F1, in 0..1, of as many top tokens as are `relevant` (t,).

    Precision and recall are then equal; by chance it is the share of relevant tokens. Where equal
    scores leave open which tokens are on top, it is the mean over all choices.
    """
    count = int(relevant.sum())
    last = np.sort(scores)[-count]
    above, tied = scores > last, scores == last
    hits = relevant[above].sum() + (count - above.sum()) * relevant[tied].mean()
    return float(hits / count)


def rank_correlation(one: Scores, other: Scores) -> float:
    """Return Spearman's rank correlation of scores (t,) and (t,), in -1..1.

    0 where either has equal scores for all tokens, and so no ranking to agree with.
    """
    ranks = [rankdata(each) - (len(each) + 1) / 2 for each in (one, other)]
    size = math.sqrt(float((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    # Rounding must not lead out of the range.
    return max(-1.0, min(1.0, float((ranks[0] * ranks[1]).sum()) / size)) if size else 0.0


def share_of(scores: Scores, chosen: NDArray[np.bool_]) -> float:
    """Return the share of the absolute scores (t,) on the `chosen` tokens; 0 if all scores are."""
    sizes = np.abs(scores)
    total = float(sizes.sum())
    return min(1.0, float(sizes[chosen].sum()) / total) if total else 0.0
