"""A model of a Record: it says what it said then, and has no weights."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Never

from pytest_accept.errors import ReplayError
from pytest_accept.loading import Model
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription
from pytest_accept.replaying.keys import question_of
from pytest_accept.replaying.lines import Table
from pytest_accept.replaying.recorded_backend import RecordedBackend
from pytest_accept.tasks import Task, TextClassification, TokenClassification, find


class RecordedModel(Model):
    """A Model whose engines look answers up. What needs its weights or tokenizer is ReplayError.

    `tables` holds the answers to each question, by the name it has in the Record.
    """

    def __init__(
        self,
        description: ModelDescription,
        tables: Mapping[str, Table],
        *,
        record: str,
        hint: str = "",
    ) -> None:
        self._tables = tables
        self._record, self._hint = record, hint
        super().__init__(task_of(description, tables), _Nothing(), description)

    @property
    def tokenizer(self) -> Any:
        """Raise ReplayError: a record has no tokenizer."""
        self._refuse("tokenizer")

    def module(self) -> Never:
        """Raise ReplayError: a record has no weights."""
        self._refuse("weights")

    def gradients(self) -> Never:
        """Raise ReplayError: a record has no weights."""
        self._refuse("gradients")

    def engine(self, question: Hashable, make: Callable[[], Engine]) -> Engine:
        """Return the engine that looks up the answers to a question."""
        return super().engine(question, lambda: self._recorded(question))

    def _recorded(self, question: Hashable) -> Engine:
        columns: int = getattr(question, "columns", 1)
        name, hint = question_of(question), self._hint
        # A task's engine is there before anything is asked, so refusing waits until something is.
        refusal = self._refusal("weights and tokenizer") if name is None else None
        table = self._tables.get(str(name))
        if table is None:
            known = ", ".join(sorted(self._tables)) or "nothing"
            hint = f" Of {name} it holds nothing; it holds {known}.{hint}"
            table = Table.empty(columns)
        return Engine(
            RecordedBackend(
                self.name, question, table, record=self._record, hint=hint, refusal=refusal
            )
        )

    def _refuse(self, what: str) -> Never:
        raise ReplayError(self._refusal(what))

    def _refusal(self, what: str) -> str:
        return (
            f"This cannot be replayed: it needs the {what} of {self.name!r}, and the record "
            f"{self._record} holds only what the model answered. Run it without --accept-replay, "
            "or leave it out of the replay with -m or -k."
        )


class _Nothing:
    """What stands behind a recorded model; the model's own methods say so before it is asked."""

    tokenizer = None

    def stamp(self) -> Hashable:
        return None

    def engine(self, reading: Reading) -> Never:
        raise AssertionError(f"a recorded model is asked for a new engine: {reading}")


def task_of(description: ModelDescription, tables: Mapping[str, Table]) -> Task:
    """Return the task that a Record's model had; ModelError if it is unknown."""
    kind = find(description.task)
    if kind is TokenClassification:
        return TokenClassification(description.labels)
    if kind is not TextClassification:
        return kind()
    labels, several = description.labels, description.multi_label
    of_function = TextClassification(labels, several, "probabilities")
    if question_of(of_function) in tables:
        return of_function
    return TextClassification(labels, several)
