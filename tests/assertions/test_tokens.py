"""Accuracy and cross-entropy of tags, word by word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sklearn.metrics

import pytest_accept as pa
from tests.assertions.tagged import LABELS, data_of, said_of, world


def test_values_are_those_of_scikit_learn() -> None:
    data, predictions, gold = world(seed=4)
    true = [LABELS.index(tag) for tags in gold for tag in tags]
    said = [LABELS.index(tag) for tags in predictions.tags for tag in tags]
    accuracy = pa.token_accuracy(predictions, data)
    assert accuracy.value == pytest.approx(sklearn.metrics.accuracy_score(true, said))
    assert (accuracy.n, accuracy.clusters) == (len(true), len(data))
    loss = pa.token_cross_entropy(predictions, data)
    probabilities = np.concatenate(predictions.probabilities)
    expected = sklearn.metrics.log_loss(true, probabilities, labels=range(len(LABELS)))
    assert loss.value == pytest.approx(expected, abs=1e-9)
    assert loss.low < loss.value < loss.high


def test_a_cut_word_is_noted() -> None:
    data = data_of("Anna ran", "so did Bo")
    said = replace(said_of(data, "O O", "O O O"), truncated=np.array([True, False]))
    cut = replace(said, model=replace(said.model, max_length=48))
    assert pa.token_accuracy(cut, data).notes == (
        "1 of 2 sentences has a word longer than the 48 tokens that the model takes, which was cut",
    )


def test_numbers_without_names_are_to_be_named() -> None:
    data = pa.load_data([{"text": ["Anna", "ran"], "label": [1, 0]}], name="dev")
    with pytest.raises(
        pa.LabelError, match=r"from 0 on: load_data\(\.\.\., label_names=\['O', 'B-"
    ):
        pa.token_accuracy(said_of(data, "O O"), data)


def test_clusters_are_sentences_or_what_is_named() -> None:
    data, predictions, _ = world(n=160)
    assert pa.token_accuracy(predictions, data).clusters == 160
    assert pa.token_accuracy(predictions, data, cluster="document").clusters == 40
    assert pa.token_cross_entropy(predictions, data, cluster="document").clusters == 40


def test_labelled_entities_are_written_in_the_models_scheme() -> None:
    data = data_of("Anna/I-PER Ray/I-PER Bo/B-PER", "in Rome/I-LOC")
    bilou = ("O", *(f"{letter}-{kind}" for kind in ("per", "LOC") for letter in "BILU"))
    said = said_of(data, "B-per L-per U-per", "O U-LOC", labels=bilou)
    assert pa.token_accuracy(said, data).value == 1.0
    iob2 = said_of(data, "B-PER I-PER B-PER", "O B-LOC")
    assert pa.token_accuracy(iob2, data).value == 1.0
    iob1 = said_of(data, "I-PER I-PER B-PER", "O I-LOC")
    assert pa.token_accuracy(iob1, data).value == 1.0
    bare = said_of(data, "PER PER PER", "O O", labels=("O", "PER", "LOC"))
    assert pa.token_accuracy(bare, data).value == pytest.approx(4 / 5)


def test_a_tag_that_the_model_lacks_is_wrong_and_has_no_loss() -> None:
    data = data_of("New/B-LOC York/I-LOC", "in Rome/B-LOC")
    labels = ("O", "B-LOC", "B-PER", "I-PER")
    said = said_of(data, "B-LOC O", "O B-LOC", labels=labels)
    found = pa.token_accuracy(said, data)
    assert found.value == pytest.approx(3 / 4)
    note = "1 of 4 words have a tag that is none of the model's labels in its scheme (IOB2)"
    assert found.notes[0] == note
    with pytest.raises(pa.LabelError, match="needs a probability of every labelled tag, but 1 of"):
        pa.token_cross_entropy(said, data)


def test_parts_of_speech() -> None:
    data = data_of("we/PRON ran/VERB", "she/Pron ran/VERB")
    said = said_of(data, "PRON VERB", "PRON PRON", labels=("NOUN", "PRON", "VERB"))
    assert pa.token_accuracy(said, data).value == pytest.approx(3 / 4)
    lacking = said_of(data, "PRON NOUN", "PRON PRON", labels=("NOUN", "PRON"))
    with pytest.raises(pa.LabelError, match="The tag 'VERB' of 'dev' is none of the model's"):
        pa.token_accuracy(lacking, data)


def test_evidence_shows_the_word() -> None:
    data = data_of("in old Rome/B-LOC today", "Anna/B-PER ran")
    said = said_of(data, "O O O O", "B-PER O")
    verdict = pa.token_accuracy(said, data) >= 0.99
    (evidence,) = verdict.evidence
    (example,) = evidence.examples
    assert (example.text, example.expected, example.predicted) == (
        "in old [Rome] today",
        "B-LOC",
        "O",
    )
    (losses,) = (pa.token_cross_entropy(said, data) <= 0.01).evidence
    assert losses.title.startswith("the largest losses (3.")
    assert losses.examples[0].text == "in old [Rome] today"


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        (pa.token_accuracy, {}),
        (pa.token_cross_entropy, {}),
        (pa.entity_f1, {"average": "macro"}),
        (pa.entity_recall, {"type": "LOC"}),
        (pa.entity_precision, {"match": "partial"}),
    ],
)
def test_what_sentences_add_makes_the_value(metric: Any, options: dict[str, Any]) -> None:
    data, predictions, _ = world(seed=5)
    found = metric(predictions, data, **options)
    sums = found.contributions()
    assert len(sums.rows) == len(data)
    value = sums.formula(sums.rows.sum(axis=0)[None, :])[0]
    assert value == pytest.approx(found.value, abs=1e-12)
    assert sums.possible.shape[1] == sums.rows.shape[1]
