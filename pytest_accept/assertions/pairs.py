"""One question to two models on the same examples: the newer one, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_accept.assertions.asked import Asked, Where, as_data
from pytest_accept.assertions.judgement import Measurement
from pytest_accept.assertions.question import Question, ask
from pytest_accept.errors import LabelError, SettingError, expected
from pytest_accept.explanation import ALL_CASES
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.baseline import Baseline
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.statistics import Interval

Older = Any
"""A Model, Predictions, or the fixture `baseline`."""


Q = TypeVar("Q", bound=Asked[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How two models see one example, in words: what each says, and how sure it is."""

    expected: str
    predicted: str
    sure: float
    before: str
    sure_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Generic[Q]):
    """A question to the newer model, with what the older one said of the same examples.

    `old` has its columns in the order of the question's labels. `against` names the older model.
    `first`: nothing was accepted before, so the model is compared with itself.
    """

    question: Q
    old: Any
    against: str
    notes: tuple[str, ...]
    first: bool

    def before(self) -> Q:
        """Return the same question to the older model."""
        return replace(self.question, subject=self.old)

    def answer(
        self,
        interval: Interval,
        *,
        higher_is_better: bool,
        evidence: Callable[[], tuple[Evidence, ...]],
        options: str = "",
        kept: Callable[[], Contributions] | None = None,
    ) -> Measurement:
        """Return the interval as a Measurement; of a model compared with itself, a census."""
        if self.first:
            value = interval.value
            interval = replace(interval, low=value, high=value, method=ALL_CASES, clusters=None)
        return self.question.answer(
            interval,
            higher_is_better=higher_is_better,
            evidence=lambda _: () if self.first else evidence(),
            options=", ".join(each for each in (options, self.against) if each),
            notes=self.notes,
            kept=None if self.first else kept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Compared[Question]):
    """Two classifiers."""

    @property
    def new(self) -> Predictions:
        """What the newer model said."""
        return self.question.predictions

    def right(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which examples (n,) the newer and the older model have right."""
        return self.question.correct(), self.before().correct()

    def differs(self) -> NDArray[np.bool_]:
        """Return which examples (n,) the two predict differently."""
        import numpy as np

        if not self.question.multi_label:
            return np.asarray(self.new.label_ids != self.old.label_ids)
        said = self.new.probabilities > 0.5
        return np.asarray((said != (self.old.probabilities > 0.5)).any(axis=1))

    def seen(self, row: int) -> Seen:
        """Return an example as both see it."""
        from pytest_accept.assertions.evidence import said

        predicted, sure = said(self.question, self.new.probabilities[row])
        before, sure_before = said(self.question, self.old.probabilities[row])
        return Seen(
            expected=self.question.data.label_text(row),
            predicted=predicted,
            sure=sure,
            before=before,
            sure_before=sure_before,
        )

    def shifts(self) -> NDArray[np.float64]:
        """Return how far the probability of any label moved, of each example (n,)."""
        import numpy as np

        moved = np.abs(self.new.probabilities - self.old.probabilities)
        return np.asarray(moved.max(axis=1))


def ask_pair(
    metric: str,
    new: Model | Predictions,
    old: Older,
    data: Data,
    *,
    labelled: bool,
    where: Where | None = None,
    allow_relabelled: bool = False,
    **options: Any,
) -> Pair:
    """Predict what is not yet predicted by either classifier and return the Pair.

    Raises what `sides` and `ask` do, and LabelError if the two say different labels.
    """
    found = sides(new, old, data, where=where, allow_relabelled=allow_relabelled)
    common: dict[str, Any] = {"labelled": labelled, "takes": ("allow_relabelled",), **options}
    question = ask(metric, found.new, found.data, **common)
    before = ask(metric, found.old, found.data, **common)
    return Pair(
        question=question,
        old=in_order(before.predictions, question.predictions),
        against=found.against,
        notes=found.notes,
        first=found.first,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two models, or what they predicted of `data`, as `Pair` has them."""

    new: Any
    old: Any
    data: Data
    against: str = ""
    notes: tuple[str, ...] = ()
    first: bool = False


def sides(
    new: Any,
    old: Older,
    data: Data,
    *,
    where: Where | None = None,
    allow_relabelled: bool = False,
) -> Sides:
    """Return the two models to compare, and the examples on which they can be.

    Raises SettingError for what is no model.
    """
    from pytest_accept.baseline import Baseline

    if not _answers(new):
        what = "a Model or Predictions (see `load_model` and `load_predictions`)"
        raise SettingError(expected("model", what, new))
    data = as_data(data, where)
    if _answers(old):
        return Sides(new=new, old=old, data=data, against=f"against={_name(old)}")
    if not isinstance(old, Baseline):
        what = "a Model, Predictions, or the fixture `baseline`"
        raise SettingError(expected("against", what, old))
    found = old.match(new, data, allow_relabelled=allow_relabelled)
    return Sides(
        new=found.new,
        old=found.old,
        data=found.data,
        against="" if old == Baseline() else f"against={_called(old)}",
        notes=found.notes,
        first=found.first,
    )


def _answers(model: Any) -> bool:
    """Return whether it is a Model, or predictions of one."""
    from pytest_accept.loading import Model

    return isinstance(model, Model) or (hasattr(model, "for_data") and hasattr(model, "model"))


def _name(model: Any) -> str:
    from pytest_accept.loading import Model

    return str(model.name if isinstance(model, Model) else model.model.name)


def _called(baseline: Baseline) -> str:
    return baseline.file.name if baseline.file is not None else f"baseline of {baseline.role}"


def in_order(old: Predictions, new: Predictions) -> Predictions:
    """Return the older predictions with the columns of the newer ones; LabelError if it cannot."""
    if old.multi_label != new.multi_label:
        one, other = (new, old) if new.multi_label else (old, new)
        raise LabelError(
            f"{one.model.name!r} says several labels an example and {other.model.name!r} says one, "
            "so they cannot be compared example by example."
        )
    if old.labels == new.labels:
        return old
    check_labels(old, new)
    order = [old.labels.index(each) for each in new.labels]
    return replace(
        old,
        labels=new.labels,
        probabilities=old.probabilities[:, order],
        logits=None if old.logits is None else old.logits[:, order],
    )


def check_labels(old: Any, new: Any) -> None:
    """Raise LabelError if what two models predicted is not of the same labels."""
    if set(old.labels) == set(new.labels):
        return
    fresh = [each for each in new.labels if each not in old.labels]
    gone = [each for each in old.labels if each not in new.labels]
    raise LabelError(
        f"{new.model.name!r} and {old.model.name!r} do not say the same labels: only the first "
        f"has {', '.join(map(repr, fresh)) or 'none'}, only the second "
        f"{', '.join(map(repr, gone)) or 'none'}. Give the same labels the same names with "
        "load_model(..., labels=[…])."
    )
