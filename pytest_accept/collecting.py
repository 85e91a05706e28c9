"""From what tests judged to the Record of a run: attached to test reports, sent, and assembled."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from pytest_accept import options
from pytest_accept.recording import Judged
from pytest_accept.records import (
    DEFAULT_BAR,
    LOOKED,
    Contents,
    Criterion,
    DataDescription,
    Environment,
    ModelDescription,
    PerExample,
    Record,
    Training,
    Verdict,
)

_VERSIONS = (
    "pytest-model-acceptance",
    "pytest",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "numpy",
    "scipy",
)

_DEFAULTS = (
    "default criteria: the bars are pytest_accept's, no requirements of yours. To pass them is to "
    "beat trivial answers and to stay within conventions, and does not say that a model is good "
    "enough"
)

_LAST_FAILED = "only tests that failed last time were run (--lf): the answer is of them alone"

_sent_key = pytest.StashKey[set[str]]()


def attachment(
    judged: Iterable[Judged], trainings: Iterable[Training], item: pytest.Item, outcome: str
) -> dict[str, Any]:
    """Return what a test judged and trained as plain lists and dicts, for its report to carry.

    What it judged again and again, as tests with `@given` do, is carried once.
    """
    root = item.config.rootpath
    once = {(each.verdict, each.model, each.data): each for each in reversed(list(judged))}
    return {
        "outcome": outcome,
        "test": item.nodeid,
        "line": _line(item),
        "order": item.session.items.index(item) if item in item.session.items else 0,
        "environment": asdict(environment()),
        "criteria": [
            {
                "verdict": msgspec.to_builtins(each.verdict),
                "model": msgspec.to_builtins(_anywhere(relative(each.model, root))),
                "data": msgspec.to_builtins(relative(each.data, root)),
                "seconds": each.seconds,
                "each": msgspec.to_builtins(each.each),
                "shared": each.shared,
            }
            for each in reversed(once.values())
        ],
        "trainings": [msgspec.to_builtins(each) for each in trainings],
        "contents": _contents(once.values(), item.config),
    }


def with_shared(before: dict[str, Any], attached: dict[str, Any]) -> dict[str, Any]:
    """Return what a test judged when it was run again, and what shared fixtures judged before."""
    again = [_question(each) for each in attached["criteria"]]
    shared = [each for each in before["criteria"] if each["shared"] is not None]
    kept = [each for each in shared if _question(each) not in again]
    return {**attached, "criteria": [*kept, *attached["criteria"]]}


def _question(judged: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a criterion asks, whatever the answer."""
    verdict = judged["verdict"]
    about = (verdict[name] for name in ("bar", "direction", "population"))
    estimate = (verdict["estimate"][name] for name in ("metric", "options", "confidence"))
    return (*about, *estimate, judged["model"], judged["data"])


def assemble(
    attached: Iterable[dict[str, Any]],
    trainings: Iterable[dict[str, Any]],
    contents: Mapping[str, dict[str, Any]],
    *,
    config: pytest.Config,
    started: float,
    exit_status: int,
    not_judged: Iterable[str],
    unasked: int,
    not_ended: int,
    only_last_failed: bool,
) -> Record:
    """Return the Record of a run, in the order of its tests, whichever worker ran them.

    `unasked` counts acceptance tests that were deselected or skipped, `not_ended` those that an end
    of the run came before. `only_last_failed`: pytest ran only what failed last (`--lf`).
    """
    ordered = sorted(attached, key=lambda each: (each["order"], each["test"]))
    models: dict[ModelDescription, int] = {}  # each with its position
    data: dict[DataDescription, int] = {}
    criteria: list[Criterion] = []
    by_fixtures: list[tuple[Any, ...]] = []
    for each in ordered:
        for judged in each["criteria"]:
            if judged["shared"] is not None:  # of several workers each has set up the fixture
                asked = (judged["shared"], *_question(judged))
                if asked in by_fixtures:
                    continue
                by_fixtures.append(asked)
            model = msgspec.convert(judged["model"], ModelDescription)
            table = msgspec.convert(judged["data"], DataDescription)
            criteria.append(
                Criterion(
                    test=each["test"],
                    outcome=each["outcome"],
                    verdict=msgspec.convert(judged["verdict"], Verdict),
                    model=models.setdefault(model, len(models)),
                    data=data.setdefault(table, len(data)),
                    seconds=round(judged["seconds"], 3),
                    line=each["line"],
                    each=msgspec.convert(judged["each"], PerExample | None),
                )
            )
    where = ordered[0]["environment"] if ordered else None
    return Record(
        started=datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        seconds=round(time.time() - started, 3),
        exit_status=exit_status,
        environment=msgspec.convert(where, Environment) if where else None,
        settings=_settings(config),
        models=tuple(models),
        data=tuple(data),
        criteria=tuple(criteria),
        trainings=_trainings(trainings),
        contents=tuple(
            msgspec.convert({**contents[table.fingerprint], "data": place}, Contents)
            for place, table in enumerate(data)
            if table.fingerprint in contents
        ),
        not_judged=tuple(not_judged),
        notes=(
            *_broken_off(not_ended),
            *_left_out(unasked),
            *((_LAST_FAILED,) if only_last_failed else ()),
            *_notes(criteria),
        ),
    )


