"""All that the metrics of streamed data are made of: sums that merge, and a few examples.

Every chunk is an ordinary `Question`, so a stream means by "right", "confidence" or "loss" exactly
what data in memory do. Nothing here grows with the number of examples.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept.assertions.calibration import claims
from pytest_accept.assertions.evidence import confidence_of, example_of
from pytest_accept.assertions.question import Question
from pytest_accept.assertions.streamed.board import Board
from pytest_accept.data.contents import hashes
from pytest_accept.data.sketches import ClusteredSums, DistinctValues, SquaredCounts
from pytest_accept.errors import DataError
from pytest_accept.loading import learned
from pytest_accept.metrics import losses
from pytest_accept.metrics.calibration import confidence_bins
from pytest_accept.records import Example
from pytest_accept.statistics.calibration_grids import CalibrationGrid
from pytest_accept.statistics.grids import Grid, units

Claims = tuple[int, str | None]
"""A number of bins, and the label whose probability is claimed, None for the predicted one."""

BINS = 15
_MOST_LABELS = 2_000  # a table has the square of it
_MOST_APART = 200  # labels; beyond, repeats are not counted by label
_CELLS_APART = 8_192
_MOST_PAIRED = 16  # labels; beyond, repeats are not counted by given and said label together
_MOST_BOARDS = 20  # labels; beyond, only the surest mistakes of all are kept


class Gathered:
    """What one pass found out. `claims` says which calibrations to count."""

    def __init__(
        self, labels: tuple[str, ...], multi_label: bool, claims: Iterable[Claims]
    ) -> None:
        k = len(labels)
        if k > _MOST_LABELS:
            raise DataError(
                f"Streamed data are counted in a table of labels, of which the model has {k:,}; "
                f"the most are {_MOST_LABELS:,}. Draw a sample: load_data(..., streaming=True, "
                "limit=5000)."
            )
        self.labels, self.multi_label = labels, multi_label
        self.n = self.right = self.blank = self.truncated = self.learned = 0
        self.table = np.zeros((k, k), np.int64)
        self.cross_entropy = Grid(0, losses.LARGEST_CROSS_ENTROPY * (1 + 1e-9), dense=True)
        self.possible = 0.0
        largest = 1 if multi_label or k == 2 else 2
        self.brier_score = Grid(0, largest * (1 + 1e-9), dense=True)
        # Of each bin: examples, sum of confidences, and of what labels say of them, in UNITs.
        self.confidences = np.zeros((3, BINS), np.int64)
        self.calibration = {each: CalibrationGrid(each[0]) for each in claims}
        self.gaps = {label: Grid(-1, 1) for _, label in self.calibration}
        self.clusters, self.squares = DistinctValues(), SquaredCounts()
        apart = not multi_label and k <= _MOST_APART
        self.squares_by_label, self.squares_by_said = (
            SquaredCounts(k, cells=_CELLS_APART) if apart else None for _ in range(2)
        )
        paired = not multi_label and k <= _MOST_PAIRED
        self.squares_by_pair = SquaredCounts(k * k, cells=_CELLS_APART) if paired else None
        names = ("right", "cross_entropy", "brier_score", *(("gaps", each) for each in self.gaps))
        self.by_cluster: dict[Hashable, ClusteredSums] = {each: ClusteredSums() for each in names}
        self.mistakes, self.missed = Board(), Board()
        self.largest = {"cross_entropy": Board(), "brier_score": Board()}

    def add(self, question: Question, cluster: str, *, before: int) -> None:
        """Add examples that come after so many others of the stream.

        `cluster` is the column of what belongs together, or "text".
        """
        data, predictions = question.data, question.predictions
        n = len(data)
        numbers = np.arange(before, before + n, dtype=np.int64)
        self.n += n
        self.truncated += int(predictions.truncated.sum())
        self.learned += learned.count(question.model.fingerprint, data.inputs)
        hashed = data.text_hashes if cluster == "text" else hashes(_members(question, cluster))
        self.clusters.add(hashed)
        self.squares.add(hashed)
        if self.squares_by_label is not None:
            self.squares_by_label.add(hashed, question.label_ids())
        if self.squares_by_said is not None:
            self.squares_by_said.add(hashed, predictions.label_ids)
        self.blank += sum(map(operator.not_, map(_filled_of(data.inputs), data.inputs)))
        correct = question.correct()
        self.by_cluster["right"].add(hashed, correct.astype(np.float64))
        self.right += int(correct.sum())
        self._add_mistakes(question, np.flatnonzero(~correct), numbers)
        self._add_losses(question, numbers, hashed)
        if not self.multi_label:
            k = len(self.labels)
            joint = question.label_ids() * k + predictions.label_ids
            self.table += np.bincount(joint, minlength=k * k).reshape(k, k)
            if self.squares_by_pair is not None:
                self.squares_by_pair.add(hashed, joint)
        for (bins, label), grid in self.calibration.items():
            sure, right = claims(question, label)
            grid.add(sure, right, confidence_bins(sure, bins=bins, binning="equal_width"))
        for label, gaps in self.gaps.items():
            sure, right = claims(question, label)
            gaps.add(sure - right)
            self.by_cluster["gaps", label].add(hashed, sure - right)

    def merge(self, other: Gathered) -> None:
        """Add what was gathered of other examples of the same stream."""
        for name in ("n", "right", "blank", "truncated", "learned"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.table += other.table
        self.confidences += other.confidences
        self.possible = max(self.possible, other.possible)
        self.cross_entropy.merge(other.cross_entropy)
        self.brier_score.merge(other.brier_score)
        for each, grid in self.calibration.items():
            grid.merge(other.calibration[each])
        for label, gaps in self.gaps.items():
            gaps.merge(other.gaps[label])
        self.clusters.merge(other.clusters)
        self.squares.merge(other.squares)
        for of, sums in self.by_cluster.items():
            sums.merge(other.by_cluster[of])
        if self.squares_by_label is not None and other.squares_by_label is not None:
            self.squares_by_label.merge(other.squares_by_label)
        if self.squares_by_said is not None and other.squares_by_said is not None:
            self.squares_by_said.merge(other.squares_by_said)
        if self.squares_by_pair is not None and other.squares_by_pair is not None:
            self.squares_by_pair.merge(other.squares_by_pair)
        self.mistakes.merge(other.mistakes)
        self.missed.merge(other.missed)
        for name, board in self.largest.items():
            board.merge(other.largest[name])

    def _add_mistakes(
        self, question: Question, wrong: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> None:
        """Keep the surest mistakes, by which label was taken for which if these are not many."""
        if not len(wrong):
            return
        k = len(self.labels)
        apart = not self.multi_label and k <= _MOST_BOARDS
        true = question.label_ids()[wrong] if not self.multi_label else np.zeros_like(wrong)
        said = question.predictions.label_ids[wrong]
        groups = true * k + said if apart else np.zeros_like(wrong)

        def example(i: int) -> Example:
            return example_of(question, int(wrong[i]))

        self.mistakes.add(confidence_of(question)[wrong], groups, numbers[wrong], example)
        if apart:
            given = question.predictions.probabilities[wrong, true]
            self.missed.add(1 - given, true, numbers[wrong], example)

    def _add_losses(
        self, question: Question, numbers: NDArray[np.int64], hashed: NDArray[np.uint64]
    ) -> None:
        probabilities, targets = question.predictions.probabilities, question.targets()
        each = {
            "cross_entropy": losses.cross_entropy(
                probabilities, targets, multi_label=self.multi_label
            ),
            "brier_score": losses.brier_score(probabilities, targets, multi_label=self.multi_label),
        }
        self.cross_entropy.add(each["cross_entropy"])
        self.brier_score.add(each["brier_score"])
        largest = losses.largest_possible(probabilities, multi_label=self.multi_label)
        self.possible = max(self.possible, largest)
        example = partial(example_of, question)
        for name, values in each.items():
            self.largest[name].add(values, np.zeros(len(values), np.int64), numbers, example)
            self.by_cluster[name].add(hashed, values)
        if self.multi_label:
            return
        sure = probabilities.max(axis=1)
        right = targets[np.arange(len(sure)), question.predictions.label_ids]
        bins = confidence_bins(sure, bins=BINS, binning="equal_width")
        for row, added in enumerate((np.ones(len(bins), np.int64), units(sure), units(right))):
            np.add.at(self.confidences[row], bins, added)


def _members(question: Question, cluster: str) -> list[object]:
    values = question.data.column(cluster)
    question.data.clusters(cluster)  # which says where a value is missing
    return values


def _filled_of(inputs: list[Any]) -> Callable[[Any], object]:
    """Return a function that says of a text, or of a pair of them, whether it holds anything."""
    if isinstance(inputs[0], str):
        return str.strip
    return lambda parts: all(part.strip() for part in parts)
