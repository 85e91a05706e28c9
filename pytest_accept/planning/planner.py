"""The dry run of a suite: what it asks, of how many examples, and what it would predict for it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_accept import settings
from pytest_accept.assertions.asked import Asked, as_data
from pytest_accept.assertions.judgement import check_bar, interval_of, metric_range
from pytest_accept.assertions.perturbed import is_function
from pytest_accept.dry_run import Given, Unanswered
from pytest_accept.loading import Model
from pytest_accept.loading.stand_ins import StandIn, is_stand_in
from pytest_accept.planning.posed import Bounded, PosedCriterion
from pytest_accept.planning.unmeasured import UnmeasuredEstimate
from pytest_accept.records import Direction
from pytest_accept.statistics.prospects import independent_at_worst
from pytest_accept.training.recipes import checked_seeds, name_of

if TYPE_CHECKING:
    from pytest_accept.data import Data

_SEARCHES = ("assert_no_flip_within", "for_each_example")
_COMMON = {"where", "cluster", "confidence", "point", "metric", "seeds"}
_SAID_ELSEWHERE = {
    "allow_relabelled", "capability", "limit", "min_changed", "min_group_size", "name",
    "only_these", "shown",
}  # fmt: skip
_SUBJECTS = {
    "after", "cases", "data", "model", "new", "property", "recipe", "strategy", "worse_by",
}  # fmt: skip
_UNNAMED = {"method", "perturbation", "transform", "swap"}
_LONGEST = 60


@dataclass(kw_only=True)
class _Question:
    """A question on its way to the model, and what it has said of itself so far."""

    metric: Callable[..., Any]
    title: str
    given: Given
    posed: Asked[Any] | None = None
    n: int | None = None
    codes: Any = None
    some: str = ""
    at_most: int | None = None
    these: bool = False
    drawn: bool = False
    last: int = 0
    span: tuple[float, float] | None = None
    nothing: str = ""
    sequential: str = ""
    costs: list[str] = field(default_factory=list)
    predictions: int = 0
    reads: int = 0

    @property
    def data(self) -> Data | None:
        """What it is about, None if that cannot be told."""
        if self.posed is not None:
            return self.posed.data
        given = self.given.get("data", self.given.get("cases"))
        return None if given is None else as_data(given, self.given.get("where"))


class Planner:
    """A dry run (see `dry_run.DryRun`) that keeps the criteria which it meets.

    `test` is the one that runs, "" if none does. `trainings` are the names of models that would be
    trained, `missing_models` of those that are not there yet; `predictions` counts those of no
    criterion.
    """

    def __init__(self) -> None:
        self.test = ""
        self.criteria: list[PosedCriterion] = []
        self.trainings: dict[str, None] = {}
        self.missing_models: dict[str, None] = {}
        self.predictions = 0
        self._at: _Question | None = None
        self._sequential = ""
        self._seen: dict[tuple[Any, Any], set[Any]] = {}

    def measure(self, metric: Callable[..., Any], given: Given, title: str) -> Any:
        """Follow a metric as far as it goes without answers, and return what stands for it.

        What it asks other metrics is a part of its own question.
        """
        if self._at is not None:
            return metric(**given)
        question = _Question(metric=metric, title=title, given=given, sequential=self._sequential)
        self._sequential = ""
        self._at = question
        try:
            metric(**given)
        except Unanswered:
            pass
        finally:
            self._at = None
        return UnmeasuredEstimate(title, functools.partial(self._keep, question))

    def posed(self, asked: Any) -> None:
        """Take note of a question; one to stored predictions goes no further."""
        if self._at is None or self._at.posed is not None:
            return
        self._at.posed = asked
        if not is_stand_in(asked.subject):
            raise Unanswered("it is of predictions that are at hand")

    def about(self, rows: Sequence[int], clusters: Any) -> None:
        """Take note of which examples the question at hand is about."""
        if self._at is not None:
            self._at.n, self._at.codes = len(rows), clusters

    def about_some(self, why: str, at_most: int | None) -> None:
        """Take note that it is about some of its examples, but not which."""
        if self._at is not None:
            self._at.some, self._at.at_most = why, at_most

    def within(self, low: float, high: float) -> None:
        """Take note that values lie within less than the metric's range."""
        if self._at is not None:
            self._at.span = low, high

    def only_these(self, drawn: bool) -> None:
        """Take note that it is about exactly the cases at hand."""
        if self._at is not None:
            self._at.these, self._at.drawn = True, drawn

    def concludes_nothing(self, why: str) -> None:
        """Take note that the question at hand cannot be decided."""
        if self._at is not None:
            self._at.nothing = why

    def stops_early(self, about: str) -> None:
        """Take note that the next question is asked only until it is decided."""
        if self._at is None:
            self._sequential = about

    def costs(self, what: str) -> None:
        """Take note of work beside the predictions of the question at hand."""
        if self._at is not None:
            self._at.costs.append(what)

    def missing(self, model: str) -> None:
        """Take note of a model that is not there yet."""
        self.missing_models[model] = None

    def read(self, model: Any, reading: Any, inputs: Sequence[Any]) -> None:
        """Count what has not been asked of this model before."""
        # Not by identity: a recipe makes the same model again and again.
        seen = self._seen.setdefault((model.describe(), reading), set())
        new = set(inputs) - seen
        seen |= new
        if self._at is None:
            self.predictions += len(new)
            return
        self._at.predictions += len(new)
        self._at.reads += 1
        self._at.last = len(inputs)

    def trained(self, model: Any, recipe: str) -> None:
        """Take note of a training that would take place."""
        self.trainings[recipe] = None

    def _keep(self, question: _Question, bar: float, direction: Direction) -> None:
        check_bar(question.title, bar)
        found = self._posed(question, float(bar), direction)
        question.predictions = 0  # once, however many bars the estimate is compared with
        known = {replace(each, predictions=0) for each in self.criteria if each.test == found.test}
        if replace(found, predictions=0) not in known:  # tests with @given pose again and again
            self.criteria.append(found)

    @staticmethod
    def _is_uncounted(question: _Question) -> bool:
        """Return whether a question ended before the model read anything."""
        subject = None if question.posed is None else question.posed.subject
        return not question.reads and (subject is None or isinstance(subject, StandIn))

    def _posed(self, question: _Question, bar: float, direction: Direction) -> PosedCriterion:
        posed, data, given = question.posed, question.data, question.given
        examples = None if data is None else len(data)
        about = examples if question.n is None and not question.some else question.n
        codes = None if posed is None else posed.clusters
        if question.n is not None:
            codes = question.codes
        if question.these:
            codes = None
        confidence = given.get("confidence") or settings.current().confidence
        seeds = _seeds(given)
        if question.metric.__name__ == "failed_run_rate":
            about, codes = seeds, None
        return PosedCriterion(
            test=self.test,
            metric=question.title,
            options=_options(question),
            population="" if data is None else data.population,
            model=_model(question),
            data="" if data is None else data.name,
            total=0 if data is None else data.total,
            examples=examples,
            n=about,
            some=question.some,
            at_most=question.at_most,
            trials=question.last
            if question.these and not question.drawn and _draws(question)
            else None,
            clusters=None if codes is None else len(np.unique(codes)),
            independent=None
            if codes is None
            else independent_at_worst(codes, confidence=confidence),
            bounded=_bounded(question, clustered=codes is not None),
            by_cluster=str(interval_of(question.metric.__name__)).endswith("by cluster"),
            span=question.span or metric_range(question.title),
            bar=bar,
            direction=direction,
            confidence=confidence,
            point=bool(given.get("point")),
            searched=question.metric.__name__ in _SEARCHES,
            certain=question.these and not question.drawn and not _draws(question),
            nothing=question.nothing,
            sequential=question.sequential,
            seeds=seeds,
            predictions=None if self._is_uncounted(question) else question.predictions,
            costs=tuple(question.costs),
        )