@cache
def environment() -> Environment:
    """Return the versions of Python and of the libraries that touch the numbers."""
    versions = {}
    for name in _VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return Environment(
        python=platform.python_version(), platform=platform.platform(), versions=versions
    )


def _contents(judged: Iterable[Judged], config: pytest.Config) -> dict[str, dict[str, Any]]:
    """Return which examples the data have, by fingerprint, once in the life of a process."""
    sent = config.stash.setdefault(_sent_key, set())
    found = {}
    for each in judged:
        if each.contents is not None and each.data.fingerprint not in sent:
            sent.add(each.data.fingerprint)
            found[each.data.fingerprint] = msgspec.to_builtins(each.contents)
    return found


def _settings(config: pytest.Config) -> dict[str, str | float | int | bool | None]:
    """Return the settings of a run, without those of this machine."""
    from pytest_accept.settings import OF_THE_MACHINE

    found = asdict(options.settings(config))
    return {name: value for name, value in found.items() if name not in OF_THE_MACHINE}


def _trainings(sent: Iterable[dict[str, Any]]) -> tuple[Training, ...]:
    """Return each training once, in the order of names and seeds, whichever worker had it.

    Of two workers one has trained, and the other found the result in the cache.
    """
    once: dict[Any, Training] = {}
    for training in (msgspec.convert(each, Training) for each in sent):
        key = training.key or replace(training, seconds=0)
        known = once.setdefault(key, training)
        if known.cached and not training.cached:
            once[key] = training
    return tuple(sorted(once.values(), key=lambda each: (each.name, each.seed, each.key)))


def _broken_off(not_ended: int) -> tuple[str, ...]:
    """Return that tests are missing which the run should have had, if so."""
    if not not_ended:
        return ()
    tests = "1 acceptance test" if not_ended == 1 else f"{not_ended:,} acceptance tests"
    return (f"{tests} did not run to the end: the answer is of the rest of the suite",)


def _left_out(unasked: int) -> tuple[str, ...]:
    """Return that the answer is of a part of the suite, if it is."""
    if not unasked:
        return ()
    tests = "1 acceptance test was" if unasked == 1 else f"{unasked:,} acceptance tests were"
    return (f"{tests} deselected or skipped: the answer is of the rest of the suite",)


def _notes(criteria: list[Criterion]) -> tuple[str, ...]:
    """Return what must be known of whole populations, each note once.

    Where default bars come from is a note on each criterion; of the run it is said once. How many
    examples one took is its own affair.
    """
    notes = dict.fromkeys(
        f"{criterion.verdict.population}: {note}"
        for criterion in criteria
        for note in criterion.verdict.estimate.notes
        if not _is_default(note) and not note.startswith(LOOKED)
    )
    default = any(_is_default(note) for c in criteria for note in c.verdict.estimate.notes)
    return (_DEFAULTS, *notes) if default else tuple(notes)


def _is_default(note: str) -> bool:
    return note.startswith(DEFAULT_BAR)


def _line(item: pytest.Item) -> int | None:
    """Return the line of a test in the file of its node id, where a method is not inherited."""
    file, line, _ = item.location
    here = Path(file).as_posix() == item.nodeid.partition("::")[0]
    return line + 1 if here and line is not None else None


D = TypeVar("D", ModelDescription, DataDescription)


def _anywhere(model: ModelDescription) -> ModelDescription:
    """Return the description without which of several GPUs it was: workers have one each."""
    return replace(model, device=model.device and model.device.partition(":")[0])


def relative(description: D, root: Path) -> D:
    """Return the description with its source relative to `root`, or a bare name if outside."""
    source = Path(description.source)
    if not source.is_absolute():
        return description
    inside = source.is_relative_to(root)
    return replace(description, source=str(source.relative_to(root)) if inside else source.name)
