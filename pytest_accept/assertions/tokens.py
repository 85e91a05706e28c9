"""How often is the tag of a word right, and how much probability does it get?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept.assertions.asked import Options
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.tag_question import TagQuestion, ask_tags
from pytest_accept.errors import LabelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate


@ranged(0, 1)
def token_accuracy(
    model: Model | TokenPredictions, data: Data, **options: Unpack[Options]
) -> Estimate:
    """Share of words whose tag is right, in 0..1.

    Words outside of entities count too, so a tagger that finds nothing may be at 0.9: for entities
    ask `entity_f1`. Entities are compared in the model's tagging scheme, whatever the data's. A
    word's prediction is that of its first piece. Interval: Korn and Graubard's over words in
    clusters, which are the sentences, or what `cluster` names. Definition: scikit-learn's
    `accuracy_score` over words, seqeval's `accuracy_score`.
    """
    import numpy as np

    from pytest_accept.assertions.entity_evidence import wrong_tags
    from pytest_accept.statistics import clustered_proportion_interval

    question = ask_tags("token_accuracy", model, data, **options)
    ids = question.tag_ids()
    said = np.concatenate([each.argmax(axis=1) for each in question.predictions.logits])
    right = (np.concatenate(ids) == said).astype(np.float64)
    return question.answer(
        clustered_proportion_interval(right, _clusters(question), confidence=question.confidence),
        higher_is_better=True,
        evidence=lambda asked: wrong_tags(asked, ids),
        notes=_unknown(question, ids),
        contributions=lambda: _sums(question, right, 1.0),
    )


def of_tags(model: Model | TokenPredictions, data: Data, **options: Any) -> Estimate:
    """Return the mean over words of -log p of the labelled tag: see `token_cross_entropy`.

    Probabilities are clipped to 2.2e-16. Interval: as for `cross_entropy`, of words in clusters.
    """
    import numpy as np

    from pytest_accept.assertions.entity_evidence import least_likely
    from pytest_accept.metrics import losses
    from pytest_accept.statistics import clustered_mean_interval

    question = ask_tags("token_cross_entropy", model, data, **options)
    ids = question.tag_ids()
    unknown = _unknown(question, ids)
    if unknown:
        raise LabelError(
            f"token_cross_entropy needs a probability of every labelled tag, but {unknown[0]}. "
            "Leave those types out when loading: load_data(..., label_names={…: 'O'})."
        )
    probabilities = np.concatenate(question.predictions.probabilities)
    targets = np.eye(len(question.predictions.labels))[np.concatenate(ids)]
    values = losses.cross_entropy(probabilities, targets)
    interval = clustered_mean_interval(
        values,
        _clusters(question),
        confidence=question.confidence,
        bounds=(0, losses.LARGEST_CROSS_ENTROPY),
        tail=1.0,
        possible=losses.largest_possible(probabilities),
    )
    return question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda asked: least_likely(asked, ids, values),
        contributions=lambda: _sums(question, values, losses.LARGEST_CROSS_ENTROPY),
    )


def _sums(question: TagQuestion, values: NDArray[np.float64], largest: float) -> Sums:
    """Return what each sentence adds to a mean over words within 0 and `largest`."""
    import numpy as np

    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.metrics.confusion import share

    sizes = np.array([len(each) for each in question.predictions.logits])
    starts = np.cumsum(sizes) - sizes
    lengths = np.unique(sizes).astype(np.float64)
    worst, best = np.stack([0 * lengths, lengths], 1), np.stack([largest * lengths, lengths], 1)
    return Sums(
        rows=np.stack([np.add.reduceat(values, starts), sizes], axis=1),
        formula=share,
        bounds=(0, largest),
        clusters=question.clusters,
        possible=np.vstack([worst, best]),
    )


def _clusters(question: TagQuestion) -> NDArray[np.int64]:
    """Return the cluster of each word: its sentence, or the cluster of that."""
    import numpy as np

    sentences = np.arange(len(question.data))
    of_sentences = sentences if question.clusters is None else question.clusters
    return np.repeat(of_sentences, [len(each) for each in question.predictions.logits])


def _unknown(question: TagQuestion, ids: list[NDArray[np.int64]]) -> tuple[str, ...]:
    """Return a note on words whose tag the model cannot say."""
    lost = sum(int((each < 0).sum()) for each in ids)
    if not lost:
        return ()
    total = sum(map(len, ids))
    return (
        f"{lost:,} of {total:,} words have a tag that is none of the model's labels in its scheme "
        f"({question.scheme})",
    )


assert_token_accuracy_above = above(token_accuracy)
assert_token_accuracy_below = below(token_accuracy)
