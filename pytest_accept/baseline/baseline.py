"""The baseline of a suite: found by data and model when it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import pytest_accept
from pytest_accept import settings
from pytest_accept.baseline import places, updates
from pytest_accept.baseline.answers import Answers
from pytest_accept.baseline.format import Stored, parsed
from pytest_accept.baseline.matching import Match, check, match, notes
from pytest_accept.baseline.roles import role_of, roles_of
from pytest_accept.errors import DataError, LabelError, SettingError
from pytest_accept.prediction import Predictions
from pytest_accept.prediction.token_predictions import TokenPredictions
from pytest_accept.records import ModelDescription

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model

NOTHING_BEFORE = (
    "there was no baseline to compare with: these predictions become it, if all is accepted"
)

_KEPT = 8

_read: dict[Path, tuple[tuple[int, int], Stored]] = {}
_matches: dict[tuple[int, str], tuple[Stored, Match]] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matched:
    """What the last accepted model said of the examples that it knew.

    `data` are these examples, `new` and `old` the predictions of them, in their order. `first`: no
    model was accepted before, and `old` is `new`.
    """

    data: Data
    new: Any
    old: Any
    notes: tuple[str, ...]
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The stored predictions of the last accepted model, for whichever data is asked.

    It is the fixture `baseline`, and takes the place of the older model wherever two models are
    compared: `assert_negative_flip_rate_below(model, baseline, reviews, 0.02)`. Called with data it
    returns the Predictions. The file is looked up in the folder `baselines` beside the test that
    asks, by the name of the data and by the role of the model: the name or source that
    `load_model` is asked for (before `--accept-model` replaces it).

    `role` is that name if it is not the model's; `file` a baseline's file that is not looked up.
    """

    role: str | None = None
    file: Path | None = None

    def of(self, role: str) -> Baseline:
        """Return the baseline of another model of the suite, by the name it is asked for."""
        return replace(self, role=role)

    def __call__(self, data: Data, model: Model | Predictions | None = None) -> Any:
        """Return what the last accepted model said of these examples, one for each.

        Without `model` there must be a single baseline of the data beside the test. Raises
        DataError if there is none, or if an example is not in it.
        """
        if model is not None:
            matched = self.match(model, data)
            lacking, found = len(data) - len(matched.data), matched.old
        else:
            file = self._only_file(data)
            stored = _load(file)
            at = _match(stored, data.whole).lines[data.rows]
            lacking, found = int((at < 0).sum()), _predictions(stored, file, at[at >= 0], data)
        if lacking:
            raise DataError(
                f"{lacking:,} of the {len(data):,} examples of {data.population!r} are not in "
                "their baseline, so there is no prediction for each. Compare with the fixture "
                "itself (against=baseline), which leaves those out."
            )
        return found

    def match(self, new: Any, data: Data, *, allow_relabelled: bool = False) -> Matched:
        """Return the examples of `data` that are in the baseline, with both predictions of them.

        Raises DataError if there is no baseline, if labels have changed or nothing is in common,
        LabelError if it has other labels than the new model. With `--accept-update-baseline` the
        baseline is only what there is to compare with: where it cannot be, nothing is.
        """
        said = new.for_data(data) if hasattr(new, "for_data") else _predicted(new, data)
        if not isinstance(said, Predictions | TokenPredictions):
            raise SettingError(
                f"Baselines hold the predictions of classifiers and taggers, but {new!r} is "
                "another kind of model. Compare it with another model: against=load_model(...)."
            )
        updating = settings.current().update_baseline and self.file is None
        role = self.role or role_of(new)
        file = self.file or places.place(_suite(), data.name, role)
        # The baseline of another model of the suite is for that one to update.
        if updating and role in roles_of(new):
            updates.ask(file, new, said, data, role)
            allow_relabelled = True
        if updating and not file.exists():
            return Matched(data=data, new=said, old=said, notes=(NOTHING_BEFORE,), first=True)
        try:
            return self._matched(file, role, said, data, allow_relabelled)
        except DataError as error:
            if not updating:
                raise
            why = f"{NOTHING_BEFORE} (the old one: {error})"
            return Matched(data=data, new=said, old=said, notes=(why,), first=True)

    def _matched(
        self, file: Path, role: str, new: Any, data: Data, allow_relabelled: bool
    ) -> Matched:
        if not file.exists():
            raise DataError(_none_yet(file, data, role))
        stored = _load(file)
        if self.file is None and (stored.role, stored.data) != (role, data.name):
            raise SettingError(
                f"The baseline {_shown(file)!r} is of {stored.role!r} on {stored.data!r}, but the "
                f"one of {role!r} on {data.name!r} would have the same file. Give one of them "
                "another name: load_model(..., name=…), load_data(..., name=…)."
            )
        _check_labels(stored, new, file)
        whole = _match(stored, data.whole)
        check(whole, stored, data.whole, _shown(file), allow_relabelled=allow_relabelled)
        lines = whole.lines[data.rows]
        kept = np.flatnonzero(lines >= 0)
        if not len(kept):
            raise DataError(
                f"None of the {len(data):,} examples of {data.population!r} is in the baseline "
                f"{_shown(file)!r}. Write it anew with --accept-update-baseline."
            )
        return Matched(
            data=data.take(kept),
            new=new.take(kept),
            old=_predictions(stored, file, lines[kept], data.take(kept)),
            notes=notes(whole, len(kept), len(data)),
        )

    def _only_file(self, data: Data) -> Path:
        if self.file is not None:
            return self.file
        if self.role is not None:
            file = places.place(_suite(), data.name, self.role)
            if file.exists():
                return file
            raise DataError(_none_yet(file, data, self.role))
        found = places.of_data(_suite(), data.name)
        if len(found) == 1:
            return found[0]
        if not found:
            raise DataError(_none_yet(places.place(_suite(), data.name, "…"), data, None))
        names = ", ".join(repr(each.name) for each in found)
        raise SettingError(
            f"There are several baselines of {data.name!r} ({names}): say which model's with "
            "baseline(data, model)."
        )


