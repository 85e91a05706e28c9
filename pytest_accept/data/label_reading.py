"""Label columns -> Labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import Labels, canonical, is_missing, number_of
from pytest_accept.data.options import LabelNames
from pytest_accept.data.origins import Origins
from pytest_accept.errors import LabelError

SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelReader:
    """Reads label columns: `called` is the data's name, `class_names` those of a ClassLabel."""

    called: str
    origins: Origins
    label_names: LabelNames | None
    class_names: Sequence[str] | None = None

    def column(self, column: str, values: list[Any]) -> Labels:
        """Return the labels of one column: a label, a list of labels, or a dict of shares each."""
        if self.class_names is not None:  # datasets writes -1 where a label is withheld
            values = [None if value == -1 else value for value in values]
        missing = [row for row, value in enumerate(values) if is_missing(value)]
        if missing:
            raise LabelError(self._missing(column, missing, len(values)))
        first = values[0]
        if isinstance(first, list):
            return self._sets(column, values)
        if isinstance(first, dict):
            return self._shares(values)
        if isinstance(first, str | int | float):
            codes, names = self._codes(values)
            return Labels(names=names, codes=codes)
        got = type(first).__name__
        message = f"Expected column {column!r} of {self.called} to hold labels (strings, numbers, "
        raise LabelError(f"{message}lists of strings, or dicts of probabilities), but got {got}.")

    def columns(self, columns: Mapping[str, list[Any]]) -> Labels:
        """Return the labels of several columns, one number per label: 0/1, or probabilities."""
        for column, values in columns.items():
            missing = [row for row, value in enumerate(values) if is_missing(value)]
            if missing:
                raise LabelError(self._missing(column, missing, len(values)))
            self._check_numbers(column, values)
        stacked = np.array(list(columns.values()), dtype=np.float64).T
        named = [self._column_name(index, name) for index, name in enumerate(columns)]
        return self._matrix(named, stacked)

    def _codes(self, values: list[Any]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        seen: dict[Any, int] = {}
        raw = np.fromiter(
            (seen.setdefault(value, len(seen)) for value in values), np.int64, len(values)
        )
        names: dict[str, int] = {}
        codes = [names.setdefault(self._name(value), len(names)) for value in seen]
        return np.array(codes, dtype=np.int64)[raw], tuple(names)

    def _sets(self, column: str, values: list[Any]) -> Labels:
        self._check_not_vectors(column, values)
        members = [member for each in values for member in each]
        if any(is_missing(member) for member in members):
            row = next(i for i, each in enumerate(values) if any(map(is_missing, each)))
            where = self.origins.origin(row)
            raise LabelError(f"The list of labels at {where} holds a missing value. Remove it.")
        codes, names = self._codes(members)
        rows = np.repeat(np.arange(len(values)), [len(each) for each in values])
        matrix = np.zeros((len(values), len(names)))
        matrix[rows, codes] = 1.0
        return Labels(names=names, matrix=matrix)

    def _check_not_vectors(self, column: str, values: list[Any]) -> None:
        odd = next((v for each in values for v in each if isinstance(v, list | dict)), None)
        if odd is not None:
            message = f"Expected the lists in column {column!r} of {self.called} to hold labels"
            raise LabelError(f"{message} (strings or numbers), but one holds {odd!r}.")
        lengths = {len(each) for each in values}
        bits = all(not isinstance(v, str) and v in (0, 1) for each in values for v in each)
        vectors = bits and len(lengths) == 1 and max(lengths) > 1
        repeats = next((i for i, each in enumerate(values) if len(set(each)) < len(each)), None)
        if not vectors and repeats is None:
            return
        row = repeats or 0
        raise LabelError(
            f"Expected the lists in column {column!r} of {self.called} to name the labels of each "
            f"example, but {values[row]!r} ({self.origins.origin(row)}) looks like one number per "
            "label. Give each label a column of its own: load_data(..., label=['anger', 'joy'])."
        )

    def _shares(self, values: list[dict[str, Any]]) -> Labels:
        keys = list(dict.fromkeys(key for each in values for key in each))
        if not keys:
            message = f"No example of {self.called} has a label: every dict of labels is empty."
            raise LabelError(f"{message} Load the texts alone with label=None.")
        # Arrow gives every row every key: a label that a row does not mention has a share of 0.
        table = {
            key: [0 if is_missing(each.get(key)) else each[key] for each in values] for key in keys
        }
        for key, shares in table.items():
            self._check_numbers(key, shares)
        stacked = np.array(list(table.values()), dtype=np.float64).reshape(len(keys), -1).T
        return self._matrix([self._name(key) for key in keys], stacked)

    def _matrix(self, named: list[str], numbers: NDArray[np.float64]) -> Labels:
        names = tuple(dict.fromkeys(named))
        soft = not bool(np.isin(numbers, (0.0, 1.0)).all())
        if soft:
            sums = numbers.sum(axis=1)
            fits = (numbers >= 0).all(axis=1) & (np.abs(sums - 1) <= SUM_TOLERANCE)
            if not fits.all():
                raise LabelError(self._no_distribution(named, numbers, int(np.argmin(fits))))
            numbers = numbers / sums[:, None]
        matrix = np.zeros((len(numbers), len(names)))
        for index, name in enumerate(named):
            matrix[:, names.index(name)] += numbers[:, index]
        if not soft:
            matrix = np.minimum(matrix, 1.0)
        return Labels(names=names, matrix=matrix, soft=soft, declared=True)

    def _name(self, value: object) -> str:
        raw = canonical(value)
        text = raw if self.class_names is None else self._class_name(raw)
        if self.label_names is None:
            return text
        number = number_of(raw)
        if isinstance(self.label_names, Mapping):
            given = {canonical(key): name for key, name in self.label_names.items()}
            for key in (text, raw, raw if number is None else str(number)):
                if key in given:
                    return given[key]
            # A name stands for itself, and is matched with the model's later; a number does not.
            if number_of(text) is None or text in given.values():
                return text
        elif number is not None and 0 <= number < len(self.label_names):
            return self.label_names[number]
        elif text in self.label_names:
            return text
        raise LabelError(
            f"{self.called} has the label {value!r}, which `label_names` does not cover: "
            f"{self.label_names!r}. Add it there."
        )

    def _class_name(self, raw: str) -> str:
        names = self.class_names or ()
        number = number_of(raw)
        if number is None or not 0 <= number < len(names):
            message = f"{self.called} has the label number {raw}, but its ClassLabel has only"
            raise LabelError(f"{message} {len(names)} names: {', '.join(map(repr, names))}.")
        return names[number]

    def _column_name(self, index: int, column: str) -> str:
        if self.label_names is None:
            return column
        if isinstance(self.label_names, Mapping):
            return self.label_names.get(column, column)
        if index >= len(self.label_names):
            message = f"There are more label columns than `label_names` ({len(self.label_names)})."
            raise LabelError(f"{message} Give one name per column, in their order.")
        return self.label_names[index]

    def _check_numbers(self, column: str, values: list[Any]) -> None:
        odd = next((i for i, v in enumerate(values) if not isinstance(v, int | float)), None)
        if odd is not None:
            raise LabelError(
                f"Expected the label {column!r} of {self.called} to have numbers (0 and 1, or "
                f"probabilities), but {self.origins.origin(odd)} holds {values[odd]!r}."
            )

    def _missing(self, column: str, rows: list[int], total: int) -> str:
        if len(rows) == total:
            what = f"No example of {self.called} has a label in column {column!r}"
        else:
            what = (
                f"{len(rows):,} of {total:,} examples of {self.called} have no label in column "
                f"{column!r} ({self.origins.first(rows)})"
            )
        return (
            f"{what}. Drop those rows or fill them in before loading, or load the texts alone "
            "with label=None."
        )

    def _no_distribution(self, names: list[str], numbers: NDArray[np.float64], row: int) -> str:
        shown = ", ".join(
            f"{name} {share:g}" for name, share in zip(names[:10], numbers[row], strict=False)
        )
        return (
            f"Expected the labels of {self.called} to be 0 or 1 each, or probabilities that are "
            f"not negative and sum to 1, but {self.origins.origin(row)} has {shown} (sum "
            f"{numbers[row].sum():g}). Divide counts by their sum; cut yes/no scores at a bar."
        )
