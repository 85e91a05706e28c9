"""Hypothesis for many texts at once: the same findings as one by one, at a fraction of the calls.

1. Dry run. For every example an ordinary Hypothesis run against a stand-in: whatever it would ask
   the model is written down, and passes.
2. One evaluation of all that was asked: first of the beginning of every dry run, then of the whole
   run of those examples that have not failed yet. An example without a failure is finished: its dry
   run was, answer for answer, the real run.
3. Lock-step replay of the others. Each has its own Hypothesis run in its own thread, up to the next
   question that has no answer yet; the questions of all make one batch.

Every run is plain Hypothesis: its shrinker and its example database work as it documents them, and
`hypothesis_runs.find` says which settings are ours. What is asked is answered once, so no run can
be flaky because a text was predicted in two batches.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from hypothesis.database import ExampleDatabase
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

from pytest_accept.perturbations.hypothesis_runs import Found, Plan, failures, find
from pytest_accept.perturbations.lockstep import Ask, in_lockstep
from pytest_accept.prediction.predictions import Input, Predictions

WINDOW = 512
"""So many examples are searched together: enough for large batches, few enough for any memory."""

_SHARES = (1 / 8, 1)
"""Shares of the tries that a dry run makes: of a fragile example, more would be wasted."""

_MANY = 32

E = TypeVar("E")


class Predicts(Protocol):
    """What the search asks of a model."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes."""

    def predict(self, data: Any) -> Predictions:
        """Return the predictions for a list of inputs."""


class Answers:
    """What the model has said so far, each input once."""

    def __init__(self, model: Predicts) -> None:
        self.model = model
        self._known: dict[Input, npt.NDArray[np.float64]] = {}

    def missing(self, inputs: Iterable[Input]) -> list[Input]:
        """Return the inputs that have no answer yet."""
        return [each for each in inputs if each not in self._known]

    def add(self, inputs: Iterable[Input]) -> None:
        """Ask the model for what is missing, all together."""
        missing = self.missing(dict.fromkeys(inputs))
        if missing:
            said = self.model.predict(missing).probabilities
            self._known.update(zip(missing, said, strict=True))

    def get(self, inputs: Sequence[Input]) -> npt.NDArray[np.float64]:
        """Return the probabilities (n, k) of inputs that have answers."""
        return np.array([self._known[each] for each in inputs])


