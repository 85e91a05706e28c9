"""One question to one classifier on one population: everything that a metric needs, together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.asked import Asked, Options, Where, pose
from pytest_accept.errors import SettingError, unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

__all__ = ["Options", "Question", "Where", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Asked["Predictions"]):
    """Predictions and data, row by row, with how the answer is to be judged."""

    @property
    def predictions(self) -> Predictions:
        """What the model says of each example."""
        return self.subject

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

    def needs_label(self) -> SettingError:
        """Return the error for a multi-label model of which no one label is asked."""
        return SettingError(
            f"{self.metric} of a multi-label model is defined label by label. "
            f"Pass label=, one of {', '.join(map(repr, self.labels))}."
        )


def ask(
    metric: str,
    model: Model | Predictions,
    data: Data,
    *,
    labelled: bool = True,
    takes: Iterable[str] = (),
    **options: Any,
) -> Question:
    """Predict what is not yet predicted and return the Question.

    `labelled`: the question is about labels. `takes`: the metric's own options, to be named if
    there are unknown ones. Raises what `pose` does.
    """
    from pytest_accept.prediction import Predictions

    posed = pose(
        metric,
        model,
        data,
        task="text-classification",
        labelled=labelled,
        predictions=Predictions,
        takes=takes,
        **options,
    )
    return Question(**answered(posed))


def answered(posed: Asked[Any]) -> dict[str, Any]:
    """Return the fields of a question, with what the model predicts in the model's place."""
    values = {each.name: getattr(posed, each.name) for each in fields(posed)}
    model, data = posed.subject, posed.data
    aligned = hasattr(model, "for_data")
    return {**values, "subject": model.for_data(data) if aligned else model.predict(data)}
