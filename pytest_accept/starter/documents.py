"""The default criteria of a causal language model."""

from __future__ import annotations

import bz2
import math
from collections import Counter

from pytest_accept.errors import DataError
from pytest_accept.starter.plan import Plan, group_option

GAP = 0.5
"""A bar that is a convention, in bits per byte."""


def plan(plan: Plan) -> None:
    """Plan that a language model predicts documents better than what compresses files."""
    if plan.data.of_words or len(plan.data.text_columns) != 1:
        raise DataError(
            f"A language model reads documents, but the texts of {plan.asked.data!r} are split "
            "into words or pairs. Name one column with whole texts: --accept-text COLUMN."
        )
    written = [text.encode("utf-8", "surrogatepass") for text in plan.data.inputs]
    if not any(written):
        raise DataError(f"All texts of {plan.asked.data!r} are empty.")
    bits, who = min(_trivial(written))
    plan.against("bits_per_byte", "below", bits, who)
    columns = plan.group_columns()
    if columns is not None:
        plan.within(
            "test_groups_have_like_bits_per_byte",
            "assert_group_gap_below",
            GAP,
            f"bits per byte differ little between groups ({' and '.join(map(repr, columns))})",
            options=(("metric", "bits_per_byte"), group_option(columns)),
            uses=("bits_per_byte",),
            marker="fairness",
        )


def _trivial(written: list[bytes]) -> list[tuple[float, str]]:
    """Return bits per byte of what knows these very documents, and what it is."""
    whole = b"\n".join(written)
    counts = Counter(b"".join(written))
    total = sum(counts.values())
    entropy = -sum(n / total * math.log2(n / total) for n in counts.values())
    return [
        (entropy, "a code of single bytes, made for these documents,"),
        (8 * len(bz2.compress(whole)) / len(whole), "bzip2, with all documents in one file,"),
    ]
