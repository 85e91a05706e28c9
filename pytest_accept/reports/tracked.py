"""What tracking tools are told of a Record: its criteria by model, under names, as numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from pytest_accept.marked_text import printable
from pytest_accept.records import Criterion, ModelDescription, Record, Status

STATUS: dict[Status, int] = {"accepted": 1, "inconclusive": 0, "rejected": -1}


@dataclass(frozen=True, slots=True)
class Tracked:
    """A criterion under a name that no other of its model has, and its finite numbers.

    `population` and `metric` are its name: on one line, without "/". `numbers` has `value`, `low`,
    `high`, `bar`, `margin` (how far the bound that counts is on the right side of the bar: 0 or
    more if accepted), `status` (1 accepted, 0 inconclusive, -1 rejected) and `n`.
    """

    population: str
    metric: str
    criterion: Criterion
    numbers: dict[str, float]

    @property
    def bar(self) -> float:
        """The bar of the criterion."""
        return self.criterion.verdict.bar


@dataclass(frozen=True, slots=True)
class TrackedModel:
    """A model with its criteria; `name` is unlike those of the other models of the Record."""

    name: str
    model: ModelDescription
    criteria: tuple[Tracked, ...]


def start(record: Record) -> datetime:
    """Return when a run started, in UTC."""
    return datetime.fromisoformat(record.started).astimezone(UTC)


def tracked_models(record: Record) -> tuple[TrackedModel, ...]:
    """Return the models in the order of the Record."""
    names = unlike([_plain(each.name) or "model" for each in record.models])
    return tuple(
        TrackedModel(
            name=name,
            model=model,
            criteria=_tracked([each for each in record.criteria if each.model == position]),
        )
        for position, (name, model) in enumerate(zip(names, record.models, strict=True))
    )


def _tracked(criteria: list[Criterion]) -> tuple[Tracked, ...]:
    populations = [_plain(each.verdict.population) or "data" for each in criteria]
    metrics = [_plain(_metric(each)) for each in criteria]
    # What is asked twice of the same is told apart by a number, in the order of the tests.
    names = unlike([f"{p}/{m}" for p, m in zip(populations, metrics, strict=True)])
    return tuple(
        Tracked(
            population=population,
            metric=name.partition("/")[2],
            criterion=criterion,
            numbers=_numbers(criterion),
        )
        for criterion, population, name in zip(criteria, populations, names, strict=True)
    )


def _metric(criterion: Criterion) -> str:
    verdict = criterion.verdict
    named = verdict.behaviour.name if verdict.behaviour is not None else ""
    return f"{named}: {verdict.estimate.name}" if named else verdict.estimate.name


def _numbers(criterion: Criterion) -> dict[str, float]:
    verdict = criterion.verdict
    estimate, bar = verdict.estimate, verdict.bar
    numbers = {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "bar": bar,
        "margin": estimate.low - bar if verdict.direction == "above" else bar - estimate.high,
        "status": STATUS[verdict.status],
        "n": estimate.n,
    }
    return {name: float(number) for name, number in numbers.items() if math.isfinite(number)}


def _plain(text: str) -> str:
    return printable(text, 120).replace("/", "|")


def unlike(names: list[str], form: str = "{} ({})") -> list[str]:
    """Return the names, with a number in this form after those that were there before."""
    used: set[str] = set()
    times: dict[str, int] = {}
    found = []
    for name in names:
        tried = name
        while tried in used:
            times[name] = times.get(name, 1) + 1
            tried = form.format(name, times[name])
        used.add(tried)
        found.append(tried)
    return found
