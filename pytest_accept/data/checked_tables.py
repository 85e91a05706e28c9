"""The rows of a source, checked: texts, groups and labels read -> a Table."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.arrow_tables import class_names
from pytest_accept.data.columns import check_members, check_texts, holds_words
from pytest_accept.data.label_reading import LabelReader
from pytest_accept.data.labels import Labels
from pytest_accept.data.options import Options
from pytest_accept.data.origins import Origins
from pytest_accept.data.table import Table
from pytest_accept.data.tag_reading import TagReader
from pytest_accept.data.tags import Tags
from pytest_accept.errors import SettingError, expected


def checked_table(
    arrow: Any,
    options: Options,
    origins: Origins,
    *,
    name: str,
    source: str,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return rows, whose columns were checked, with what they mean.

    Raises DataError for texts or groups that are missing, LabelError for labels of no known form.
    """
    called = repr(name if source == "memory" else source)
    check_texts(arrow, options, origins, called)
    check_members(arrow, options, origins, called)
    labels = _labels(arrow, options, origins, called)
    if isinstance(labels, Tags):
        notes = (*notes, *labels.notes)
    elif options.scheme is not None:
        what = "None for labels that are no list of tags for a list of words"
        raise SettingError(expected("scheme", what, options.scheme))
    return Table(
        arrow=arrow,
        name=name,
        source=source,
        options=options,
        origins=origins,
        class_names=class_names(arrow),
        labels=labels,
        notes=notes,
    )


def drawn(options: Options, total: int) -> NDArray[np.int64]:
    """Return which of so many rows `limit` draws, ascending."""
    assert options.limit is not None
    rows = random.Random(options.seed).sample(range(total), options.limit)
    return np.array(sorted(rows), dtype=np.int64)


def sampled(options: Options, total: int) -> str:
    """Return the note on a draw."""
    return f"a random {options.limit:,} of {total:,} examples (seed {options.seed})"


def _labels(arrow: Any, options: Options, origins: Origins, called: str) -> Labels | Tags | None:
    if options.label is None:
        return None
    names = class_names(arrow)
    if not isinstance(options.label, str):
        columns = {column: arrow.column(column).to_pylist() for column in options.label}
        reader = LabelReader(called=called, origins=origins, label_names=options.label_names)
        return reader.columns(columns)
    values = arrow.column(options.label).to_pylist()
    if _are_tags(arrow, options):
        tags = TagReader(
            called=called,
            origins=origins,
            label_names=options.label_names,
            class_names=names.get(options.label),
            scheme=options.scheme,
        )
        words = [tuple(each) for each in arrow.column(options.text[0]).to_pylist()]
        return tags.read(options.label, values, words)
    reader = LabelReader(
        called=called,
        origins=origins,
        label_names=options.label_names,
        class_names=names.get(options.label),
    )
    return reader.column(options.label, values)


def _are_tags(arrow: Any, options: Options) -> bool:
    import pyarrow as pa

    kind = arrow.column(options.label).type
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(lists) and holds_words(arrow.column(options.text[0]).type)
