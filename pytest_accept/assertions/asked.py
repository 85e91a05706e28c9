"""What every question has in common: a population, clusters, a confidence, and its answer."""

from __future__ import annotations

import difflib
import inspect
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypedDict, TypeVar

from pytest_accept import dry_run, settings
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.errors import DataError, SettingError, expected, unknown
from pytest_accept.records import Direction, Evidence, Figures, ModelDescription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.assertions.per_example import Kept
    from pytest_accept.data import Data
    from pytest_accept.statistics import Interval

METRICS = {
    "text-classification": "accuracy, f1, cross_entropy, …",
    "token-classification": "entity_f1, token_accuracy, token_cross_entropy, …",
    "causal-lm": "perplexity, multiple_choice_accuracy, preference_rate, exact_match, …",
    "fill-mask": "top_k_accuracy, pseudo_perplexity, preference_rate",
}
"""Some metrics of each task, for who asks a model for another's."""

BY_TEXT = "with that many repeats, equal texts count as clusters"
"""The note of a question whose clusters are the equal texts, unasked."""

_MANY = 0.05  # share of repeated examples beyond which equal texts count as clusters

Where = Mapping[str, Any] | Callable[[dict[str, Any]], bool]


class Options(TypedDict, total=False):
    """The options that every metric takes.

    `where`: judge a slice only: `{"source": "tweets"}`, a condition of `pytest_accept.slices` such
    as `longer_than(40)`, or a function of the row.
    `cluster`: the column whose equal values make examples dependent (the review that a sentence is
    from, the template of a case); None takes the one given to `load_data`, or else "text" where
    more than 1 in 20 examples repeat another.
    `confidence`: one-sided, in (0.5, 1); None takes the configured one.
    `point`: judge the point estimate, without an interval; every report says so.
    `sequential`: an option of assertions alone, on means and rates: ask the model for examples in a
    random order, and no more once the criterion is decided. True or "population": about further
    examples like these, as without it. "data": about exactly these examples. None takes what
    `--accept-sequential` says; False: all are asked.
    """

    where: Where | None
    cluster: str | None
    confidence: float | None
    point: bool
    sequential: bool | Literal["population", "data"] | None


S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[S]):
    """A question on a population; `subject` is what answers it: a Model, or what it predicted.

    `clusters` are integer codes (n,), or None where every example stands for itself. `by_text`:
    they are the equal texts, and nobody asked for it.
    """

    metric: str
    subject: S
    data: Data
    clusters: NDArray[np.int64] | None
    by_text: bool
    confidence: float
    seed: int
    point: bool
    asked: float

    @property
    def model(self) -> ModelDescription:
        """What identifies the model that is asked."""
        subject: Any = self.subject
        described: ModelDescription = getattr(subject, "model", None) or subject.describe()
        return described

    def answer(
        self,
        interval: Interval,
        *,
        higher_is_better: bool,
        evidence: Callable[[Self], tuple[Evidence, ...]],
        options: str = "",
        notes: tuple[str, ...] = (),
        contributions: Callable[[], Contributions] | None = None,
        kept: Callable[[], Contributions] | None = None,
        examples: NDArray[np.int64] | None = None,
        figures: Callable[[Self], Figures] | None = None,
    ) -> Measurement:
        """Return the interval as a Measurement that can be judged and explained.

        `contributions` returns what each example adds, for questions to several models; `kept` the
        same for a Record, where that is another form or only of the `examples` at these positions;
        `figures` what reports draw.
        """

        def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
            from pytest_accept.statistics import needed_examples, smallest_shown

            bounds = metric_range(self.metric)
            return needed_examples(interval, bar), smallest_shown(
                interval, bar, direction=direction, bounds=bounds
            )

        added = contributions if kept is None else kept

        def keep() -> Kept | None:
            from pytest_accept.assertions.per_example import kept

            return None if added is None else kept(added(), self.data, examples)

        value = float(interval.value)
        return Measurement(
            metric=self.metric,
            value=value,
            low=value if self.point else float(interval.low),
            high=value if self.point else float(interval.high),
            confidence=self.confidence,
            n=int(interval.n),
            clusters=interval.clusters,
            method="point" if self.point else interval.method,
            higher_is_better=higher_is_better,
            population=self.data.population,
            options=options,
            notes=(*notes, *self._notes()),
            model=self.model,
            data=self.data.describe(),
            asked=self.asked,
            find_evidence=lambda: evidence(self),
            plan=plan,
            contributions=contributions,
            find_figures=None if figures is None else cache(partial(figures, self)),
            keep=None if added is None else keep,
            # Not in the form of a Record, which may cost more.
            added=contributions or kept,
            examples=None if contributions is not None else examples,
        )

    def mean(
        self,
        values: NDArray[np.float64],
        bounds: tuple[float, float],
        *,
        rows: NDArray[np.int64] | None = None,
        confidence: float | None = None,
    ) -> Interval:
        """Return the interval of the mean of a value of each example, or of those at `rows` (m,).

        Over clusters where there are some. `confidence` None: that of the question.
        """
        from pytest_accept.statistics import mean_interval, mean_over_clusters_interval

        chosen = self.confidence if confidence is None else confidence
        if self.clusters is None:
            return mean_interval(values, confidence=chosen, bounds=bounds, seed=self.seed)
        clusters = self.clusters if rows is None else self.clusters[rows]
        return mean_over_clusters_interval(values, clusters, confidence=chosen, bounds=bounds)

    def _notes(self) -> tuple[str, ...]:
        from pytest_accept.loading import learned

        notes = list(self.data.notes)
        if self.by_text:
            notes.append(BY_TEXT)
        known = learned.count(self.model.fingerprint, self.data.inputs)
        if known:
            n = len(self.data)
            notes.append(f"{known:,} of {n:,} examples are among those that the model learned from")
        truncated = getattr(self.subject, "truncated", None)
        cut = 0 if truncated is None else int(truncated.sum())
        return (self._cut(cut), *notes) if cut else tuple(notes)

    def _cut(self, cut: int) -> str:
        """Return a note on how many examples were cut."""
        texts = "text was" if cut == 1 else "texts were"
        most = self.model.max_length
        return f"{cut:,} of {len(self.data):,} {texts} longer than {most} tokens and cut there"


