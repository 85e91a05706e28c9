"""The Data class: labelled examples, whole or a slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.contents import Repeats, codes_of, fingerprint, repeats
from pytest_accept.data.label_matching import Matcher
from pytest_accept.data.labels import Labels, is_missing, number_of
from pytest_accept.data.slices import (
    Condition,
    condition_label,
    equal_label,
    keep_equal,
    keep_held,
    keep_true,
    split_condition,
)
from pytest_accept.data.table import Table
from pytest_accept.data.tag_schemes import Span
from pytest_accept.data.tags import Tags
from pytest_accept.errors import DataError, LabelError
from pytest_accept.records import DataDescription


class Data:
    """Labelled examples, as `load_data` makes them, or a slice that `where` takes of them.

    Data does not change: `where` returns new Data over the same table. An example is counted by its
    position in the slice (`inputs[i]`, `label_text(i)`, `origin(i)`); `rows[i]` is its position in
    the whole table, for whatever was computed of the whole.
    """

    streamed: ClassVar[bool] = False
    """Whether the examples are read in chunks, so that they cannot be counted or indexed."""

    def __init__(
        self, table: Table, rows: NDArray[np.int64], conditions: tuple[str, ...] = ()
    ) -> None:
        self._table = table
        self._rows = rows
        self._conditions = conditions
        rows.flags.writeable = False

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        names = self._table.labels.names if self._table.labels else ()
        listed = ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "")
        noun = self._table.labels.noun if self._table.labels else "labels"
        labels = f"{len(names)} {noun} ({listed})" if names else f"no {noun}"
        columns = ", ".join(map(repr, self.columns))
        return f"<Data {self.population!r}: {len(self):,} examples, {labels}, columns {columns}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Through __init__, which makes `rows` read-only again; caches stay behind.
        return Data, (self._table, self._rows, self._conditions)

    def refuse(self, what: str = "This") -> None:
        """Raise a DataError for `what` needs all examples at once, if they are streamed."""

    @property
    def name(self) -> str:
        """What reports call the data that was loaded."""
        return self._table.name

    @property
    def population(self) -> str:
        """Which examples these are: "reviews", or "reviews[source=tweets, length=long]"."""
        return self.name + (f"[{', '.join(self._conditions)}]" if self._conditions else "")

    @property
    def rows(self) -> NDArray[np.int64]:
        """(n,) positions of these examples in the whole loaded table, ascending; read-only."""
        return self._rows

    @property
    def total(self) -> int:
        """The number of examples in the whole loaded table."""
        return len(self._table)

    @property
    def cases_in_all(self) -> int | None:
        """How many cases there are, of which the table holds all or an even draw; None for data
        that are no made-up cases but a sample of the world.
        """
        return self._table.cases_in_all

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return self._table.columns

    @property
    def group(self) -> tuple[str, ...]:
        """The columns that say which group an example belongs to; empty for none."""
        return self._table.options.group

    @property
    def cluster(self) -> str | None:
        """The column whose equal values make examples dependent, "text", or None."""
        return self._table.options.cluster

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns that hold the texts."""
        return self._table.options.text

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that hold the labels; empty for unlabelled data."""
        return self._table.options.labels

    @property
    def labelled(self) -> bool:
        """Whether the examples have labels."""
        return self._table.labels is not None

    @property
    def soft(self) -> bool:
        """Whether the labels of the loaded table are distributions over labels."""
        return self._table.labels is not None and self._table.labels.soft

    @property
    def of_words(self) -> bool:
        """Whether the texts are split into words: then `inputs` are tuples of them."""
        return self._table.of_words

    @property
    def tagged(self) -> bool:
        """Whether the labels are tags, one a word."""
        return isinstance(self._table.labels, Tags)

    @property
    def scheme(self) -> str | None:
        """How the tags say entities, such as "IOB2"; None if they say none, or there are none."""
        return self._table.labels.scheme if isinstance(self._table.labels, Tags) else None

    @property
    def multi_label(self) -> bool:
        """Whether an example of the loaded table may have several labels at once."""
        labels = self._table.labels
        return isinstance(labels, Labels) and labels.matrix is not None and not labels.soft

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels of the loaded table in the data's words: as declared, else sorted. Of tagged
        data, its tags.
        """
        labels = self._table.labels
        if isinstance(labels, Tags):
            return tuple(sorted({tag for tags in labels.sequences for tag in tags}))
        if labels is None:
            return ()
        if labels.declared:
            return labels.names
        return tuple(sorted(labels.names, key=lambda name: (number_of(name) or 0, name)))

    @cached_property
    def inputs(self) -> list[Any]:
        """The texts: strings, pairs of strings where `text` was a pair of columns, or tuples of
        words where it is a column of lists.
        """
        return self._taken(self._table.inputs)

    def tag_sequences(self) -> list[tuple[str, ...]]:
        """Return the tags of each example, one a word. Raises LabelError if there are none."""
        return self._taken(list(self._tags().sequences))

    def spans(self) -> list[tuple[Span, ...]]:
        """Return the entities of each example, in order.

        Raises LabelError if there are no tags, or they are no entities (parts of speech).
        """
        tags = self._tags()
        if tags.scheme is None:
            known = ", ".join(map(repr, tags.names[:5])) + (", …" if len(tags.names) > 5 else "")
            raise LabelError(
                f"The tags of {self.name!r} ({known}) are no entities: they have no letters such "
                "as B- and I-, and O is not among them. If they are numbers, say what they mean: "
                "load_data(..., label_names=['O', 'B-…', …]). If they are types: scheme='IO'."
            )
        return self._taken(list(tags.spans))

    def column(self, name: str) -> list[Any]:
        """Return a column of these examples; a ClassLabel column as names."""
        return self._taken(self._table.values(name))

    def origin(self, i: int) -> str:
        """Return where example `i` stands, such as "tweets.tsv row 318" (rows count from 1)."""
        return self._table.origins.origin(int(self._rows[i]))

    @property
    def whole(self) -> Data:
        """All examples of the loaded table, of which these are a part."""
        return Data(self._table, np.arange(self.total, dtype=np.int64))

    def take(self, positions: NDArray[np.int64], *conditions: str) -> Data:
        """Return the examples at these ascending positions.

        Under the same name, with further `conditions` that say which they are.
        """
        return Data(self._table, self._rows[positions], (*self._conditions, *conditions))

    def where(
        self,
        condition: Condition | Mapping[str, object] | None = None,
        /,
        *,
        name: str | None = None,
        **equals: object,
    ) -> Data:
        """Return the examples that fulfil all conditions, under a name that says so.

        Args:
            condition: A function of the row (a dict) that says whether to keep it, a condition of
                `pytest_accept.slices`, or a dict of column and value, for columns whose names are
                no Python names.
            name: What to call a function in the population; default: the function's own name.
            **equals: A column and its value, or a list, tuple or set of values it may have. Numbers
                also match strings of the same number; a cell that is a list matches if it has one.

        Raises:
            DataError: There is no such column, or no example is left. The message lists values.

        >>> reviews.where(source="tweets", stars=[1, 2]).population          # doctest: +SKIP
        'reviews[source=tweets, stars=1|2]'
        """
        function, columns = split_condition(condition, name, equals)
        rows, conditions = self._rows, self._conditions
        for column, wanted in columns.items():
            rows = keep_equal(self._table, rows, column, wanted, self._called(conditions))
            conditions = (*conditions, equal_label(column, wanted))
        if function is not None:
            label = condition_label(function, name)
            called = self._called(conditions)
            if hasattr(function, "holds"):  # a condition that is asked of all examples at once
                held = function.holds(Data(self._table, rows, conditions))
                rows = keep_held(rows, held, label, called)
            else:
                rows = keep_true(self._table, rows, function, label, called)
            conditions = (*conditions, label)
        return Data(self._table, rows, conditions)

    def clusters(self, column: str | None = None) -> NDArray[np.int64] | None:
        """Return (n,) integers, equal for examples of one cluster, or None if there is no column.

        `column` defaults to `cluster`. "text" means the texts themselves, whatever their column is
        called. A missing value is a DataError.
        """
        column = column or self.cluster
        if column is None:
            return None
        if column == "text":
            return codes_of(self.inputs, len(self))
        values = self.column(column)
        missing = [i for i, value in enumerate(values) if is_missing(value)]
        if missing:
            raise DataError(
                f"{len(missing):,} of {len(self):,} examples of {self.population!r} have no "
                f"cluster in column {column!r} (first: {self.origin(missing[0])}). Fill them in "
                "before loading, or leave those examples out with data.where(...)."
            )
        keys = (repr(v) if isinstance(v, list | dict) else v for v in values)
        return codes_of(keys, len(self))

    def label_ids(self, labels: Sequence[str]) -> NDArray[np.int64]:
        """Return (n,) the index of each example's label in `labels`, the model's, matched by name.

        A name matches itself, else the one that differs only in case and surrounding space; a
        number matches "LABEL_<number>" if all of the model's labels are of that form. Of a
        distribution it is the likeliest label, the earlier in `labels` on a tie.

        Raises:
            LabelError: A label has no match, or an example not exactly one label.
        """
        return self._matcher().ids(labels)

    def label_matrix(self, labels: Sequence[str], multi_label: bool) -> NDArray[np.float64]:
        """Return (n, len(labels)): 0/1 if `multi_label`, else a distribution (one-hot if not soft).

        Matched as in `label_ids`. Labels of the model that the data lacks are columns of 0.

        Raises:
            LabelError: A label has no match; or the labels are soft and `multi_label` is true; or
                it is false and an example has not exactly one label.
        """
        return self._matcher().matrix(labels, multi_label=multi_label)

    def label_text(self, i: int) -> str:
        """Return the label of example `i` in the data's words, "" for unlabelled data."""
        labels = self._table.labels
        return "" if labels is None else labels.text(int(self._rows[i]))

    @property
    def text_hashes(self) -> NDArray[np.uint64]:
        """(n,) 64-bit hashes of the texts, or pairs of texts, equal for equal ones."""
        return self._table.hashes[self._rows]

    @property
    def duplicates(self) -> int:
        """How many of these examples repeat an earlier one, text and label."""
        return self._repeats.duplicates

    @property
    def conflicts(self) -> int:
        """How many of these examples have a text that also occurs with another label here."""
        return self._repeats.conflicts

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Sentences on these examples that a reader of a number must know."""
        n = f"{len(self):,}"
        notes = list(self._table.notes)
        blank = sum(not _is_filled(each) for each in self.inputs)
        if blank:
            notes.append(f"{blank:,} of {n} texts are empty")
        if self.duplicates:
            hint = "" if self.cluster else " (cluster='text' counts each text once)"
            notes.append(f"{self.duplicates:,} of {n} examples repeat another{hint}")
        if self.conflicts:
            notes.append(
                f"{self.conflicts:,} of {n} examples have a text that occurs with different labels"
            )
        return tuple(notes)

    @cached_property
    def fingerprint(self) -> str:
        """xxh3_128 of these texts and labels in order, as hex: the same whatever file held them."""
        if len(self) == self.total:
            return self._table.description.fingerprint
        keys = None if self._table.keys is None else self._taken(self._table.keys)
        return fingerprint(self.inputs, keys)

    @property
    def dataset(self) -> Any:
        """These examples as a `datasets.Dataset`, all columns."""
        import datasets

        arrow = self._table.arrow
        return datasets.Dataset(arrow if len(self) == self.total else arrow.take(self._rows))

    def describe(self) -> DataDescription:
        """Return what identifies the whole loaded table: the same value for all its slices."""
        return self._table.description

    @cached_property
    def _repeats(self) -> Repeats:
        if len(self) == self.total:
            whole = self._table.description
            return Repeats(duplicates=whole.duplicates, conflicts=whole.conflicts)
        keys = self._table.keys
        return repeats(self.inputs, [""] * len(self) if keys is None else self._taken(keys))

    def _taken(self, values: list[Any]) -> list[Any]:
        return [values[row] for row in self._rows.tolist()]

    def _called(self, conditions: tuple[str, ...]) -> str:
        return Data(self._table, self._rows, conditions).population

    def _tags(self) -> Tags:
        if isinstance(self._table.labels, Tags):
            return self._table.labels
        raise LabelError(
            f"This needs a tag for each word, but {self.name!r} has none. Load data whose texts "
            "are lists of words, and name the column with the lists of tags: "
            "load_data(..., text='words', label='tags')."
        )

    def _matcher(self) -> Matcher:
        if self._table.labels is None:
            raise LabelError(
                f"The data {self.name!r} was loaded without labels (label=None), but this needs "
                "them. Load it with label='…', the column that holds them."
            )
        if isinstance(self._table.labels, Tags):
            raise LabelError(
                f"This needs one label for each example, but {self.name!r} has a tag for each word "
                f"({self.origin(0)}). Ask entity_f1 or token_accuracy, of a token-classification "
                "model."
            )
        return Matcher(
            called=self.name, labels=self._table.labels, rows=self._rows, origin=self.origin
        )


def _is_filled(text: str | tuple[str, ...]) -> bool:
    parts = (text,) if isinstance(text, str) else text
    return all(part.strip() for part in parts)
