"""One question to a classifier about what its predictions rest on: a score for each token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.perturbed import model_that_predicts
from pytest_accept.assertions.question import Options, Question, ask
from pytest_accept.errors import check_count
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.attributions import Attribution, Method
    from pytest_accept.attributions.kinds import ScoringFunction
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.statistics import Interval


class ExplanationOptions(Options, total=False):
    """The options of every criterion on explanations, beside those of every metric.

    `method`: how tokens are scored, such as `integrated_gradients(steps=50)`, "occlusion", or your
    own function (see `pytest_accept.attributions`); default integrated gradients.
    `label`: whose logit is explained; default the predicted label's, needed if multi-label.
    `limit`: at most this many of the texts that count are asked, drawn evenly by the run's seed;
    default all.
    """

    method: Method | ScoringFunction | str
    label: str | None
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationQuestion:
    """A question with its way of explaining; `columns` (n,) are the labels that are explained."""

    question: Question
    model: Model
    method: Method
    named: Sequence[str]
    columns: NDArray[np.int64]
    limit: int | None

    def draw(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows, ascending, or `limit` of them if there are more."""
        import numpy as np

        if self.limit is None or len(rows) <= self.limit:
            return rows
        order = np.random.default_rng(self.question.seed).permutation(len(rows))
        return np.sort(rows[order[: self.limit]])

    def drawn(self, asked: int, counting: int) -> tuple[str, ...]:
        """Return a note if only some of the texts that count are asked."""
        if asked == counting:
            return ()
        return (f"{asked:,} of {counting:,} texts, drawn evenly (limit={self.limit})",)

    def explain(self, rows: NDArray[np.int64]) -> ExplainedExamples:
        """Attribute the predictions of these rows."""
        inputs = [self.question.data.inputs[row] for row in rows.tolist()]
        return ExplainedExamples(asked=self, rows=rows, attributions=self.attribute(inputs, rows))

    def attribute(
        self, inputs: Sequence[Any], rows: NDArray[np.int64], model: Model | None = None
    ) -> list[Attribution]:
        """Return the attributions of inputs, for the labels explained of these rows."""
        from pytest_accept.attributions import attribute

        labels = [self.question.labels[i] for i in self.columns[rows].tolist()]
        return attribute(model or self.model, list(inputs), method=self.method, label=labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedExamples:
    """Examples of a question, by their `rows` (m,), with an attribution for each."""

    asked: ExplanationQuestion
    rows: NDArray[np.int64]
    attributions: list[Attribution]

    def inputs(self) -> list[Any]:
        """Return the texts, or pairs of texts."""
        return [self.asked.question.data.inputs[row] for row in self.rows.tolist()]

    def probabilities(self) -> NDArray[np.float64]:
        """Return the probability of the explained label of each text (m,)."""
        found = self.asked.question.predictions.probabilities
        return found[self.rows, self.asked.columns[self.rows]]

    def mean(
        self,
        values: NDArray[np.float64],
        *,
        higher_is_better: bool,
        evidence: Callable[[Question], tuple[Evidence, ...]],
        named: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> Measurement:
        """Return the mean over texts of a value (m,) within the metric's range."""
        from pytest_accept.assertions.contributions import Values

        question = self.asked.question
        bounds = metric_range(question.metric)
        every = len(self.rows) == len(question.data)
        clusters = None if question.clusters is None else question.clusters[self.rows]

        def added() -> Values:
            return Values(values=values, bounds=bounds, clusters=clusters)

        return question.answer(
            self.interval(values, bounds, question.confidence),
            higher_is_better=higher_is_better,
            evidence=evidence,
            options=", ".join([*named, *self.asked.named]),
            notes=tuple(notes),
            contributions=added if every else None,
            kept=added,
            examples=self.rows,
        )

    def interval(
        self, values: NDArray[np.float64], bounds: tuple[float, float], confidence: float
    ) -> Interval:
        """Return the interval of the mean of a bounded value (m,) of each text."""
        question = self.asked.question
        return question.mean(values, bounds, rows=self.rows, confidence=confidence)


def ask_explained(
    metric: str,
    model: Model,
    data: Data,
    *,
    method: Method | ScoringFunction | str | None = None,
    label: str | None = None,
    limit: int | None = None,
    takes: Sequence[str] = (),
    **options: Any,
) -> ExplanationQuestion:
    """Predict what is not yet predicted, and return the question; nothing is attributed yet.

    Raises SettingError for a model that cannot be asked (stored predictions), an unknown method or
    label, a `limit` that is none, or a multi-label model without a `label`.
    """
    from pytest_accept.attributions import integrated_gradients
    from pytest_accept.attributions.methods import method_of

    model = model_that_predicts(model)
    chosen = method_of(integrated_gradients() if method is None else method)
    if limit is not None:
        check_count("limit", limit)
    known = (*ExplanationOptions.__annotations__, *takes)
    question = ask(metric, model, data, labelled=False, takes=known, **options)
    dry_run.about_some("the texts that count are told by their tokens", at_most=limit)
    dry_run.costs(f"explanations by {chosen.name}")
    return ExplanationQuestion(
        question=question,
        model=model,
        method=chosen,
        named=[*([f"label={label}"] if label is not None else []), chosen.name],
        columns=_explained_labels(question, label),
        limit=limit,
    )


def _explained_labels(question: Question, label: str | None) -> NDArray[np.int64]:
    """Return the column of the label that is explained of each example (n,)."""
    import numpy as np

    if label is not None:
        return np.full(len(question.data), question.label_index(label))
    if question.multi_label and len(question.labels) > 1:
        raise question.needs_label()
    return question.predictions.label_ids
