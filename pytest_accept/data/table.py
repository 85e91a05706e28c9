"""The whole of what was loaded, checked: all slices of one Data share one Table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.arrow_tables import ClassNames
from pytest_accept.data.columns import holds_words
from pytest_accept.data.contents import fingerprint, hashes, repeats
from pytest_accept.data.labels import Labels
from pytest_accept.data.options import Options
from pytest_accept.data.origins import Origins
from pytest_accept.data.tags import Tags
from pytest_accept.errors import DataError, unknown
from pytest_accept.records import DataDescription


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """A pyarrow Table with what its columns mean. `labels` is None for unlabelled data.

    `cases_in_all`: of made-up cases, how many there are, of which these are all or an even draw.
    """

    arrow: Any
    name: str
    source: str
    options: Options
    origins: Origins
    class_names: ClassNames
    labels: Labels | Tags | None
    notes: tuple[str, ...] = ()
    cases_in_all: int | None = None
    _decoded: dict[str, list[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(self.arrow.column_names)

    def values(self, column: str) -> list[Any]:
        """Return a column as Python values, names for the numbers of a ClassLabel; cached."""
        if column not in self.columns:
            raise DataError(unknown("column", column, self.columns))
        if column not in self._decoded:
            values = self.arrow.column(column).to_pylist()
            if column in self.class_names:
                values = [_named(value, self.class_names[column]) for value in values]
            self._decoded[column] = values
        return self._decoded[column]

    @property
    def of_words(self) -> bool:
        """Whether the texts are split into words."""
        return len(self.options.text) == 1 and holds_words(
            self.arrow.column(self.options.text[0]).type
        )

    @cached_property
    def inputs(self) -> list[Any]:
        """The texts, pairs of texts, or tuples of words of all rows."""
        if isinstance(self.labels, Tags):
            return list(self.labels.words)
        if self.of_words:
            return [tuple(words) for words in self.values(self.options.text[0])]
        columns = [self.values(name) for name in self.options.text]
        return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

    @cached_property
    def keys(self) -> list[str] | None:
        """A string per row that tells labels apart, None for unlabelled data."""
        if self.labels is None:
            return None
        if isinstance(self.labels, Tags):
            return [self.labels.key(row) for row in range(len(self))]
        return self.labels.keys()

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """(n,) a hash of each text, or pair of texts."""
        return hashes(self.inputs)

    @cached_property
    def description(self) -> DataDescription:
        """What identifies this table in a Record."""
        counted = repeats(self.inputs, self.keys or [""] * len(self))
        return DataDescription(
            name=self.name,
            source=self.source,
            fingerprint=fingerprint(self.inputs, self.keys),
            n=len(self),
            columns=self.columns,
            duplicates=counted.duplicates,
            conflicts=counted.conflicts,
        )


def _named(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    return None if value == -1 else value
