"""The answers that models gave in a run, made ready for its Record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from pytest_accept.records import ModelAnswers, ReadingAnswers
from pytest_accept.replaying.keys import key_of, question_of
from pytest_accept.replaying.lines import written

if TYPE_CHECKING:
    from pytest_accept.loading import Model
    from pytest_accept.prediction.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one process kept; `alike`: ways of asking that may mean different models."""

    answers: tuple[ModelAnswers, ...]
    alike: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Kept:
    """The models of a process, each with the ways in which its suite asked for it."""

    models: dict[Model, dict[str, None]] = field(default_factory=dict)

    def note(self, model: Model, asked: str) -> None:
        """Note that a suite asked for a model, and how."""
        self.models.setdefault(model, {})[asked] = None

    def part(self) -> Part:
        """Return what the models have answered so far."""
        found: list[ModelAnswers] = []
        notes = []
        for model, asked in self.models.items():
            if any(engine.changed for engine in model.engines().values()):
                notes.append(f"no answers of {model.name!r} are kept: its weights changed")
                continue
            found.append(
                ModelAnswers(
                    asked=tuple(asked), model=model.describe(), readings=tuple(_readings(model))
                )
            )
        # Two functions of the same name need not be the same.
        alike = {
            asked
            for one, other in combinations(found, 2)
            if one.model.fingerprint is None or one.model != other.model
            for asked in set(one.asked) & set(other.asked)
        }
        return Part(answers=tuple(found), alike=tuple(sorted(alike)), notes=tuple(notes))


def merged(parts: Iterable[Part]) -> tuple[tuple[ModelAnswers, ...], tuple[str, ...]]:
    """Return the answers of all processes, together for each model, and what a reader must know.

    Two models that are asked for alike could not be told apart, so none of them is kept.
    """
    parts = list(parts)
    models: list[ModelAnswers] = []
    for part in (each for some in parts for each in some.answers):
        at = next((i for i, known in enumerate(models) if _is_same(known, part)), None)
        if at is None:
            models.append(part)
        else:
            models[at] = _joined(models[at], part)
    ways = Counter(asked for each in models for asked in each.asked)
    alike = {asked for part in parts for asked in part.alike}
    alike |= {asked for asked, count in ways.items() if count > 1}
    notes = [
        f"no answers of the models that are asked for as {asked} are kept: there are several. Give "
        "each a name of its own, load_model(..., name=…)"
        for asked in sorted(alike)
    ]
    kept = (_sorted(each) for each in models if not set(each.asked) & alike)
    said = dict.fromkeys([*(note for part in parts for note in part.notes), *notes])
    return tuple(sorted(kept, key=lambda each: each.asked)), tuple(said)


def _readings(model: Model) -> Iterator[ReadingAnswers]:
    for question, engine in model.engines().items():
        kept = _reading(question, engine)
        if kept is not None:
            yield kept


def _reading(question: Hashable, engine: Engine) -> ReadingAnswers | None:
    name = question_of(question)
    if name is None:
        return None
    inputs, answers, cut = engine.answered()
    if not inputs:
        return None
    dtype: Literal["float32", "float64"] = (
        "float32" if answers.rows.dtype == "float32" else "float64"
    )
    return ReadingAnswers(
        reading=name,
        columns=engine.backend.columns,
        dtype=dtype,
        answers=tuple(written([key_of(each) for each in inputs], answers, cut)),
    )


def _is_same(one: ModelAnswers, other: ModelAnswers) -> bool:
    return one.model == other.model and bool(set(one.asked) & set(other.asked))


def _joined(one: ModelAnswers, other: ModelAnswers) -> ModelAnswers:
    readings: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
    for each in (*one.readings, *other.readings):
        known = readings[each.reading, each.columns, each.dtype]
        for line in each.answers:
            # What two processes answered differs in the last digits at most: whichever comes first
            # must not decide, or two runs would differ.
            key = line[:16]
            known[key] = min(line, known.get(key, line))
    return replace(
        one,
        asked=tuple(sorted({*one.asked, *other.asked})),
        readings=tuple(
            ReadingAnswers(
                reading=reading,
                columns=columns,
                dtype="float32" if dtype == "float32" else "float64",
                answers=tuple(lines.values()),
            )
            for (reading, columns, dtype), lines in readings.items()
        ),
    )


def _sorted(found: ModelAnswers) -> ModelAnswers:
    """Return the same answers in an order that does not tell who asked first."""
    return replace(
        found,
        asked=tuple(sorted(found.asked)),
        readings=tuple(
            replace(each, answers=tuple(sorted(each.answers)))
            for each in sorted(found.readings, key=lambda each: each.reading)
        ),
    )