class AskedModel:
    """The model as a property sees it: a question may wait until others have gathered theirs."""

    def __init__(self, answers: Answers, ask: Ask[Input]) -> None:
        self._answers, self._ask = answers, ask

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the columns of `probabilities`."""
        return self._answers.model.labels

    def label(self, text: Input) -> str:
        """Return the most probable label of a text (or of a pair of texts)."""
        return self.labels[int(self.probabilities([text])[0].argmax())]

    def probabilities(self, texts: Sequence[Input]) -> npt.NDArray[np.float64]:
        """Return the probabilities of texts, of shape (n, k)."""
        missing = self._answers.missing(texts)
        if missing:
            self._ask(missing)
        return self._answers.get(texts)


Property = Callable[[AskedModel, E, Any], None]
"""Raises if it does not hold for the model, an example, and what was drawn for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Generic[E]):
    """What to look for: the strategy of an example, and the property that must hold.

    `key` names an example, `corner` the test that asks (see `Plan`). `steered`: the property guides
    Hypothesis (`hypothesis.target`), so a dry run without the model would not be the real run.
    """

    strategy: Callable[[E], SearchStrategy[Any]]
    property: Property[E]
    key: Callable[[E], str]
    corner: str
    max_examples: int
    database: ExampleDatabase | None
    steered: bool = False

    def run(self, model: Predicts, examples: Sequence[E]) -> list[Found | None]:
        """Return the smallest counterexample of each example, None where none was found."""
        found: list[Found | None] = []
        with _state_kept():
            for start in range(0, len(examples), WINDOW):
                found += self._window(Answers(model), examples[start : start + WINDOW])
        return found

    def _window(self, answers: Answers, examples: Sequence[E]) -> list[Found | None]:
        failing = range(len(examples)) if self.steered else self._failing(answers, examples)
        replays = [partial(self._real, answers, examples[i]) for i in failing]
        found: list[Found | None] = [None] * len(examples)
        for i, each in zip(failing, in_lockstep(replays, answers.add), strict=True):
            found[i] = each
        return found

    def _failing(self, answers: Answers, examples: Sequence[E]) -> list[int]:
        """Return the examples whose dry run was not the real run."""
        failing: set[int] = set()
        for share in _SHARES if self.max_examples >= _MANY else (1,):
            some = max(1, int(share * self.max_examples))
            waiting = [i for i in range(len(examples)) if i not in failing]
            dries = {i: self._dry(answers, examples[i], some) for i in waiting}
            failing |= {i for i, dry in dries.items() if dry.failed}
            tries = [_Try(i, *each) for i, dry in dries.items() for each in dry.open]
            failing |= self._fail_among(tries, answers, examples)
        return sorted(failing)

    def _dry(self, answers: Answers, example: E, some: int) -> _DryRun[E]:
        """Return what a dry run of this many tries, if there are as many, would ask."""
        dry = _DryRun(self, AskedModel(answers, _refuse), example, some)
        with suppress(_Enough):
            if find(self.strategy(example), dry, self._plan(example), dry=True) is not None:
                dry.failed = True
        return dry

    def _fail_among(
        self, tries: Sequence[_Try], answers: Answers, examples: Sequence[E]
    ) -> set[int]:
        failing: set[int] = set()
        asking = AskedModel(answers, _refuse)
        while tries:
            answers.add([each for one in tries for each in one.inputs])
            open_ones = []
            for one in tries:
                if one.example in failing:
                    continue
                try:
                    self.property(asking, examples[one.example], deepcopy(one.drawn))
                except _NoAnswerYet as question:
                    open_ones.append(_Try(one.example, one.drawn, question.inputs))
                except failures():
                    # It fails, or it uses Hypothesis in a way that needs a real run.
                    failing.add(one.example)
            tries = open_ones
        return failing

    def _real(self, answers: Answers, example: E, ask: Ask[Input]) -> Found | None:
        model = AskedModel(answers, ask)
        return find(
            self.strategy(example),
            lambda drawn: self.property(model, example, drawn),
            self._plan(example),
        )

    def _plan(self, example: E) -> Plan:
        return Plan(
            key=self.key(example),
            corner=self.corner,
            max_examples=self.max_examples,
            database=self.database,
        )


@contextmanager
def _state_kept() -> Iterator[None]:
    """Leave the random generators as they were, and spare the garbage collector.

    Hypothesis seeds Python's and NumPy's generator in every run, and restores them in the order of
    nested runs, which those of threads are not. Libraries keep millions of objects that a search,
    which makes many, need not look through again and again.
    """
    states = random.getstate(), np.random.get_state()
    freeze = gc.get_freeze_count() == 0
    if freeze:
        gc.freeze()
    try:
        yield
    finally:
        if freeze:
            gc.unfreeze()
        random.setstate(states[0])
        np.random.set_state(states[1])


class _Enough(BaseException):
    """Ends a dry run that has seen enough; not an Exception, so that it gets through."""


class _NoAnswerYet(BaseException):
    """Ends a property at its first open question; not an Exception, so that it gets through."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        super().__init__()
        self.inputs = tuple(inputs)


def _refuse(inputs: Iterable[Input]) -> None:
    raise _NoAnswerYet(inputs)


@dataclass(frozen=True, slots=True)
class _Try:
    """What a dry run drew for an example (by number), and what it would have asked of that."""

    example: int
    drawn: Any
    inputs: Sequence[Input]


@dataclass(slots=True)
class _DryRun(Generic[E]):
    """A test that passes whatever the model would say, and writes down what it is asked."""

    search: Search[E]
    model: AskedModel
    example: E
    some: int
    open: list[tuple[Any, Sequence[Input]]] = field(default_factory=list)
    failed: bool = False

    def __call__(self, drawn: Any) -> None:
        if len(self.open) == self.some < self.search.max_examples:
            raise _Enough
        try:
            kept = deepcopy(drawn)
            self.search.property(self.model, self.example, drawn)
        except _NoAnswerYet as question:
            self.open.append((kept, question.inputs))
        except UnsatisfiedAssumption:
            raise
        except failures():
            self.failed = True
