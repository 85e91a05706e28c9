"""The door of a dry run: questions are posed and counted, and no model is asked anything.

Whoever plans a run stands behind it (`begin`); metrics, questions and models knock on it. Outside
of a dry run every function here returns at once.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Given = Mapping[str, Any]
Title = Callable[[Given], str]


class Unanswered(BaseException):
    """Here a model would have to answer. Its message says what for.

    No Exception, so that neither a metric nor a test takes it for a failure of its own.
    """


class DryRun(Protocol):
    """What stands in for the answers of a run."""

    def measure(self, metric: Callable[..., Any], given: Given, title: str) -> Any:
        """Return what stands for the Estimate of a metric, called `title`."""

    def posed(self, asked: Any) -> None:
        """Take note of a question (an `Asked`); may raise Unanswered."""

    def about(self, rows: Sequence[int], clusters: Any) -> None:
        """Take note of which examples the question at hand is about."""

    def about_some(self, why: str, at_most: int | None) -> None:
        """Take note that it is about some of its examples, but not which."""

    def within(self, low: float, high: float) -> None:
        """Take note that values lie within less than the metric's range."""

    def only_these(self, drawn: bool) -> None:
        """Take note that it is about exactly the cases at hand."""

    def concludes_nothing(self, why: str) -> None:
        """Take note that the question at hand cannot be decided, whatever the model says."""

    def stops_early(self, about: str) -> None:
        """Take note that the next question is asked only until it is decided."""

    def costs(self, what: str) -> None:
        """Take note of work beside the predictions."""

    def read(self, model: Any, reading: Any, inputs: Sequence[Any]) -> None:
        """Take note of what a model is asked to read."""

    def missing(self, model: str) -> None:
        """Take note of a model that is not there yet."""

    def trained(self, model: Any, recipe: str) -> None:
        """Take note of a training that would take place."""


_running: list[DryRun] = []


def begin(run: DryRun) -> None:
    """Let `run` answer from here on."""
    _running.append(run)


def end(run: DryRun) -> None:
    """Return to what was before `run` began."""
    _running.remove(run)


def current() -> DryRun | None:
    """Return the dry run that takes place, None if models are asked."""
    return _running[-1] if _running else None


@contextmanager
def paused() -> Iterator[None]:
    """Let models answer inside a `with` block, though a dry run takes place."""
    running = list(_running)
    _running.clear()
    try:
        yield
    finally:
        _running[:] = running


def measured(title: Title | None = None) -> Callable[[F], F]:
    """Declare a metric that a dry run answers in place of the model.

    `title` names what is measured, if it is not the function's name.
    """

    def declare(metric: F) -> F:
        @functools.wraps(metric)
        def asked(*arguments: Any, **options: Any) -> Any:
            run = current()
            if run is None:
                return metric(*arguments, **options)
            given = _given(metric, arguments, options)
            return run.measure(metric, given, _title(metric, given, title))

        return asked  # type: ignore[return-value]

    return declare


def required(
    direction: Literal["above", "below"],
    bar: Callable[[Given], float],
    title: Title | None = None,
) -> Callable[[F], F]:
    """Declare an assertion that is its own metric, with the bar among its arguments."""

    def declare(assertion: F) -> F:
        @functools.wraps(assertion)
        def asked(*arguments: Any, **options: Any) -> Any:
            run = current()
            if run is None:
                return assertion(*arguments, **options)
            given = _given(assertion, arguments, options)
            measured = run.measure(assertion, given, _title(assertion, given, title))
            return measured.judge(bar(given), direction)

        return asked  # type: ignore[return-value]

    return declare


def posed(asked: Any) -> None:
    """Say that a question is posed."""
    run = current()
    if run is not None:
        run.posed(asked)


def about(rows: Sequence[int], clusters: Any) -> None:
    """Say that the question is about these rows of its examples alone, one observation each.

    `clusters` are the codes of their clusters, None where each stands for itself.
    """
    run = current()
    if run is not None:
        run.about(rows, clusters)


def about_some(why: str, *, at_most: int | None = None) -> None:
    """Say that the question is about some of its examples, but which, nobody knows before.

    `why` says how they are told; they are no more than `at_most`.
    """
    run = current()
    if run is not None:
        run.about_some(why, at_most)


def within(low: float, high: float) -> None:
    """Say that the values that a mean is of lie within these bounds, not all of its range."""
    run = current()
    if run is not None:
        run.within(low, high)


def only_these(*, drawn: bool) -> None:
    """Say that the question is about exactly the cases at hand, or all they were `drawn` from."""
    run = current()
    if run is not None:
        run.only_these(drawn)


def stops_early(about: str) -> None:
    """Say that the next question is asked of parts of its data, until it is decided.

    It is `about` the "population" that they are from, or the "data" themselves.
    """
    run = current()
    if run is not None:
        run.stops_early(about)


def ends(why: str) -> None:
    """Raise Unanswered in a dry run: from here on it takes answers to know what is asked next."""
    if current() is not None:
        raise Unanswered(why)


def concludes_nothing(why: str) -> None:
    """Say that whatever the model answers, the question stays open."""
    run = current()
    if run is not None:
        run.concludes_nothing(why)


def costs(what: str) -> None:
    """Say what work there is beside the predictions, as in "an attribution of each text"."""
    run = current()
    if run is not None:
        run.costs(what)


def _title(function: Callable[..., Any], given: Given, title: Title | None) -> str:
    return function.__name__ if title is None else title(given)


def _given(
    function: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
) -> Given:
    """Return all arguments by name, those handed on in **options among them."""
    bound = inspect.signature(function).bind(*arguments, **options)
    bound.apply_defaults()
    found = dict(bound.arguments)
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.VAR_KEYWORD:
            found.update(found.pop(each.name))
    return found