def load_baseline(file: str | Path) -> Baseline:
    """Return the baseline in a file, for use outside of a suite: in a notebook or a script.

    >>> old = load_baseline("acceptance/baselines/reviews.runs-large.tsv")  # doctest: +SKIP
    >>> assert_no_regression(model, reviews, against=old)  # doctest: +SKIP

    Raises DataError if the file is no baseline, or damaged.
    """
    found = Path(file).expanduser()
    if not found.is_file():
        raise DataError(f"There is no baseline {str(file)!r}.")
    _load(found)
    return Baseline(file=found)


def _load(file: Path) -> Stored:
    try:
        state = file.stat()
        stamp = state.st_mtime_ns, state.st_size
        known = _read.get(file)
        if known is not None and known[0] == stamp:
            return known[1]
        text = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise DataError(f"Cannot read the baseline {_shown(file)!r}: {error}.") from error
    stored = parsed(text, _shown(file))
    _read[file] = stamp, stored
    return stored


def _match(stored: Stored, whole: Data) -> Match:
    """Return the match of all data with a baseline; several criteria of a run ask for the same."""
    key = id(stored), whole.fingerprint
    if key not in _matches:
        while len(_matches) >= _KEPT:
            del _matches[next(iter(_matches))]
        # The baseline is kept with it: an id is only unique while its object lives.
        _matches[key] = stored, match(stored, whole)
    return _matches[key][1]


def _predictions(stored: Stored, file: Path, lines: Any, data: Data) -> Any:
    described = ModelDescription(
        name=stored.model,
        source=str(file),
        task="text-classification",
        labels=stored.answers.labels,
        fingerprint=stored.model_fingerprint or None,
    )
    return stored.answers.take(lines).predictions(described, data.inputs)


def _check_labels(stored: Stored, new: Any, file: Path) -> None:
    kinds = stored.answers.kind, Answers.of(new).kind
    if kinds[0] != kinds[1]:
        raise LabelError(
            f"The baseline {_shown(file)!r} is of a model that says {kinds[0]}, but "
            f"{new.model.name!r} says {kinds[1]}. If that is meant, write it anew with "
            "--accept-update-baseline."
        )
    labels = stored.answers.labels
    gone = [each for each in labels if each not in new.labels]
    fresh = [each for each in new.labels if each not in labels]
    if not gone and not fresh:
        return
    said = [f"it lacks {', '.join(map(repr, fresh))}"] if fresh else []
    said += [f"{new.model.name!r} lacks {', '.join(map(repr, gone))}"] if gone else []
    raise LabelError(
        f"The baseline {_shown(file)!r} has other labels than {new.model.name!r}: "
        f"{' and '.join(said)}. Give the same labels the same names with "
        "load_model(..., labels=[…]), or write the baseline anew with --accept-update-baseline."
    )


def _predicted(model: Any, data: Data) -> Any:
    """Return what a model predicts; None for a language model, which predicts no labels."""
    return model.predict(data) if model.labels else None


def _suite() -> Path:
    if pytest_accept._suite is None:
        raise SettingError(
            "Outside of a pytest run there is no suite whose baseline could be meant. Name its "
            "file: against=load_baseline('acceptance/baselines/….tsv')."
        )
    return pytest_accept._suite


def _none_yet(file: Path, data: Data, role: str | None) -> str:
    of = "" if role is None else f" of {role!r}"
    others = [each.name for each in places.of_data(file.parent.parent, data.name)]
    known = f" There are {', '.join(map(repr, others))} for other models." if others else ""
    return (
        f"There is no baseline{of} on {data.name!r} yet: {_shown(file)!r} does not exist.{known} "
        "Run the suite on an accepted model with --accept-update-baseline, which writes it, and "
        "keep it under version control."
    )


def _shown(file: Path) -> str:
    """Return a file as a person would name it: from its suite's folder on."""
    return "/".join(file.parts[-3:]) if file.is_absolute() else file.as_posix()
