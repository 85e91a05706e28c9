"""The data's labels -> the model's labels, by name and never by position."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_accept.data.labels import Labels, number_of
from pytest_accept.errors import LabelError

_GENERIC = re.compile(r"LABEL_[0-9]+")


@dataclass(frozen=True, eq=False, kw_only=True)
class Matcher:
    """Gives the labels of some rows of a table in the order of a model's labels.

    `origin` says where the i-th of these rows stands, for errors.
    """

    called: str
    labels: Labels
    rows: NDArray[np.int64]
    origin: Callable[[int], str]

    def ids(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Return (n,) indices into `wanted`."""
        if self.labels.codes is not None:
            ids: NDArray[np.int64] = self._columns(wanted)[self.labels.codes[self.rows]]
            return ids
        ids = np.argmax(self.matrix(wanted, multi_label=False), axis=1)
        return ids

    def matrix(self, wanted: Sequence[str], *, multi_label: bool) -> NDArray[np.float64]:
        """Return (n, len(wanted)): 0/1 if `multi_label`, else a distribution per row."""
        if multi_label and self.labels.soft:
            raise LabelError(
                f"The labels of {self.called!r} are probabilities that sum to 1, but a model with "
                "several labels per text needs 0 or 1 for each. Cut the probabilities at a bar, or "
                "load the model as single-label."
            )
        columns = self._columns(wanted)
        matrix = np.zeros((len(self.rows), len(wanted)))
        if self.labels.codes is not None:
            matrix[np.arange(len(self.rows)), columns[self.labels.codes[self.rows]]] = 1.0
            return matrix
        assert self.labels.matrix is not None
        numbers = self.labels.matrix[self.rows]
        for index in range(len(self.labels.names)):
            if columns[index] >= 0:
                matrix[:, columns[index]] += numbers[:, index]
        if not self.labels.soft:
            matrix = np.minimum(matrix, 1.0)
        if not multi_label:
            self._check_one_each(matrix)
        return matrix

    def _check_one_each(self, matrix: NDArray[np.float64]) -> None:
        odd = np.flatnonzero(np.abs(matrix.sum(axis=1) - 1) > 1e-6)
        if odd.size:
            row = int(odd[0])
            count = int(matrix[row].sum())
            raise LabelError(
                f"{odd.size:,} of {len(matrix):,} examples of {self.called!r} do not have exactly "
                f"one label, but the model gives one: {self.origin(row)} has {count} "
                f"({self.labels.text(int(self.rows[row]))}). Load the model as multi-label, or the "
                "data with one label each."
            )

    def _columns(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Return the model's index of each of `labels.names`; -1 for one that no row here has."""
        names = self.labels.names
        found = [position(name, wanted) for name in names]
        counts = self._counts()
        meant = [index for index in range(len(names)) if counts[index] or self.labels.declared]
        lost = [index for index in meant if found[index] is None]
        if lost:
            message = _systematic(self.called, [names[index] for index in meant], wanted)
            if len(lost) < len(meant) or message is None:
                message = self._unknown_label(lost, counts, wanted)
            raise LabelError(message)
        return np.array([-1 if each is None else each for each in found], dtype=np.int64)

    def _counts(self) -> NDArray[np.int64]:
        if self.labels.codes is not None:
            codes = self.labels.codes[self.rows]
            return np.bincount(codes, minlength=len(self.labels.names)).astype(np.int64)
        assert self.labels.matrix is not None
        counts: NDArray[np.int64] = (self.labels.matrix[self.rows] > 0).sum(axis=0)
        return counts

    def _unknown_label(
        self, lost: list[int], counts: NDArray[np.int64], wanted: Sequence[str]
    ) -> str:
        name = self.labels.names[lost[0]]
        others = [self.labels.names[index] for index in lost[1:]]
        near = difflib.get_close_matches(name, wanted, n=1, cutoff=0.5)
        target = near[0] if near else wanted[0]
        hint = f" Did you mean {near[0]!r}?" if near else ""
        more = f" Also unknown: {_listed(others)}." if others else ""
        return (
            f"The label {name!r} of {self.called!r} is none of the model's.{hint} It occurs in "
            f"{counts[lost[0]]:,} of {len(self.rows):,} examples{self._first(lost[0])}.{more} "
            f"The model's labels: {_listed(wanted)}. Rename it when loading, for example "
            f"load_data(..., label_names={{{name!r}: {target!r}}}), "
            "or leave those examples out with data.where(...)."
        )

    def _first(self, index: int) -> str:
        if self.labels.codes is not None:
            has = self.labels.codes[self.rows] == index
        else:
            assert self.labels.matrix is not None
            has = self.labels.matrix[self.rows, index] > 0
        return f" (first: {self.origin(int(np.argmax(has)))})" if has.any() else ""


def position(name: str, wanted: Sequence[str]) -> int | None:
    """Return the model's index of a label: the same name, else the one that differs in case or
    surrounding space alone, else the LABEL_i of a number.
    """
    if name in wanted:
        return list(wanted).index(name)
    folded = name.strip().casefold()
    alike = [index for index, each in enumerate(wanted) if each.strip().casefold() == folded]
    if len(alike) == 1:
        return alike[0]
    number = number_of(name)
    generic = f"LABEL_{number}"
    if number is not None and generic in wanted and all(map(_GENERIC.fullmatch, wanted)):
        return list(wanted).index(generic)
    return None


def _systematic(called: str, names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Return the message if one side has numbers where the other has names."""
    generic = all(map(_GENERIC.fullmatch, wanted))
    numbers = [number for name in names if (number := number_of(name)) is not None]
    if len(numbers) == len(names) and not generic:
        return _numbers_against_names(called, sorted(numbers), wanted)
    if not numbers and generic:
        return _names_against_numbers(called, sorted(names), wanted)
    return None


def _numbers_against_names(called: str, numbers: list[int], wanted: Sequence[str]) -> str:
    known = ", ".join(map(str, numbers[:20]))
    pairs = list(zip(numbers, wanted, strict=False))
    mapping = ", ".join(f"{number}: {name!r}" for number, name in pairs[:5])
    mapping += ", …" if len(numbers) > len(pairs[:5]) else ""
    meaning = " and ".join(f"{number} means {name!r}" for number, name in pairs[:3])
    remedy = f"load_data(..., label_names={{{mapping}}})"
    if numbers == list(range(len(wanted))) and len(wanted) <= 20:
        remedy = f"load_data(..., label_names={list(wanted)!r})"
    return (
        f"The labels of {called!r} are numbers ({known}), but the model's are names "
        f"({_listed(wanted)}). Guessing which number means which name could silently swap "
        f"classes, so say it: {remedy} if {meaning}."
    )


def _names_against_numbers(called: str, names: list[str], wanted: Sequence[str]) -> str:
    return (
        f"The labels of {called!r} are names ({_listed(names)}), but the model's are only numbered "
        f"({_listed(wanted)}). Guessing which output means which name could silently swap classes, "
        f"so say it, in the order of the model's outputs: load_model(..., labels={names[:20]!r})."
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return ", ".join(map(repr, names[:20])) + more
