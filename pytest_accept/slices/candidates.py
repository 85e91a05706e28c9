"""The slices of a population that a search looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import canonical, is_missing
from pytest_accept.errors import DataError, SettingError, expected, unknown
from pytest_accept.slices.columns import between, columns
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

_FEW_VALUES = 10  # more different numbers are cut into quarters
_NAMED_VALUES = 20  # values of a column with more than that are not listed where they are too few
_MOST_PAIRS = 2000
_FINE = 20  # parts of a column of numbers that may say the label

Members = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A slice to look at: its name, what to pass as `where=`, and who is in it (n,).

    `kind` is what it is about: two conditions on the same are no pair. `of` are the positions of
    the two candidates of a pair.
    """

    name: str
    where: Condition | dict[str, Any]
    members: Members
    kind: str
    of: tuple[int, ...] = ()

    @property
    def expression(self) -> str:
        """The argument as a user writes it: "where=longer_than(40)"."""
        where = self.where
        return f"where={where.expression if isinstance(where, Condition) else repr(where)}"


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
        names, notes = (named, []) if named is not None else _telling_columns(data)
        for name in names:
            found += _of_column(data, name, least, small, asked=named is not None)
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


def _of_column(
    data: Data, name: str, least: int, small: list[str], *, asked: bool
) -> list[Candidate]:
    """Return a slice for each value of a column, or for each quarter of its numbers."""
    cells = data.column(name)
    keys = [_keys(cell) for cell in cells]
    if any(each is None for each in keys):
        if asked:
            raise DataError(
                f"Column {name!r} of {data.population} holds neither values nor lists of them "
                f"({data.origin([each is None for each in keys].index(True))}), so it makes no "
                "slices. Name others: columns=[...]."
            )
        return []
    counts = Counter(key for some in keys for key in some or {})
    if len(counts) < 2:
        if asked:
            raise DataError(
                f"Column {name!r} of {data.population} is {next(iter(counts), None)!r} everywhere, "
                "so it makes no slices. Name others: columns=[...]."
            )
        return []
    kind = f"column {name}"
    numbers = [cell for cell in cells if cell is not None]
    if len(counts) > _FEW_VALUES and all(_is_number(each) for each in numbers):
        return _quarters(data, kind, numbers, lambda low, high: between(name, low, high))
    values = {key: value for some in keys for key, value in (some or {}).items()}
    if len(counts) <= _NAMED_VALUES:
        few = sorted((key for key in counts if counts[key] < least), key=lambda key: counts[key])
        small += [f"{_named(name, values[key])} ({counts[key]:,})" for key in few]
    return [
        Candidate(
            name=_named(name, values[key]),
            where={name: values[key]},
            members=np.array([key in (some or {}) for some in keys], dtype=np.bool_),
            kind=kind,
        )
        for key, count in counts.items()
        if least <= count
    ]


def _keys(cell: Any) -> dict[str | None, Any] | None:
    """Return the values in a cell by what `where` compares, None if they are no plain values."""
    inside = cell if isinstance(cell, list | tuple) else [cell]
    if not all(each is None or isinstance(each, str | int | float) for each in inside):
        return None
    return {
        None if is_missing(each) else canonical(each): None if is_missing(each) else each
        for each in inside
    }


def _telling_columns(data: Data) -> tuple[list[str], list[str]]:
    """Return the columns to make slices of if none are named, and a note on what they leave out."""
    others = {*data.text_columns, *data.label_columns, data.cluster}
    names = [each for each in data.columns if each not in others]
    if not data.labelled or data.tagged:
        return names, []
    labels = _codes([data.label_text(i) for i in range(len(data))])
    says = [each for each in names if _says_label(data.column(each), labels)]
    listed = ", ".join(map(repr, says))
    note = f"columns that say the label, so not used: {listed} (columns= would name them)"
    return [each for each in names if each not in says], [note] * bool(says)


def _says_label(cells: list[Any], labels: NDArray[np.int64]) -> bool:
    """Say whether who knows a cell guesses the label with a tenth of the mistakes of who does not.

    Shares of raters and the like do: their slices are slices of the label.
    """
    if all(_is_number(each) and not is_missing(each) for each in cells):
        numbers = np.array(cells, dtype=np.float64)
        edges = np.quantile(numbers, np.linspace(0, 1, _FINE + 1)[1:-1])
        codes = np.searchsorted(np.unique(edges), numbers)
    else:
        codes = _codes([repr(each) for each in cells])
    if codes.max() > len(codes) / _FINE:
        return False  # an identifier, which makes no slices
    table = np.zeros((int(codes.max()) + 1, int(labels.max()) + 1), dtype=np.int64)
    np.add.at(table, (codes, labels), 1)
    blind = len(labels) - int(table.sum(axis=0).max())
    return blind > 0 and len(labels) - int(table.max(axis=1).sum()) < 0.1 * blind


def _codes(values: list[str]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _named(name: str, value: Any) -> str:
    return f"{name}={'(missing)' if value is None else value}"


def _quarters(
    data: Data,
    kind: str,
    numbers: Iterable[float],
    condition: Callable[[Any, Any], Condition],
    *,
    ends: tuple[Any, Any] = (None, None),
) -> list[Candidate]:
    """Return four slices of about as many numbers each, or fewer where many are equal."""
    array = np.array([each for each in numbers if not is_missing(each)])
    at = np.quantile(array, [0.25, 0.5, 0.75], method="inverted_cdf")
    edges = [each for each in np.unique(at).tolist() if each > array.min()]
    bounds = [ends[0], *edges, ends[1]]
    if len(bounds) < 3:
        return []
    made = [condition(low, high) for low, high in pairwise(bounds)]
    return [_candidate(data, kind, each) for each in made]


def _candidate(data: Data, kind: str, condition: Condition) -> Candidate:
    return Candidate(name=condition.name, where=condition, members=condition.holds(data), kind=kind)


def _of_lengths(data: Data) -> list[Candidate]:
    def condition(low: int | None, high: int | None) -> Condition:
        if low is None:
            return shorter_than(high or 0)
        return longer_than(low - 1) if high is None else length_between(low, high - 1)

    return _quarters(data, "length", [length_of(each) for each in data.inputs], condition)


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

    return _quarters(data, "confidence", sure.tolist(), condition, ends=(0.0, 1.0))


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
    seen: dict[bytes, int] = {}
    kept: list[Candidate] = []
    moved: dict[int, int] = {}
    for place, each in enumerate(found):
        key = np.packbits(each.members).tobytes()
        if key in seen:
            continue
        seen[key] = moved[place] = len(kept)
        kept.append(replace(each, of=tuple(moved[half] for half in each.of)))
    return kept
