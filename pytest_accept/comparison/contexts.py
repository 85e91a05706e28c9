"""In what runs differ besides their verdicts: models, data, settings, versions, tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from pytest_accept.comparison.values import Difference, Run
from pytest_accept.records import DataDescription, ModelDescription, Record

_NONE = "—"
_NO_MATTER = ("progress", "keep_predictions", "cache_dir", "replay")


def run_of(name: str, record: Record) -> Run:
    """Return a run in short, under the name of its file."""
    counts = Counter(each.verdict.status for each in record.criteria)
    return Run(
        name=name,
        started=record.started,
        accepted=counts["accepted"],
        rejected=counts["rejected"],
        inconclusive=counts["inconclusive"],
        models=tuple(f"{each.name} ({_short(each.fingerprint)})" for each in record.models),
        keeps_predictions=bool(record.contents),
    )


def differences(records: Sequence[Record]) -> tuple[Difference, ...]:
    """Return every property that is not the same in all runs, models and data first."""
    found: list[Difference] = []
    for place in range(max(len(each.models) for each in records)):
        models = [each.models[place] if place < len(each.models) else None for each in records]
        number = f" {place + 1}" if max(len(each.models) for each in records) > 1 else ""
        found += _unequal("model", f"model{number}", _MODEL, models)
    for name, place in _named(records):
        tables = [_data(record, name, place) for record in records]
        again = f" ({place + 1})" if place else ""
        found += _unequal("data", f"data {name!r}{again}", _DATA, tables)
    found += _dicts("setting", [record.settings for record in records], leave=_NO_MATTER)
    machines = [record.environment for record in records]
    versions = [
        {} if each is None else {"python": each.python, "platform": each.platform, **each.versions}
        for each in machines
    ]
    found += _dicts("version", versions)
    for test in sorted({test for record in records for test in record.not_judged}):
        judged = ["not judged" if test in each.not_judged else _NONE for each in records]
        found.append(Difference(kind="test", name=test, values=tuple(judged)))
    return tuple(found)


def notes(records: Sequence[Record]) -> tuple[str, ...]:
    """Return what a reader must know before any number: other data, the same model."""
    said: list[str] = []
    other = set()
    for name, place in _named(records):
        tables = [_data(record, name, place) for record in records]
        if len({each.fingerprint for each in tables if each is not None}) > 1:
            other.add(name)
    said += [
        f"The data {name!r} are not the same in all runs: a comparison on different data is no "
        "comparison of models."
        for name in sorted(other)
    ]
    models = [{each.fingerprint for each in record.models} for record in records]
    if all(each == models[0] and None not in each for each in models) and models[0]:
        said.append("All runs judged the same models, to the last bit.")
    return tuple(said)


_MODEL: dict[str, Callable[[ModelDescription], object]] = {
    "name": lambda each: each.name,
    "source": lambda each: each.source,
    "fingerprint": lambda each: _short(each.fingerprint),
    "task": lambda each: each.task,
    "labels": lambda each: ", ".join(each.labels),
    "dtype": lambda each: each.dtype,
    "device": lambda each: each.device,
    "max_length": lambda each: each.max_length,
}

_DATA: dict[str, Callable[[DataDescription], object]] = {
    "fingerprint": lambda each: _short(each.fingerprint),
    "n": lambda each: f"{each.n:,}",
    "duplicates": lambda each: f"{each.duplicates:,}",
    "conflicts": lambda each: f"{each.conflicts:,}",
}


def _named(records: Sequence[Record]) -> Iterable[tuple[str, int]]:
    """Return the names of data, each with 0, and again with 1, … if a run has several of it."""
    many: dict[str, int] = {}
    for record in records:
        for name, count in Counter(each.name for each in record.data).items():
            many[name] = max(many.get(name, 0), count)
    return [(name, place) for name, count in many.items() for place in range(count)]


def _data(record: Record, name: str, place: int) -> DataDescription | None:
    named = [each for each in record.data if each.name == name]
    return named[place] if place < len(named) else None


def _unequal(
    kind: Literal["model", "data"],
    name: str,
    properties: dict[str, Callable[..., object]],
    described: Sequence[ModelDescription | DataDescription | None],
) -> Iterable[Difference]:
    if None in described:
        here = tuple(_NONE if each is None else "judged" for each in described)
        yield Difference(kind=kind, name=name, values=here)
    for what, of in properties.items():
        values = tuple(_NONE if each is None else str(of(each)) for each in described)
        if len({v for v, each in zip(values, described, strict=True) if each is not None}) > 1:
            yield Difference(kind=kind, name=f"{name}: {what}", values=values)


def _dicts(
    kind: Literal["setting", "version"],
    some: Sequence[dict[str, str] | dict[str, str | float | int | bool | None]],
    leave: Sequence[str] = (),
) -> Iterable[Difference]:
    for key in dict.fromkeys(key for each in some for key in each):
        values = tuple(str(each[key]) if key in each else _NONE for each in some)
        if len(set(values)) > 1 and key not in leave:
            yield Difference(kind=kind, name=key, values=values)


def _short(fingerprint: str | None) -> str:
    return "no fingerprint" if fingerprint is None else fingerprint[:12]
