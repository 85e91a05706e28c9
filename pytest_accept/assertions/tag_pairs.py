"""Two taggers on the same sentences. A sentence is right, or the same, if all of its tags are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.pairs import (
    Compared,
    Older,
    Pair,
    Seen,
    ask_pair,
    check_labels,
    sides,
)
from pytest_accept.assertions.tag_question import TagQuestion, ask_tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.prediction.token_predictions import TokenPredictions


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPair(Compared[TagQuestion]):
    """Two taggers, whose examples are sentences."""

    @property
    def new(self) -> TokenPredictions:
        """What the newer model said."""
        return self.question.predictions

    def right(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which sentences (n,) the newer and the older model have right."""
        now, before = (_all_right(each) for each in (self.question, self.before()))
        return now, before

    def differs(self) -> NDArray[np.bool_]:
        """Return which sentences (n,) the two tag differently."""
        import numpy as np

        pairs = zip(self.new.tags, self.old.tags, strict=True)
        return np.array([one != other for one, other in pairs], np.bool_)

    def words(self) -> tuple[int, int]:
        """Return how many words are tagged differently, and how many there are."""
        pairs = zip(self.new.tags, self.old.tags, strict=True)
        differ = [a != b for one, other in pairs for a, b in zip(one, other, strict=True)]
        return sum(differ), len(differ)

    def seen(self, row: int) -> Seen:
        """Return the word of a sentence whose new tag differs and is surest, as both see it."""
        data, ours, theirs = self.question.data, self.new.tags[row], self.old.tags[row]
        now, then = self.new.probabilities[row].max(axis=1), self.old.probabilities[row].max(axis=1)
        differ = [at for at, tag in enumerate(ours) if tag != theirs[at]]
        at = max(differ or range(len(ours)), key=lambda word: float(now[word]))
        word = data.inputs[row][at]
        return Seen(
            expected=data.tag_sequences()[row][at] if data.tagged else "",
            predicted=f"{ours[at]} ({word})",
            sure=float(now[at]),
            before=theirs[at],
            sure_before=float(then[at]),
        )

    def shifts(self) -> NDArray[np.float64]:
        """Return how far the probability of any tag of a word moved, of each sentence (n,)."""
        import numpy as np

        order = [self.old.labels.index(each) for each in self.new.labels]
        pairs = zip(self.new.probabilities, self.old.probabilities, strict=True)
        return np.array([np.abs(one - other[:, order]).max(initial=0.0) for one, other in pairs])


def ask_two(
    metric: str, new: Any, old: Older, data: Data, *, labelled: bool, **options: Any
) -> Pair | TagPair:
    """Return the question to two classifiers, or to two taggers.

    Raises what `ask_pair` does.
    """
    from pytest_accept.prediction.token_predictions import TokenPredictions

    task = getattr(new, "task", None)
    if task != "token-classification" and not isinstance(new, TokenPredictions):
        return ask_pair(metric, new, old, data, labelled=labelled, **options)
    where = options.pop("where", None)
    found = sides(new, old, data, where=where)
    question = ask_tags(metric, found.new, found.data, labelled=labelled, **options)
    before = ask_tags(metric, found.old, found.data, labelled=labelled, **options)
    check_labels(before.predictions, question.predictions)
    return TagPair(
        question=question,
        old=before.predictions,
        against=found.against,
        notes=found.notes,
        first=found.first,
    )


def _all_right(question: TagQuestion) -> NDArray[np.bool_]:
    import numpy as np

    pairs = zip(question.tag_ids(), question.predictions.logits, strict=True)
    return np.array([bool((ids == said.argmax(axis=1)).all()) for ids, said in pairs], np.bool_)
