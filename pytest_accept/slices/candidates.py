"""The slices of a population that a search looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_accept.errors import DataError, SettingError, expected, unknown
from pytest_accept.slices.candidate import Candidate, quarters, without
from pytest_accept.slices.column_candidates import of_column, telling_columns
from pytest_accept.slices.columns import columns
from pytest_accept.slices.condition import Condition
from pytest_accept.slices.confidence import confidence_between, confidences
from pytest_accept.slices.texts import (
    has_word,
    length_between,
    length_of,
    longer_than,
    shorter_than,
    words_of,
)

if TYPE_CHECKING:
    from pytest_accept.data import Data

OVER = ("columns", "length", "words", "confidence")
"""What slices are made of."""

_MOST_PAIRS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The slices of at least `least` examples; what is left out is said in `notes`."""

    slices: list[Candidate]
    least: int
    notes: tuple[str, ...]


def candidates(
    model: Any,
    data: Data,
    *,
    named: Sequence[str] | None,
    over: Iterable[str],
    words: int,
    pairs: bool,
    least: int,
) -> Candidates:
    """Return the slices that have, and leave out, `least` examples or more.

    `named` are columns, None for all that are neither texts, labels nor clusters. `words` is how
    many of the most frequent words. Raises DataError for a column that is not there or tells
    nothing apart, and if no slice is large enough.
    """
    chosen = _checked(over)
    found: list[Candidate] = []
    small: list[str] = []
    notes: list[str] = []
    if "columns" in chosen:
        names, notes = (named, []) if named is not None else telling_columns(data)
        for name in names:
            found += of_column(data, name, least, small, asked=named is not None)
    if "length" in chosen:
        found += _of_lengths(data)
    if "words" in chosen:
        found += _of_words(data, words, least)
    if "confidence" in chosen:
        found += _of_confidences(model, data)
    n = len(data)
    kept = [each for each in found if least <= each.members.sum() <= n - least]
    if not kept:
        sizes = [min(size, n - size) for size in (int(each.members.sum()) for each in found)]
        most = f"the largest has {max(sizes):,}" if sizes else "there is none of any size"
        raise DataError(
            f"No slice of {data.population} has, and leaves out, at least {least:,} of its {n:,} "
            f"examples: {most}. Lower min_size, or name columns that tell examples apart."
        )
    if small:
        shown = ", ".join(small[:5]) + (f" and {len(small) - 5:,} more" if len(small) > 5 else "")
        notes.append(f"of fewer than {least:,} examples, so not judged: {shown}")
    kept = _distinct(kept)
    if pairs:
        both, left = _pairs(kept, least)
        kept += both
        if left:
            notes.append(
                f"of the pairs, the {_MOST_PAIRS:,} largest; {left:,} smaller are left out"
            )
    return Candidates(slices=_distinct(kept), least=least, notes=tuple(notes))


def _checked(over: Iterable[str]) -> tuple[str, ...]:
    chosen = (over,) if isinstance(over, str) else tuple(over)
    for each in chosen:
        if each not in OVER:
            raise SettingError(unknown("kind of slice for over=", each, OVER))
    if not chosen:
        raise SettingError(expected("over", f"some of {', '.join(map(repr, OVER))}", over))
    return chosen


def _of_lengths(data: Data) -> list[Candidate]:
    def condition(low: int | None, high: int | None) -> Condition:
        if low is None:
            return shorter_than(high or 0)
        return longer_than(low - 1) if high is None else length_between(low, high - 1)

    return quarters(data, "length", [length_of(each) for each in data.inputs], condition)


def _of_words(data: Data, most: int, least: int) -> list[Candidate]:
    texts = [words_of(each) for each in data.inputs]
    counts = Counter(word for text in texts for word in text)
    often = [(word, count) for word, count in counts.items() if least <= count <= len(data) - least]
    often.sort(key=lambda each: (-each[1], each[0]))
    return [
        Candidate(
            name=has_word(word).name,
            where=has_word(word),
            members=np.array([word in text for text in texts], dtype=np.bool_),
            kind=f"word {word}",
        )
        for word, _ in often[:most]
    ]


def _of_confidences(model: Any, data: Data) -> list[Candidate]:
    sure = np.floor(confidences(model, data) * 1000) / 1000

    def condition(low: float, high: float) -> Condition:
        return confidence_between(model, low, high)

    return quarters(data, "confidence", sure.tolist(), condition, ends=(0.0, 1.0))


def _pairs(single: list[Candidate], least: int) -> tuple[list[Candidate], int]:
    """Return the largest pairs that are smaller than either half, and how many are left out."""
    members = np.array([each.members for each in single], dtype=np.float32)
    sizes = (members @ members.T).astype(np.int64)
    places = [
        (i, j)
        for i, one in enumerate(single)
        for j in range(i + 1, len(single))
        if one.kind != single[j].kind and least <= sizes[i, j] < min(sizes[i, i], sizes[j, j])
    ]
    places.sort(key=lambda place: -sizes[place])
    made = [
        Candidate(
            name=f"{single[i].name} & {single[j].name}",
            where=_both(single[i].where, single[j].where),
            members=single[i].members & single[j].members,
            kind=f"{single[i].kind} & {single[j].kind}",
            of=(i, j),
        )
        for i, j in places[:_MOST_PAIRS]
    ]
    return made, max(0, len(places) - _MOST_PAIRS)


def _both(
    one: Condition | Mapping[str, Any], other: Condition | Mapping[str, Any]
) -> Condition | dict[str, Any]:
    if isinstance(one, Condition):
        return one & other
    return columns(one) & other if isinstance(other, Condition) else {**one, **other}


def _distinct(found: list[Candidate]) -> list[Candidate]:
    """Return the slices without those of the same examples as an earlier one."""
    keys = [np.packbits(each.members).tobytes() for each in found]
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    return without(found, {place for place, key in enumerate(keys) if first[key] != place})
