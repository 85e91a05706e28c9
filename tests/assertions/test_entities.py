"""Entity metrics of taggers: seqeval's values, whose types, which sentences."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import seqeval.metrics
import seqeval.scheme

import pytest_accept as pa
from pytest_accept.marked_text import marked_entities
from tests.assertions.tagged import LABELS, data_of, predictions_of, said_of, world

GOLD = data_of("Anna/B-PER Ray/I-PER saw Rome/B-LOC", "in Bonn/B-LOC", "no one", "Bo/B-PER ran")
SAID = said_of(GOLD, "B-PER I-PER O O", "O B-PER", "O B-ORG", "B-PER O")


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@pytest.mark.parametrize("metric", ["precision", "recall", "f1"])
@pytest.mark.parametrize("strict", [False, True])
def test_values_are_those_of_seqeval(metric: str, average: Any, strict: bool) -> None:
    data, predictions, gold = world()
    options: dict[str, Any] = {"mode": "strict", "scheme": seqeval.scheme.IOB2} if strict else {}
    theirs = getattr(seqeval.metrics, f"{metric}_score")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = [list(tags) for tags in predictions.tags]
        expected = theirs(gold, said, average=average, zero_division=0, **options)
        per_type = theirs(gold, said, average=None, zero_division=0, **options)
    ours = getattr(pa, f"entity_{metric}")
    found = ours(predictions, data, average=average, strict=strict)
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert 0 < found.low < found.value < found.high < 1
    assert found.n == len(data)
    for name, value in zip(sorted(["PER", "LOC", "ORG"]), per_type, strict=True):
        of_type = ours(predictions, data, type=name, strict=strict)
        assert of_type.value == pytest.approx(value, abs=1e-12)
        assert of_type.name == f"entity_{metric}(type={name}{', strict' * strict})"


def test_matches_that_are_half_right() -> None:
    values = {
        match: pa.entity_f1(SAID, GOLD, match=match).value
        for match in ("exact", "boundary", "partial", "type")
    }
    assert values == {"exact": 0.5, "boundary": 0.75, "partial": 0.75, "type": 0.5}
    cut = said_of(GOLD, "B-PER O O O", "O B-LOC", "O O", "B-PER O")
    assert pa.entity_recall(cut, GOLD, match="partial").value == pytest.approx(2.5 / 4)
    assert pa.entity_precision(cut, GOLD, match="type").value == 1.0


def test_the_scheme_of_the_data_need_not_be_the_models() -> None:
    iob1 = data_of("Anna/I-PER Ray/I-PER Bo/B-PER", "in Rome/I-LOC")
    labels = ("O", *(f"{letter}-{kind}" for kind in ("PER", "LOC") for letter in "BILU"))
    said = said_of(iob1, "B-PER L-PER U-PER", "O U-LOC", labels=labels)
    assert iob1.scheme == "IOB1"
    assert pa.entity_f1(said, iob1).value == 1.0
    bare = said_of(iob1, "PER PER PER", "O LOC", labels=("O", "PER", "LOC"))
    assert pa.entity_f1(bare, iob1).value == pytest.approx(2 / 5)


def test_types_match_by_name_whatever_their_case() -> None:
    data = data_of("Anna/B-per ran", "in Rome/B-Loc")
    said = said_of(data, "B-PER O", "O B-LOC")
    assert pa.entity_f1(said, data).value == 1.0
    assert pa.entity_f1(said, data, type="PER").value == 1.0


def test_types_that_the_model_lacks() -> None:
    data = data_of("Anna/B-PER ran", "to Oz/B-place", "a Jag/B-product")
    said = said_of(data, "B-PER O", "O B-LOC", "O O")
    with pytest.raises(pa.LabelError) as raised:
        pa.entity_f1(said, data)
    assert str(raised.value) == (
        "The entity type 'place' of 'dev' is none of the model's (nor is 'product'). It is the "
        "type of 1 of 3 entities (first: dev row 2). The model's types: 'PER', 'LOC', 'ORG'. "
        "Rename it when loading: load_data(..., label_names={'place': 'PER'}), where 'O' leaves it "
        "out; or ask for entities of types=['PER'], which both have."
    )
    only = pa.entity_f1(said, data, types=["PER"])
    assert (only.value, only.name) == (1.0, "entity_f1(types=PER)")
    assert pa.entity_recall(said, data, type="PER").value == 1.0
    names = {"place": "LOC", "product": "O"}
    renamed = data_of("Anna/B-PER ran", "to Oz/B-place", "a Jag/B-product", label_names=names)
    assert pa.entity_f1(said, renamed).value == 1.0


def test_what_is_never_labelled_counts_as_wrong_and_is_named() -> None:
    found = pa.entity_precision(SAID, GOLD)
    assert found.value == pytest.approx(2 / 4)
    assert found.notes[0] == (
        "found, but never labelled here, so wrong each time: 'ORG' (1); types=[…] leaves out what "
        "is not labelled"
    )
    assert pa.entity_precision(SAID, GOLD, types=["PER", "LOC"]).value == pytest.approx(2 / 3)


def test_notes_on_what_the_sample_does_not_tell() -> None:
    notes = pa.entity_f1(
        said_of(GOLD, *["O O O O", "O O", "O O", "B-PER O"]), GOLD, average="macro"
    )
    assert notes.notes[:2] == (
        "not in the average, since neither labelled nor found here: 'ORG'",
        "types with fewer than 5 labelled entities, whose errors the bound cannot know: 'PER' (2), "
        "'LOC' (2)",
    )
    out_of_place = said_of(GOLD, "I-PER I-PER O O", "O O", "O O", "B-PER O")
    odd = pa.entity_f1(out_of_place, GOLD)
    said = "in 1 of 4 sentences predicted tags are out of place, and begin an entity"
    assert odd.notes[0] == f"{said} (strict=True drops them)"
    assert odd.value == pytest.approx(4 / 6)
    assert pa.entity_f1(out_of_place, GOLD, strict=True).value == pytest.approx(2 / 5)


def test_nothing_found() -> None:
    nothing = said_of(GOLD, "O O O O", "O O", "O O", "O O")
    found = pa.entity_precision(nothing, GOLD)
    assert (found.value, found.low, found.high) == (0, 0, 1)
    assert found.notes[0] == "no entity is found, so precision is not defined; counted as 0"
    assert pa.entity_f1(nothing, GOLD).value == 0


def test_nothing_labelled() -> None:
    data = data_of("no one ran", "nor Bo")
    with pytest.raises(pa.DataError, match="entity_recall needs labelled entities, but dev has"):
        pa.entity_recall(said_of(data, "O O O", "O O"), data)
    assert pa.entity_precision(said_of(data, "O O O", "O B-PER"), data).value == 0


def test_sentences_and_documents_are_what_is_sampled() -> None:
    data, predictions, _ = world(n=200)
    alone = pa.entity_f1(predictions, data)
    by_document = pa.entity_f1(predictions, data, cluster="document")
    assert alone.clusters is None
    assert by_document.clusters == 50
    assert by_document.low < alone.low
    part = pa.entity_f1(predictions, data, where=lambda row: row["document"] < 5)
    assert part.n == 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"average": "mean"}, "`average` to be 'micro', 'macro' or 'weighted'"),
        ({"match": "overlap"}, "`match` to be 'exact', 'boundary', 'partial' or 'type'"),
        ({"type": "per"}, "no entity type of the model 'per'"),
        ({"types": ["PRE"]}, "no entity type of the model 'PRE'. Did you mean 'PER'?"),
        ({"types": "PER"}, "`types` to be a list of entity types"),
        ({"type": "PER", "types": ["LOC"]}, "pass one"),
        ({"averge": "macro"}, "unexpected keyword|no option of entity_f1 'averge'"),
    ],
)
def test_bad_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(pa.SettingError, match=message):
        pa.entity_f1(SAID, GOLD, **options)


def test_a_model_whose_labels_say_no_entities() -> None:
    said = said_of(GOLD, "a a a b", "a a", "a a", "b a", labels=("a", "b"))
    with pytest.raises(pa.SettingError, match=r"needs tags that say entities.*'a', 'b', …"):
        pa.entity_f1(said, GOLD)


def test_data_without_entities() -> None:
    data = data_of("we/PRON ran/VERB", "she/PRON ran/VERB")
    with pytest.raises(pa.LabelError, match="are no entities"):
        pa.entity_f1(said_of(data, "O O", "O O"), data)


def test_texts_that_are_not_split_and_words_that_are() -> None:
    texts = pa.load_data([{"text": "we ran", "label": "pos"}])
    with pytest.raises(
        pa.DataError, match="entity_f1 is of words, but the texts of 'data' are not"
    ):
        pa.entity_f1(predictions_of(texts, []), texts)
    words = pa.load_data([{"text": ["we", "ran"], "label": "pos"}])
    said = pa.load_predictions([[0.2, 0.8]], labels=["neg", "pos"])
    with pytest.raises(pa.DataError, match="accuracy is of whole texts, but those of 'data' are"):
        pa.accuracy(said, words)


def test_assertions_and_thresholds() -> None:
    data, predictions, _ = world(n=300, skill=14)
    verdict = pa.assert_entity_f1_above(predictions, data, 0.3)
    assert verdict.status == "accepted"
    with pytest.raises(pa.AcceptanceFailure, match=r"entity_recall\(type=PER\) on dev: rejected"):
        pa.assert_entity_recall_above(predictions, data, 0.999, type="PER")
    with pytest.raises(pa.SettingError, match="`bar` to be a number between 0 and 1"):
        pa.assert_entity_precision_above(predictions, data, 85)
    bars = {"entity_precision_above": 0.2, "entity_f1_above": 0.2, "token_accuracy_above": 0.3}
    assert len(pa.judge_thresholds(predictions, data, bars)) == 3


def test_evidence_marks_each_kind_of_mistake() -> None:
    data = data_of(
        "Anna/B-PER Ray/I-PER saw Rome/B-LOC",
        "in Bonn/B-LOC",
        "no one",
        "Bo/B-PER Li/I-PER ran",
        "fine Rome/B-LOC",
        "New/B-LOC York/I-LOC City/I-LOC",
    )
    said = said_of(
        data,
        *("O O O B-LOC", "O B-PER", "O B-ORG", "O B-PER O", "O B-LOC", "B-LOC B-ORG O"),
    )
    (evidence,) = (pa.entity_f1(said, data) >= 0.9).evidence
    assert evidence.title == (
        "1 missed, 2 spurious, 1 of the wrong type, 2 with the wrong words (5 of 6 sentences); the "
        "most confident"
    )
    rows = [marked_entities(each.text, each.spans) for each in evidence.examples]
    assert rows == [
        "[LOC: New York City, said New][spurious ORG: York]",
        "[PER: Bo Li, said Li] ran",
        "no [spurious ORG: one]",
    ]
    assert f'sure    "{rows[0]}"' in pa.explain(pa.entity_f1(said, data) >= 0.9)
    first, second, third = evidence.examples
    assert (second.expected, second.predicted) == ("PER: Bo Li", "PER: Li")
    assert second.spans[0].said == "Li"
    assert third.text[third.spans[0].start : third.spans[0].stop] == "one"
    assert first.probability > second.probability > third.probability
    (others,) = (pa.entity_f1(said, data, where=lambda row: row["document"] == 0) >= 0.9).evidence
    marks = [mark for example in others.examples for mark in example.spans]
    assert {(mark.expected, mark.predicted) for mark in marks} == {("PER", ""), ("LOC", "PER")}


def test_evidence_of_a_long_document_is_short() -> None:
    data = data_of(" ".join(["Anna/B-PER said so again and again and again ."] * 500), "no one")
    tags = " ".join(["O O O O O O O O O"] * 499 + ["B-ORG O O O O O O O O"])
    said = said_of(data, tags, "O O")
    said.logits[0][-9] *= 2
    verdict = pa.entity_f1(said, data) >= 0.9
    (example,) = verdict.evidence[0].examples
    assert len(example.spans) == 500
    assert (example.spans[0].expected, example.spans[0].predicted) == ("PER", "ORG")  # the surest
    shown = marked_entities(example.text, example.spans)
    assert "said so aga ... and again . [ORG for PER: Anna] said so aga..." in shown
    assert shown.endswith(" [and 497 more]")
    assert max(map(len, pa.explain(verdict).splitlines())) < 260
    one = marked_entities(example.text, example.spans[:1])
    assert "more]" not in one


def test_types_of_which_none_is_known_are_no_advice() -> None:
    data = data_of("to Oz/B-place")
    for metric in (pa.entity_f1, pa.token_accuracy):
        with pytest.raises(pa.LabelError, match=r"where 'O' leaves it out\.$"):
            metric(said_of(data, "O O"), data)


def test_evidence_shows_only_what_lowers_the_metric() -> None:
    data = data_of("Anna/B-PER saw Rome/B-LOC", "in old Bonn/B-LOC", "Bo/B-PER Li/I-PER ran")
    said = said_of(data, "O B-ORG B-PER", "O O B-LOC", "B-PER O O")

    def counted(metric: Any, **options: Any) -> str:
        return str((metric(said, data, **options) >= 0.99).evidence[0].title).split(" (")[0]

    assert counted(pa.entity_recall) == "1 missed, 1 of the wrong type, 1 with the wrong words"
    assert counted(pa.entity_precision) == "1 spurious, 1 of the wrong type, 1 with the wrong words"
    assert counted(pa.entity_f1, match="type") == "1 missed, 1 spurious, 1 of the wrong type"
    assert counted(pa.entity_recall, match="boundary") == "1 missed, 1 with the wrong words"


def test_labels_of_a_tagger_that_are_no_tags_are_outside() -> None:
    labels = (*LABELS, "[PAD]")
    said = said_of(GOLD, "B-PER I-PER [PAD] B-LOC", "O B-LOC", "O O", "B-PER O", labels=labels)
    assert pa.entity_f1(said, GOLD).value == 1.0
