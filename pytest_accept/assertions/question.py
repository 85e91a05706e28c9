"""One question to one model on one population: everything that a metric needs, brought together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

from pytest_accept import settings
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.errors import DataError, SettingError, expected, unknown
from pytest_accept.records import Direction, Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.statistics import Interval

_MANY = 0.05  # share of repeated examples beyond which equal texts count as clusters

Where = Mapping[str, Any] | Callable[[dict[str, Any]], bool]


class Options(TypedDict, total=False):
    """The options that every metric takes.

    `where`: judge a slice only: `{"source": "tweets"}`, or a function of the row.
    `cluster`: the column whose equal values make examples dependent (the review that a sentence is
    from, the template of a case); None takes the one given to `load_data`, or else "text" where
    more than 1 in 20 examples repeat another.
    `confidence`: one-sided, in (0.5, 1); None takes the configured one.
    `point`: judge the point estimate, without an interval; every report says so.
    """

    where: Where | None
    cluster: str | None
    confidence: float | None
    point: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Predictions and data, row by row, with how the answer is to be judged.

    `clusters` are integer codes (n,), or None where every example stands for itself. `by_text`:
    they are the equal texts, and nobody asked for it.
    """

    metric: str
    predictions: Predictions
    data: Data
    clusters: NDArray[np.int64] | None
    by_text: bool
    confidence: float
    seed: int
    point: bool
    asked: float

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's label names, in the order of the columns of its probabilities."""
        return self.predictions.labels

    @property
    def multi_label(self) -> bool:
        """Whether an example may have several labels at once."""
        return self.predictions.multi_label

    def label_ids(self) -> NDArray[np.int64]:
        """Return the labelled class of each example (n,)."""
        return self.data.label_ids(self.labels)

    def targets(self) -> NDArray[np.float64]:
        """Return one-hot, multi-hot or soft labels (n, k)."""
        return self.data.label_matrix(self.labels, self.multi_label)

    def indicators(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return the true and the predicted labels as (n, k) indicators."""
        import numpy as np

        if self.multi_label:
            return self.targets() > 0.5, self.predictions.probabilities > 0.5
        one_hot = np.eye(len(self.labels), dtype=np.bool_)
        return one_hot[self.label_ids()], one_hot[self.predictions.label_ids]

    def correct(self) -> NDArray[np.bool_]:
        """Return which examples are predicted right: all of their labels, if multi-label."""
        import numpy as np

        if not self.multi_label:
            right: NDArray[np.bool_] = self.label_ids() == self.predictions.label_ids
            return right
        true, predicted = self.indicators()
        return np.asarray((true == predicted).all(axis=1), dtype=np.bool_)

    def label_index(self, label: str) -> int:
        """Return the column of a label; raises SettingError for one that the model lacks."""
        if label in self.labels:
            return self.labels.index(label)
        raise SettingError(unknown("label", label, self.labels))

    def answer(
        self,
        interval: Interval,
        *,
        higher_is_better: bool,
        evidence: Callable[[Question], tuple[Evidence, ...]],
        options: str = "",
        notes: tuple[str, ...] = (),
    ) -> Measurement:
        """Return the interval as a Measurement that can be judged and explained."""

        def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
            from pytest_accept.statistics import needed_examples, smallest_shown

            bounds = metric_range(self.metric)
            return needed_examples(interval, bar), smallest_shown(
                interval, bar, direction=direction, bounds=bounds
            )

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
            model=self.predictions.model,
            data=self.data.describe(),
            asked=self.asked,
            find_evidence=lambda: evidence(self),
            plan=plan,
        )

    def _notes(self) -> tuple[str, ...]:
        notes = list(self.data.notes)
        if self.by_text:
            notes.append("with that many repeats, equal texts count as clusters")
        cut = int(self.predictions.truncated.sum())
        if cut:
            most = self.predictions.model.max_length
            texts = "text was" if cut == 1 else "texts were"
            notes.insert(
                0, f"{cut:,} of {len(self.data):,} {texts} longer than {most} tokens and cut there"
            )
        return tuple(notes)


def ask(
    metric: str,
    model: Model | Predictions,
    data: Data,
    *,
    where: Where | None = None,
    cluster: str | None = None,
    confidence: float | None = None,
    point: bool = False,
    labelled: bool = True,
    takes: Iterable[str] = (),
    **others: Any,
) -> Question:
    """Predict what is not yet predicted and return the Question.

    `labelled`: the question is about labels. `takes`: the metric's own options, to be named if
    there are `others`. Raises SettingError for a model or an option that is none, DataError for
    data without labels.
    """
    from pytest_accept.data import Data, load_data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

    asked = time.perf_counter()
    if others:
        known = sorted({*Options.__annotations__, *takes})
        raise SettingError(unknown(f"option of {metric}", next(iter(others)), known))
    chosen = settings.current()
    if confidence is not None:
        chosen = replace(chosen, confidence=confidence)
    if not isinstance(model, Model | Predictions):
        what = "a Model or Predictions (see `load_model` and `load_predictions`)"
        raise SettingError(expected("model", what, model))
    if not isinstance(data, Data):
        data = load_data(data)
    if where is not None:
        data = data.where(where)
    if labelled and not data.labelled:
        raise DataError(
            f"{metric} compares predictions with labels, but {data.population} has none. "
            "Name the column that holds them: `load_data(..., label='column')`."
        )
    repeated = data.duplicates > _MANY * len(data)
    by_text = repeated and cluster is None and data.cluster is None
    clusters = data.clusters("text" if by_text else cluster)
    predictions = model.for_data(data) if isinstance(model, Predictions) else model.predict(data)
    return Question(
        metric=metric,
        predictions=predictions,
        data=data,
        clusters=clusters,
        by_text=by_text,
        confidence=chosen.confidence,
        seed=chosen.seed,
        point=point,
        asked=asked,
    )
