"""The data's entities and tags -> the model's, by name."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.data import Data
from pytest_accept.data.label_matching import position
from pytest_accept.data.labels import number_of
from pytest_accept.data.tag_schemes import Span, scheme_named, tags
from pytest_accept.errors import LabelError

NOWHERE = -1
"""The index of a tag that the model does not have."""


def spans_in_types(data: Data, types: Sequence[str], *, only: bool = False) -> list[list[Span]]:
    """Return the entities of the data under the model's names of types.

    A name matches itself, else the one that differs only in case and surrounding space. `only`:
    entities of other types are left out; else they are a LabelError.
    """
    found = data.spans()
    counts = Counter(span.type for each in found for span in each)
    names = {name: _name(name, types) for name in counts}
    lost = [name for name in counts if names[name] is None]
    if lost and not only:
        first = next(i for i, each in enumerate(found) if any(x.type == lost[0] for x in each))
        raise LabelError(_unknown_type(data, lost, counts, types, data.origin(first)))
    return [
        [span._replace(type=name) for span in each if (name := names[span.type]) is not None]
        for each in found
    ]


def tag_ids(
    data: Data, labels: Sequence[str], scheme: str | None, types: Sequence[str]
) -> list[NDArray[np.int64]]:
    """Return for each example (words,) the index of each word's tag in `labels`, the model's.

    Entities are written anew in the model's `scheme`, under its names of `types`. NOWHERE is a tag
    that the model does not have, such as an I- of a type that it knows as B- alone. Tags that are
    no entities are matched by name; one without a match is a LabelError.
    """
    if scheme is None or data.scheme is None:
        return _ids_by_name(data, labels)
    index = {label: at for at, label in enumerate(labels)}
    known = scheme_named(scheme)
    if scheme == "IO":  # written with or without its letter
        said = ((known.said(label), at) for label, at in index.items())
        index |= {f"I-{each.type}": at for each, at in said if each and each.role == "I"}
    sentences = zip(spans_in_types(data, types), data.inputs, strict=True)
    return [
        np.array([index.get(tag, NOWHERE) for tag in tags(each, len(words), scheme)], np.int64)
        for each, words in sentences
    ]


def _ids_by_name(data: Data, labels: Sequence[str]) -> list[NDArray[np.int64]]:
    sequences = data.tag_sequences()
    counts = Counter(tag for each in sequences for tag in each)
    found = {tag: position(tag, labels) for tag in counts}
    lost = [tag for tag in counts if found[tag] is None]
    if lost:
        first = next(i for i, each in enumerate(sequences) if lost[0] in each)
        raise LabelError(
            f"The tag {lost[0]!r} of {data.name!r} is none of the model's{_also(lost)}. It occurs "
            f"{counts[lost[0]]:,} times (first: {data.origin(first)}). The model's tags: "
            f"{_listed(labels)}. {_renaming(lost[0], labels)}, or name the model's in the order of "
            "its outputs: load_model(..., labels=[…])."
        )
    return [np.array([found[tag] for tag in each], np.int64) for each in sequences]


def _name(name: str, types: Sequence[str]) -> str | None:
    at = position(name, types)
    return None if at is None else types[at]


def _unknown_type(
    data: Data, lost: list[str], counts: Counter[str], types: Sequence[str], first: str
) -> str:
    both = [name for name in types if any(_name(each, types) == name for each in counts)]
    restrict = f"; or ask for entities of types={both!r}, which both have" if both else ""
    return (
        f"The entity type {lost[0]!r} of {data.name!r} is none of the model's{_also(lost)}. It is "
        f"the type of {counts[lost[0]]:,} of {counts.total():,} entities (first: {first}). The "
        f"model's types: {_listed(types)}. Rename it when loading: load_data(..., label_names="
        f"{{{lost[0]!r}: {_nearest(lost[0], types)!r}}}), where 'O' leaves it out{restrict}."
    )


def _renaming(tag: str, labels: Sequence[str]) -> str:
    if number_of(tag) is not None:  # by number no tag is near another
        return "Say what the numbers mean, from 0 on: load_data(..., label_names=['O', 'B-…', …])"
    names = f"{{{tag!r}: {_nearest(tag, labels)!r}}}"
    return f"Rename it when loading: load_data(..., label_names={names})"


def _nearest(name: str, known: Sequence[str]) -> str:
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.3)
    return folded[near[0]] if near else next(iter(known), "O")


def _also(lost: list[str]) -> str:
    return f" (nor is {_listed(lost[1:])})" if len(lost) > 1 else ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return ", ".join(map(repr, names[:20])) + more
