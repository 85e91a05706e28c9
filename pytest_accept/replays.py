"""pytest's side of replays: what `--accept-keep-predictions` keeps, `--accept-replay` judges.

A Record's first note says that it is a replay; the terminal shows it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pytest_accept import options
from pytest_accept.collecting import relative
from pytest_accept.errors import AcceptanceError, ReplayError
from pytest_accept.loading import Model
from pytest_accept.marked_text import printable
from pytest_accept.replaying import Kept, RecordedModels, merged
from pytest_accept.replaying.asking import asked_as
from pytest_accept.replaying.keeping import Part
from pytest_accept.reports.json import read_record

if TYPE_CHECKING:
    from pytest_accept.records import ModelDescription, Record

ANSWERS = "accept_answers"  # of an xdist worker's output
NOT_REPLAYED = "accept_not_replayed"  # of the report of a test

_OTHERS = ("model", "update_baseline")  # options that have no place in a replay


def register(config: pytest.Config) -> None:
    """Add what the options ask for; pytest.UsageError if they do not go together."""
    replayed = options.replayed(config)
    planned = config.getoption("accept_plan", None) is not None
    if replayed is not None:
        others = {name: config.getoption(f"accept_{name}", None) for name in _OTHERS}
        for other, given in {**others, "plan": planned}.items():
            if given:
                raise pytest.UsageError(
                    f"--accept-replay judges what the models of a record answered, so "
                    f"--accept-{other.replace('_', '-')} has no place in it: leave one out."
                )
        config.pluginmanager.register(Replay(config, replayed), options.REPLAY)
    if options.settings(config).keep_predictions and not planned:
        config.pluginmanager.register(Keeping(config), options.KEEPING)


class Keeping:
    """Gathers what the models of a run answer, for its Record."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._kept = Kept()
        self._parts: list[Part] = []
        self._notes: list[str] = []

    def note(self, model: Model, source: Any, given: Mapping[str, Any], *, named: bool) -> None:
        """Note that the suite asked for a model: `named`, by the fixture `accept_model`."""
        if isinstance(source, Model):
            self._kept.note(model, model.name)
            return
        root = self._config.rootpath
        self._kept.note(model, asked_as(source, given, root=root, named=named))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let an xdist worker send what its models answered; the controller writes it."""
        part = self._kept.part()
        root = self._config.rootpath
        part = replace(
            part,
            answers=tuple(replace(a, model=relative(a.model, root)) for a in part.answers),
        )
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[ANSWERS] = msgspec.to_builtins(part)
            return
        self._parts.append(part)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what the models of an xdist worker answered."""
        output = getattr(node, "workeroutput", None) or {}
        if ANSWERS in output:
            self._parts.append(msgspec.convert(output[ANSWERS], Part))
        else:
            self._notes.append("a worker crashed: what only its models answered is not kept")

    def complete(self, record: Record) -> Record:
        """Return the Record with the answers."""
        answers, notes = merged(self._parts)
        return replace(record, answers=answers, notes=(*record.notes, *notes, *self._notes))


class Replay:
    """Hands out the models of a Record, and says what could not be replayed."""

    def __init__(self, config: pytest.Config, file: Path) -> None:
        """Read the Record; pytest.UsageError if it cannot be replayed."""
        self._config = config
        self._name = options.settings(config).replay or file.name
        self._not_replayed: dict[str, str] = {}
        try:
            self._record = read_record(file)
            self._models = RecordedModels(self._record, name=self._name, hint=self._hint())
        except AcceptanceError as error:
            raise pytest.UsageError(f"--accept-replay: {printable(str(error))}") from None

    @property
    def accept_model(self) -> str | None:
        """The model that the fixture `accept_model` names in a replay."""
        return self._models.accept_model

    @property
    def only_model(self) -> tuple[str, ModelDescription]:
        """The source and the description of the record's model; ReplayError if it has several."""
        return self._models.only

    def model(self, source: Any, given: Mapping[str, Any], *, named: bool) -> Model:
        """Return the model that the suite means; ReplayError if it is not in the record."""
        if isinstance(source, Model):
            return source
        asked = asked_as(source, given, root=self._config.rootpath, named=named)
        return self._models.get(asked, given)

    def complete(self, record: Record) -> Record:
        """Return the Record with notes that say that it is a replay, and of what."""
        then = {each.name: each for each in self._record.data}
        known = {each.fingerprint for each in self._record.data}
        other = [
            f"{each.name}: {each.n:,} examples, not those of {self._name} ({then[each.name].n:,}): "
            "answers were found by content"
            for each in record.data
            if each.fingerprint not in known and each.name in then
        ]
        lacking = [f"{test}: not replayed: {why}" for test, why in self._not_replayed.items()]
        return replace(record, notes=(self._sentence(), *other, *lacking, *record.notes))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report of a test carry why it could not be replayed."""
        error = None if call.excinfo is None else call.excinfo.value
        report = yield
        if isinstance(error, ReplayError):
            setattr(report, NOT_REPLAYED, str(error))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep why a test could not be replayed; the last time counts."""
        if report.when == "setup":
            self._not_replayed.pop(report.nodeid, None)
        if hasattr(report, NOT_REPLAYED):
            self._not_replayed[report.nodeid] = getattr(report, NOT_REPLAYED)

    def _sentence(self) -> str:
        return f"replayed from {self._name}, the record of {self._record.started}: no model was run"

    def _hint(self) -> str:
        """Return what differs from the run of the record and may change what is asked."""
        now = options.settings(self._config)
        for name, option in (("seed", "--accept-seed"), ("hypothesis_seed", "--hypothesis-seed")):
            before, after = self._record.settings.get(name), getattr(now, name)
            if before != after:
                return f" (That run had {option} {before}, this one has {after}.)"
        asked = self._record.settings.get("sequential", "off")
        if asked not in ("off", now.sequential):
            return (
                " (That run asked about no more examples than it took to decide: replay it with "
                f"--accept-sequential={asked}, too.)"
            )
        return ""