def _bounded(question: _Question, *, clustered: bool) -> Bounded | None:
    """Return what the interval will be of, None if it takes answers to say how wide it is."""
    kind = interval_of(question.metric.__name__)
    if question.these and not question.drawn:
        return "share"
    if question.these:  # of a finite number, or of edits of cases that were drawn
        return "mean" if _draws(question) else None
    if question.given.get("assumed_invalid"):
        return None
    if kind == "share of a label":
        return None if question.given.get("label") is None else "share"
    if kind == "share, by cluster":
        return "mean" if clustered else "share"
    return "mean" if kind == "mean, by cluster" else kind


def _draws(question: _Question) -> bool:
    """Return whether edits are drawn at random, so that not all there is to ask is asked."""
    transform = question.given.get("transform")
    return transform is not None and not is_function(transform)


def _recipe(given: Given) -> Any:
    """Return the recipe that a question is to, None if it is to models alone."""
    sides = [given.get(each) for each in ("recipe", "after", "over", "before")]
    return next((each for each in sides if each is not None and not isinstance(each, Model)), None)


def _seeds(given: Given) -> int | None:
    seeds = given.get("seeds")
    if seeds is None or _recipe(given) is None:
        return None
    return len(checked_seeds(seeds))


def _model(question: _Question) -> str:
    seeds, recipe = _seeds(question.given), _recipe(question.given)
    if seeds is not None:
        return f"{name_of(recipe)} ({seeds:,} seeds)"
    return "" if question.posed is None else question.posed.model.name


def _options(question: _Question) -> str:
    """Return the options that make the metric another one, about as reports spell them."""
    signature = inspect.signature(question.metric)
    usual = {name: each.default for name, each in signature.parameters.items()}
    said = []
    for name, value in question.given.items():
        if name in _COMMON or name in _SAID_ELSEWHERE or name in _SUBJECTS:
            continue
        if value is None or value is usual.get(name) or value == usual.get(name):
            continue
        shown = value if isinstance(value, str) else repr(value)
        if isinstance(value, Model) or (name == "method" and hasattr(value, "name")):
            shown = value.name
        elif callable(value) and shown.startswith("<"):
            shown = name_of(value)
        said.append(shown if name in _UNNAMED else f"{name}={shown}")
    whole = ", ".join(said)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"
