"""`--accept-cache=verify`: a random sample of what is kept is asked of the model again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from pytest_accept import settings
from pytest_accept.errors import CacheError, shown
from pytest_accept.prediction.blocks import Rows

COMPARED = 64
"""How many answers of a model to a reading are made again, at most."""

SHARE = 10
"""Of each look-up one answer of so many, and at least one."""

TOLERANCE = 1e-4
"""How far an answer may be from the kept one, times the larger of its size and 1. Batches of other
sizes move the logits of float32 weights by 5e-6 at most; another checkpoint, by 1e-2 and more."""

HALF_TOLERANCE = 0.05
"""The same for weights in half precision, of which bfloat16 has steps of 0.008."""


def sample(count: int, before: int, seed: int) -> npt.NDArray[np.int64]:
    """Return which of `count` answers of a look-up to compare; `before` were compared earlier."""
    size = min(max(1, count // SHARE), COMPARED - before, count)
    if size <= 0:
        return np.empty(0, np.int64)
    return np.sort(np.random.default_rng([seed, before]).choice(count, size, replace=False))


def compare(
    model: str,
    inputs: Sequence[Hashable],
    kept: Sequence[Rows],
    made: Sequence[Rows],
    *,
    half: bool,
) -> None:
    """Raise CacheError if answers (r, columns) that are kept are not those that are made now."""
    bad = []
    largest = 0.0
    for asked, before, now in zip(inputs, kept, made, strict=True):
        gap = _gap(before, now, half=half)
        if gap is not None:
            bad.append(asked)
            largest = max(largest, gap)
    if not bad:
        return
    how = "in shape" if largest == np.inf else f"by up to {largest:.3g}"
    some = "; ".join(shown(each) for each in bad[:3])
    raise CacheError(
        f"The cache answers {len(bad):,} of {len(inputs):,} texts that were compared otherwise "
        f"than {model!r} does now, {how}: {some}. Somebody wrote other numbers there, or something "
        f"that makes the answers is not part of the key. `{settings.cache_command('clear')}` "
        "removes all that is kept; --accept-cache=off does without. If nobody touched the folder, "
        "please report it."
    )


def _gap(kept: Rows, made: Rows, *, half: bool) -> float | None:
    """Return by how much two answers differ, None if not by more than is allowed."""
    if kept.shape != made.shape:
        return float("inf")
    gap = np.abs(kept.astype(np.float64) - made.astype(np.float64))
    allowed = (HALF_TOLERANCE if half else TOLERANCE) * np.maximum(1.0, np.abs(made))
    return float(gap.max()) if (gap > allowed).any() else None
