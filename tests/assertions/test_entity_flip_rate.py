"""Edits of sentences that change which entities a tagger finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.perturbations import casing, locations, neutral_phrases, typos
from tests.assertions.tagged import LABELS, data_of, said_of

NAMES = {"Anna": "B-PER", "Ray": "I-PER", "Paris": "B-LOC", "Rome": "B-LOC"}
SENTENCES = (
    "Anna/B-PER Ray/I-PER moved to Paris/B-LOC .",
    "we stayed in Rome/B-LOC for a week .",
    "nobody there had ever heard of it .",
    "then Anna/B-PER called from Paris/B-LOC again .",
)


def lookup(sentences: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Tag the names that it knows, letter by letter, and nothing else."""
    return [
        np.eye(len(LABELS))[[LABELS.index(NAMES.get(word, "O")) for word in words]]
        for words in sentences
    ]


@pytest.fixture(scope="module")
def model() -> pa.Model:
    return pa.load_model(lookup, task="token-classification", labels=list(LABELS))


def test_edits_outside_of_entities_flip_nothing(model: pa.Model) -> None:
    data = data_of(*SENTENCES)
    found = pa.entity_flip_rate(model, data, neutral_phrases())
    assert (found.value, found.n, found.higher_is_better) == (0, 4, False)


def test_names_that_it_does_not_know_are_lost(model: pa.Model) -> None:
    data = data_of(*SENTENCES).where(lambda row: "Paris" in row["text"], name="of Paris")
    places = pa.entity_flip_rate(model, data, locations().only_words("Paris"), draws=2)
    assert places.value == 1.0
    assert (places.n, places.name) == (
        2,
        "entity_flip_rate(locations().only_words('Paris'), draws=2)",
    )


def test_an_entity_that_moves_is_the_same(model: pa.Model) -> None:
    data = data_of("Paris/B-LOC called", "in Paris/B-LOC")
    found = pa.entity_flip_rate(model, data, lambda text: f"Well then, {text}")
    assert found.value == 0.0


def test_evidence_shows_the_edit_and_what_became_of_the_entities(model: pa.Model) -> None:
    data = data_of("in Paris/B-LOC", name="dev")
    verdict = pa.entity_flip_rate(model, data, casing(max_edits=1).only_words("Paris")) <= 0.0
    (evidence,) = verdict.evidence
    assert evidence.title == "3 of 3 edits change the entities; the smallest"
    (example,) = evidence.examples
    assert example.edited is not None
    assert (example.predicted, example.edited.predicted) == ("LOC: Paris", "(no entity)")
    assert example.edited.text.lower() == "in paris"
    assert "LOC: Paris 1.00 → (no entity) 1.00" in pa.explain(verdict)


def test_words_need_no_labels(model: pa.Model) -> None:
    words = pa.load_data([{"text": ["in", "Rome", "again"]}], label=None)
    assert pa.entity_flip_rate(model, words, typos().only_words("again")).value == 0


def test_a_change_within_a_tie_is_none() -> None:
    def undecided(sentences: Sequence[Sequence[str]]) -> list[np.ndarray]:
        rows = []
        for words in sentences:
            shares = np.full((len(words), 2), 0.5)
            shares[:, 0] += 1e-5 if words[-1].islower() else -1e-5
            rows.append(shares / shares.sum(axis=1, keepdims=True))
        return rows

    model = pa.load_model(undecided, task="token-classification", labels=["O", "B-PER"])
    found = pa.entity_flip_rate(model, data_of("so it goes"), casing().only_words("goes"), draws=9)
    assert found.value == 0


def test_what_cannot_be_asked(model: pa.Model) -> None:
    data = data_of(*SENTENCES)
    with pytest.raises(pa.DataError, match="changes none of the 4 texts"):
        pa.entity_flip_rate(model, data, typos().only_words("zebra"))
    with pytest.raises(pa.SettingError, match="which can predict edited texts"):
        pa.entity_flip_rate(said_of(data, *["O"] * 4), data, typos())  # type: ignore[arg-type]
    with pytest.raises(pa.AcceptanceFailure, match=r"entity_flip_rate\(.*\) on dev: "):
        pa.assert_entity_flip_rate_below(model, data, locations(), 0.1)
    with pytest.raises(pa.DataError, match="would cross the edge of a found entity is not made"):
        pa.entity_flip_rate(model, data_of("to Rome/B-LOC"), str.upper)
    parts = pa.load_model(lookup, task="token-classification", labels=list("abcdefg"))
    with pytest.raises(pa.SettingError, match="needs tags that say entities"):
        pa.entity_flip_rate(parts, data, typos())