def pose(
    metric: str,
    model: Any,
    data: Data,
    *,
    task: str,
    where: Where | None = None,
    cluster: str | None = None,
    confidence: float | None = None,
    point: bool = False,
    sequential: object = None,
    labelled: bool = True,
    predictions: type[Any] | None = None,
    takes: Iterable[str] = (),
    streams: bool = False,
    **others: Any,
) -> Asked[Any]:
    """Return the question to a model, or to `predictions` of one, with nothing predicted yet.

    `task`: what the model must be for. `labelled`: the question is about labels. `takes`: the
    metric's own options, to be named if there are `others`. `streams`: the data may be streamed.
    Raises SettingError for a model or an option that is none, or a model of another task; DataError
    for data without labels.
    """
    asked = time.perf_counter()
    if others:
        known = sorted({*Options.__annotations__, *takes})
        raise SettingError(unknown(f"option of {metric}", next(iter(others)), known))
    if sequential:
        raise SettingError(
            f"{metric} is asked without a bar here, so nothing says when it is decided. "
            f"sequential={sequential!r} is an option of assertions on means and rates, such as "
            "assert_accuracy_above(model, data, 0.9, sequential=True)."
        )
    chosen = settings.current()
    if confidence is not None:
        chosen = replace(chosen, confidence=confidence)
    _check_subject(metric, model, task, predictions)
    data = as_data(data, where)
    if data.streamed and not streams:
        data.refuse(metric)
    _check_form(metric, data, task)
    if labelled and not data.labelled:
        raise DataError(
            f"{metric} compares predictions with labels, but {data.population} has none. "
            "Name the column that holds them: `load_data(..., label='column')`."
        )
    by_text = cluster is None and repeats(data)
    posed: Asked[Any] = Asked(
        metric=metric,
        subject=model,
        data=data,
        clusters=data.clusters("text" if by_text else cluster),
        by_text=by_text,
        confidence=chosen.confidence,
        seed=chosen.seed,
        point=point,
        asked=asked,
    )
    dry_run.posed(posed)
    return posed


def as_data(data: Any, where: Where | None = None) -> Data:
    """Return the population of a question: a Data, or what `load_data` takes, or a slice of it."""
    from pytest_accept.data import Data, load_data

    loaded = data if isinstance(data, Data) else load_data(data)
    return loaded if where is None else loaded.where(where)


def check_options(
    called: str, own: Iterable[str], metric: Callable[..., Any], options: Iterable[str]
) -> None:
    """Raise SettingError for an option that is none, where `called` hands them on to a metric.

    The metric would know only its own. What it may take without saying so is left to it.
    """
    parameters = inspect.signature(metric).parameters
    known = {*own, *Options.__annotations__, *list(parameters)[2:]} - {"options"}
    for name in options:
        if name not in known and difflib.get_close_matches(name, own, n=1, cutoff=0.7):
            raise SettingError(unknown(f"option of {called}", name, sorted(known)))


def repeats(data: Data) -> bool:
    """Say whether equal texts count as clusters though no column is named."""
    return not data.streamed and data.cluster is None and data.duplicates > _MANY * len(data)


def _check_form(metric: str, data: Data, task: str) -> None:
    """Raise DataError if texts are split into words and the task is not of words, or vice versa."""
    if data.of_words == (task == "token-classification"):
        return
    if data.of_words:
        raise DataError(
            f"{metric} is of whole texts, but those of {data.name!r} are split into words. Load a "
            "column of strings: load_data(..., text='…')."
        )
    raise DataError(
        f"{metric} is of words, but the texts of {data.name!r} are not split into any. Load a file "
        "with one word and its tag a line (.conll), or a column with a list of words for each "
        "sentence: load_data(..., text='words', label='tags')."
    )


def _check_subject(metric: str, model: Any, task: str, predictions: type[Any] | None) -> None:
    from pytest_accept.loading import Model

    if isinstance(model, Model):
        given = model.task
    elif hasattr(model, "for_data") and hasattr(model, "model"):  # predictions of some task
        given = model.model.task if predictions is not None else "stored predictions"
    else:
        or_predictions = (
            " or Predictions (see `load_model` and `load_predictions`)"
            if predictions is not None
            else " (see `load_model`)"
        )
        raise SettingError(expected("model", f"a Model{or_predictions}", model))
    if given != task:
        name = model.name if isinstance(model, Model) else model.model.name
        hint = f" Metrics for that: {METRICS[given]}" if given in METRICS else ""
        raise SettingError(
            f"{metric} is a metric of models for {task}, but {name!r} is for {given}.{hint}"
        )
