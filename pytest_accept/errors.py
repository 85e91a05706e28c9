"""The exception tree.

Exception
├── AssertionError
│   └── AcceptanceFailure      the model did not meet a criterion: `.verdict` says how far off
└── AcceptanceError            the check itself could not be made: never a statement on the model
    ├── SettingError           an argument, a marker, an option or an ini value is wrong
    ├── ModelError             a model cannot be loaded, or not safely, or lacks its head
    ├── DataError              data cannot be read, or lacks a column, or is empty
    │   └── LabelError         the labels of the data and of the model do not match
    ├── PredictionError        a model answered with something that is not a prediction
    ├── TrainingError          a training came to no model: its loss was NaN, say
    ├── BackendError           what should run a model cannot: no such cluster, no package, no room
    ├── CacheError             what is kept of a model is not what the model says
    └── ReplayError            a record does not hold the answer, so it cannot be replayed

UserWarning
├── DamagedCacheWarning        what the cache holds is not what was written there: it is made again
└── CacheNotWrittenWarning     the cache folder takes no files: the run goes on without keeping
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_accept.records import Training, Verdict


class AcceptanceFailure(AssertionError):  # noqa: N818 - a failure is not an error of the check
    """A criterion was not met (or not shown to be met). `verdict` is the first that failed.

    `verdicts` holds all of them when one assertion judged several criteria.
    """

    def __init__(self, message: str, verdicts: Iterable[Verdict]) -> None:
        super().__init__(message)
        self.verdicts = tuple(verdicts)
        self.verdict = self.verdicts[0]


class AcceptanceError(Exception):
    """The check could not be made. Not an AssertionError: a broken check is not a bad model."""


class SettingError(AcceptanceError, ValueError):
    """An argument, a marker, an option or an ini value is wrong."""


class ModelError(AcceptanceError):
    """A model cannot be loaded, or not safely, or lacks the head that its task needs."""


class DataError(AcceptanceError):
    """Data cannot be read, lacks a column, or is empty."""


class LabelError(DataError):
    """The labels of the data and the labels of the model do not match."""


class PredictionError(AcceptanceError):
    """A model answered with something that is not a prediction."""


class TrainingError(AcceptanceError):
    """A training came to no model, because its loss was NaN, say. Of a recipe it is a failed run.

    `training` is its log, None if there is none.
    """

    def __init__(self, message: str, training: Training | None = None) -> None:
        super().__init__(message)
        self.training = training


class BackendError(AcceptanceError):
    """What should run a model cannot: a package or a cluster is missing, or its workers died."""


class CacheError(AcceptanceError):
    """What is kept of a model is not what the model says: `--accept-cache=verify` found it."""


class ReplayError(AcceptanceError):
    """A record does not hold what was asked of it: a run with the model would answer."""


class DamagedCacheWarning(UserWarning):
    """What the cache holds is not what was written there. It is made again."""


class CacheNotWrittenWarning(UserWarning):
    """The cache folder takes no files: it is read-only, say, or full. Nothing more is kept."""


for _public in (
    AcceptanceFailure,
    AcceptanceError,
    SettingError,
    ModelError,
    DataError,
    LabelError,
    PredictionError,
    TrainingError,
    BackendError,
    CacheError,
    ReplayError,
    DamagedCacheWarning,
    CacheNotWrittenWarning,
):
    # pytest's short summary cuts long lines: `pytest_accept.DataError: …` leaves room for numbers.
    _public.__module__ = "pytest_accept"


def unknown(kind: str, name: object, known: Iterable[object]) -> str:
    """Return the sentence for an unknown name: the kind, the nearest, the known ones.

    >>> unknown("column", "lable", ["text", "label"])
    "There is no column 'lable'. Did you mean 'label'? Known: 'text', 'label'."
    """
    names = [str(each) for each in known]
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(repr(each) for each in names[:20]) or "none"
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return f"There is no {kind} {str(name)!r}.{hint} Known: {shown}{more}."


def shown(value: object, width: int = 80) -> str:
    """Return a value as Python writes it, of at most `width` characters.

    >>> shown("a" * 10, width=8)
    "'aaaaa…'"
    """
    whole = repr(value)
    if len(whole) <= width:
        return whole
    closing = whole[-1] if whole[-1] in "'\")]}" else ""
    return whole[: width - 1 - len(closing)] + "…" + closing


def expected(name: str, what: str, got: object) -> str:
    """Return the sentence for a bad argument: name, what it should be, what came and its type.

    >>> expected("bar", "a number between 0 and 1", 85)
    'Expected `bar` to be a number between 0 and 1, but got 85 (int).'
    """
    return f"Expected `{name}` to be {what}, but got {got!r} ({type(got).__name__})."


def check_count(name: str, value: object, *, least: int = 1) -> None:
    """Raise SettingError for what is no integer of `least` or more.

    >>> check_count("draws", 0)
    Traceback (most recent call last):
    pytest_accept.SettingError: Expected `draws` to be an integer of 1 or more, but got 0 (int).
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingError(expected(name, f"an integer of {least} or more", value))
