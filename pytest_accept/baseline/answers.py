"""What a baseline keeps of each prediction, as fields of a line and back again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction import Predictions
from pytest_accept.prediction.token_predictions import TokenPredictions
from pytest_accept.records import ModelDescription

ONE, SEVERAL, TAGS = "one label an example", "several labels an example", "a tag for each word"

_DIGITS = 5
_TAG_DIGITS = 3
_MOST_DIGITS = 17
_SPACE = "␣"  # in a tag: the tags of a sentence are separated by spaces

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """What a model said of n examples. `kind` is one of ONE, SEVERAL, TAGS.

    `values` holds for each example the probability of each label (k,), or, of tags, that of the tag
    said of each word; `tags` are those, empty for other kinds.
    """

    kind: str
    labels: tuple[str, ...]
    values: Sequence[Numbers]
    tags: Sequence[tuple[str, ...]] = ()

    @classmethod
    def of(cls, predictions: Any) -> Answers:
        """Return what is kept of Predictions or TokenPredictions."""
        if isinstance(predictions, TokenPredictions):
            return cls(
                kind=TAGS,
                labels=predictions.labels,
                values=[each.max(axis=1) for each in predictions.probabilities],
                tags=predictions.tags,
            )
        kind = SEVERAL if predictions.multi_label else ONE
        return cls(kind=kind, labels=predictions.labels, values=predictions.probabilities)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of numbers."""
        return ("probability",) if self.kind == TAGS else self.labels

    def take(self, at: npt.NDArray[np.int64]) -> Answers:
        """Return the answers at these positions, in that order."""
        order = at.tolist()
        return replace(
            self,
            values=[self.values[i] for i in order],
            tags=[self.tags[i] for i in order] if self.kind == TAGS else (),
        )

    def said(self, i: int) -> Any:
        """Return what is predicted of an example: a label's index, which labels, or tags."""
        if self.kind == TAGS:
            return self.tags[i]
        if self.kind == SEVERAL:
            return tuple((self.values[i] > 0.5).tolist())
        return int(self.values[i].argmax())

    def predictions(self, model: ModelDescription, inputs: Sequence[Any]) -> Any:
        """Return Predictions, or TokenPredictions whose other tags share what is left evenly."""
        described = replace(model, labels=self.labels, multi_label=self.kind == SEVERAL)
        truncated = np.zeros(len(self.values), np.bool_)
        if self.kind == TAGS:
            described = replace(described, task="token-classification")
            pairs = zip(self.tags, self.values, strict=True)
            return TokenPredictions(
                logits=[_logits(tags, sure, self.labels) for tags, sure in pairs],
                labels=self.labels,
                truncated=truncated,
                model=described,
                inputs=inputs,
            )
        return Predictions(
            probabilities=np.array(self.values).reshape(len(self.values), len(self.labels)),
            logits=None,
            labels=self.labels,
            multi_label=self.kind == SEVERAL,
            truncated=truncated,
            model=described,
            inputs=inputs,
        )


def rows_of(answers: Answers) -> list[list[str]]:
    """Return for each example the fields of its line: what was predicted, and rounded numbers."""
    return [_row(answers, i) for i in range(len(answers.values))]


def read(
    rows: Sequence[Sequence[str]], kind: str, labels: tuple[str, ...], *, first: int
) -> Answers:
    """Return the answers that rows of fields hold.

    Raises ValueError, naming the line counted from `first`, for fields that no model said.
    """
    if kind not in (ONE, SEVERAL, TAGS):
        raise ValueError(f"it says {kind!r}, which is unknown")
    values, tags = [], []
    for at, row in enumerate(rows, start=first):
        fields = row[1].split() if kind == TAGS else row[1:]
        values.append(_numbers(fields, at))
        if kind == TAGS:
            tags.append(tuple(each.replace(_SPACE, " ") for each in row[0].split()))
    answers = Answers(kind=kind, labels=labels, values=values, tags=tags)
    for at, row in enumerate(rows):
        _check(answers, at, row[0], first + at)
    return answers


def _row(answers: Answers, i: int) -> list[str]:
    values = answers.values[i]
    if answers.kind == TAGS:
        said = " ".join(tag.replace(" ", _SPACE) for tag in answers.tags[i])
        return [said, " ".join(f"{each:.{_TAG_DIGITS}g}" for each in values.tolist())]
    if answers.kind == SEVERAL:
        yes = values > 0.5
        return [_names(answers, i), *_rounded(values, lambda r: bool(((r > 0.5) == yes).all()))]
    best = int(values.argmax())
    return [answers.labels[best], *_rounded(values, lambda r: int(r.argmax()) == best)]


def _names(answers: Answers, i: int) -> str:
    pairs = zip(answers.labels, (answers.values[i] > 0.5).tolist(), strict=True)
    return ", ".join(name for name, yes in pairs if yes)


def _rounded(values: Numbers, same: Callable[[Numbers], bool]) -> list[str]:
    # A label that leads by less than the rounding must lead after it.
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        numbers = [f"{each:.{digits}g}" for each in values.tolist()]
        if same(np.array(numbers, np.float64)):
            break
    return numbers


def _numbers(fields: Sequence[str], line: int) -> Numbers:
    try:
        found = np.array([float(each) for each in fields])
    except ValueError:
        found = np.array([np.nan])
    if not ((found >= 0) & (found <= 1)).all():
        shown = ", ".join(fields[:5])
        raise ValueError(f"line {line} holds something else than probabilities ({shown})")
    return found


def _check(answers: Answers, i: int, said: str, line: int) -> None:
    """Raise ValueError if what a line says was predicted is not what its numbers say."""
    if answers.kind == TAGS:
        strange = [each for each in answers.tags[i] if each not in answers.labels]
        if strange or len(answers.tags[i]) != len(answers.values[i]):
            what = f"the unknown tag {strange[0]!r}" if strange else "not a number for each tag"
            raise ValueError(f"line {line} has {what}")
        return
    means = _names(answers, i) if answers.kind == SEVERAL else answers.labels[answers.said(i)]
    if said != means:
        raise ValueError(f"line {line} says {said!r}, but its probabilities say {means!r}")


def _logits(tags: Sequence[str], sure: Numbers, labels: tuple[str, ...]) -> Numbers:
    """Return log probabilities (words, k) with the largest at the tags said."""
    at = np.array([labels.index(tag) for tag in tags], np.int64)
    rest = (1 - sure) / max(1, len(labels) - 1)
    # Of rounded numbers the others together may leave no less than the one that was said.
    others = np.minimum(rest, sure * 0.999)
    found = np.repeat(others[:, None], len(labels), axis=1)
    found[np.arange(len(at)), at] = sure
    return np.asarray(np.log(np.maximum(found, 1e-300)))
