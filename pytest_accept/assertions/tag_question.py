"""One question to one tagger on one population: its tags and those of the data, word by word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.asked import Asked, pose
from pytest_accept.assertions.question import answered
from pytest_accept.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction.token_predictions import TokenPredictions


@dataclass(frozen=True, slots=True, kw_only=True)
class TagQuestion(Asked["TokenPredictions"]):
    """Tags and data, sentence by sentence, with how the answer is to be judged."""

    @property
    def predictions(self) -> TokenPredictions:
        """What the model says of each word."""
        return self.subject

    @property
    def scheme(self) -> str | None:
        """How the model's tags say entities, None if they say none."""
        from pytest_accept.data.tag_schemes import scheme_of

        return scheme_of(self.predictions.labels, self.predictions.tags)

    def entity_scheme(self) -> str:
        """Return the scheme; SettingError for a model whose tags say no entities."""
        scheme = self.scheme
        if scheme is not None:
            return scheme
        labels = ", ".join(map(repr, self.predictions.labels[:5]))
        raise SettingError(
            f"{self.metric} needs tags that say entities, such as B-PER and O, but the labels of "
            f"{self.model.name!r} are {labels}, …. Say what they mean, in the order of the model's "
            "outputs: load_model(..., labels=['O', 'B-…', …])."
        )

    @property
    def types(self) -> tuple[str, ...]:
        """The types of entities that the model knows, in the order of its labels."""
        from pytest_accept.data.tag_schemes import types_of

        scheme = self.scheme
        return () if scheme is None else types_of(self.predictions.labels, scheme)

    def _cut(self, cut: int) -> str:
        """Return a note on cut words: longer texts are read in windows, whole."""
        have, most = "has" if cut == 1 else "have", self.model.max_length
        return (
            f"{cut:,} of {len(self.data):,} sentences {have} a word longer than the {most} tokens "
            "that the model takes, which was cut"
        )

    def tag_ids(self) -> list[NDArray[np.int64]]:
        """Return the labelled tag of each word as an index of the model's labels, -1 for none."""
        from pytest_accept.data.tag_matching import tag_ids

        return tag_ids(self.data, self.predictions.labels, self.scheme, self.types)


def ask_tags(
    metric: str,
    model: Model | TokenPredictions,
    data: Data,
    *,
    takes: Iterable[str] = (),
    **options: Any,
) -> TagQuestion:
    """Predict what is not yet predicted and return the question.

    `takes`: the metric's own options, to be named if there are unknown ones. Raises what `pose`
    does.
    """
    from pytest_accept.prediction.token_predictions import TokenPredictions

    posed = pose(
        metric,
        model,
        data,
        task="token-classification",
        predictions=TokenPredictions,
        takes=takes,
        **options,
    )
    return TagQuestion(**answered(posed))
