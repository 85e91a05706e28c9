"""The models of a Record, found by how a suite asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_accept.errors import AcceptanceError, ReplayError, unknown
from pytest_accept.prediction.probabilities import as_probabilities
from pytest_accept.records import ModelAnswers, ModelDescription, ReadingAnswers, Record
from pytest_accept.replaying.keys import NAMED
from pytest_accept.replaying.lines import Table, read
from pytest_accept.replaying.recorded_model import RecordedModel

_READING = re.compile(r"(\w+)\(")


class RecordedModels:
    """Returns the Model of the Record that a suite means."""

    def __init__(self, record: Record, *, name: str, hint: str = "") -> None:
        """Read all answers; ReplayError if there are none, or if they are damaged.

        `name` is what to call the record, `hint` what may be why an answer is missing.
        """
        self._name = name
        self._ways: dict[str, RecordedModel] = {}
        self._asked: set[str] = set()
        self._named: str | None = None
        for each in record.answers:
            try:
                tables = {reading.reading: _table(reading, each) for reading in each.readings}
                model = RecordedModel(each.model, tables, record=name, hint=hint)
            except (ValueError, AcceptanceError) as error:
                said = str(error).rstrip(".")
                raise ReplayError(
                    f"The answers of {each.model.name!r} in {name} are damaged: {said}."
                ) from None
            for asked in each.asked:
                if asked in self._ways:
                    raise ReplayError(f"The record {name} holds two models asked for as {asked}.")
                self._ways[asked] = model
                if asked.partition(", ")[0] == "accept_model":
                    self._named = each.model.source
        if not self._ways:
            raise ReplayError(
                f"The record {name} holds no answers of models, so there is nothing to replay. Run "
                "the suite with --accept-keep-predictions."
            )

    @property
    def accept_model(self) -> str | None:
        """The model that the fixture `accept_model` named in that run, else the only one."""
        models = set(self._ways.values())
        return next(iter(models)).describe().source if len(models) == 1 else self._named

    @property
    def only(self) -> tuple[str, ModelDescription]:
        """What the record's only model was asked for as, and what it is.

        ReplayError if the record holds several.
        """
        models = set(self._ways.values())
        if len(models) > 1:
            names = ", ".join(sorted(self._ways))
            raise ReplayError(f"The record {self._name} holds several models: {names}.")
        asked, model = next(iter(self._ways.items()))
        return asked.partition(", ")[0], model.describe()

    def get(self, asked: str, options: Mapping[str, Any]) -> RecordedModel:
        """Return the model asked for; of a record of one model, that one, if only it is asked for.

        ReplayError if it is not clear which, or if it is not for the task or labels in `options`.
        """
        self._asked.add(asked)
        models = list(dict.fromkeys(self._ways.values()))
        stands_in = len(models) == 1 and len(self._asked) == 1
        if asked in self._ways and (len(models) > 1 or self._asked <= set(self._ways)):
            return self._ways[asked]
        if not stands_in:
            several = "" if len(models) > 1 else " It holds one model, and this suite asks for two."
            raise ReplayError(
                f"In the record {self._name}: {unknown('model', asked, self._ways)}{several}"
            )
        _check_fits(models[0], options, self._name)
        return models[0]


def _table(found: ReadingAnswers, of: ModelAnswers) -> Table:
    name = _READING.match(found.reading)
    if name is None or name[1] not in NAMED or not found.reading.isprintable():
        raise ValueError(f"they are to a question that is not known, {found.reading[:60]!r}")
    columns = getattr(NAMED[name[1]], "columns", None)
    if not isinstance(columns, int):  # one for each label
        columns = len(of.model.labels)
    if found.columns != columns:
        raise ValueError(f"{found.columns} numbers a row to {name[1]}, which has {columns}")
    table = read(found.answers, columns=columns, dtype=found.dtype)
    if found.reading.endswith("gives='probabilities')"):
        several = of.model.multi_label
        as_probabilities(table.rows, columns, "what a function answered", multi_label=several)
    return table


def _check_fits(model: RecordedModel, options: Mapping[str, Any], record: str) -> None:
    task, labels = options.get("task"), options.get("labels")
    other_labels = labels is not None and tuple(map(str, labels)) != model.labels
    if other_labels or task not in (None, model.task):
        raise ReplayError(
            f"The record {record} holds one model, {model.name!r} for {model.task} with the labels "
            f"{list(model.labels)!r}, which is not the one asked for."
        )
