"""Data with a tag for each word: read, renamed, sliced, and what is wrong with tags."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import datasets
import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.data.tag_schemes import Span
from pytest_accept.errors import DataError, LabelError, SettingError

ROWS = [
    {"text": ["Anna", "Ray", "met", "Bo"], "label": ["B-PER", "I-PER", "O", "B-PER"], "from": "x"},
    {"text": ["in", "Rome"], "label": ["O", "B-LOC"], "from": "y"},
    {"text": ["in", "Rome"], "label": ["O", "O"], "from": "y"},
    {"text": ["in", "Rome"], "label": ["O", "B-LOC"], "from": "x"},
]


def tagged(*sequences: str, **options: Any) -> Data:
    rows = [
        {"text": [f"w{i}" for i in range(len(each.split()))], "label": each.split()}
        for each in sequences
    ]
    return load_data(rows, **options)


def test_what_it_holds() -> None:
    data = load_data(ROWS)
    assert repr(data) == (
        "<Data 'data': 4 examples, 2 entity types ('PER', 'LOC'), columns 'text', 'label', 'from'>"
    )
    assert data.spans()[0] == (Span(0, 2, "PER"), Span(3, 4, "PER"))
    assert [data.label_text(i) for i in range(3)] == [
        "PER: Anna Ray, PER: Bo",
        "LOC: Rome",
        "(no entity)",
    ]
    assert (data.duplicates, data.conflicts) == (1, 3)
    assert (data.soft, data.multi_label) == (False, False)
    assert data.label_names == ("B-LOC", "B-PER", "I-PER", "O")


def test_slices_keep_their_tags() -> None:
    data = load_data(ROWS, cluster="text").where({"from": "y"})
    assert data.inputs == [("in", "Rome")] * 2
    assert data.spans() == [(Span(1, 2, "LOC"),), ()]
    assert data.tag_sequences() == [("O", "B-LOC"), ("O", "O")]
    clusters = data.clusters()
    assert clusters is not None
    assert clusters.tolist() == [0, 0]
    assert load_data(ROWS).where(label="B-PER").rows.tolist() == [0]


def test_it_can_be_pickled() -> None:
    data = load_data(ROWS).where({"from": "x"})
    again = pickle.loads(pickle.dumps(data))
    assert (again.spans(), again.fingerprint) == (data.spans(), data.fingerprint)


def test_one_fingerprint_whatever_held_it(tmp_path: Path) -> None:
    lines = [
        "".join(f"{word} {tag}\n" for word, tag in zip(row["text"], row["label"], strict=True))
        for row in ROWS
    ]
    (tmp_path / "data.conll").write_text("\n".join(lines))
    names = ["O", "B-LOC", "B-PER", "I-PER"]
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=names)),
        }
    )
    columns = {
        "tokens": [row["text"] for row in ROWS],
        "ner_tags": [[names.index(tag) for tag in row["label"]] for row in ROWS],
    }
    numbered = datasets.Dataset.from_dict(columns, features)
    numbered.to_parquet(tmp_path / "tags.parquet")
    numbered.to_json(tmp_path / "numbers.jsonl")
    named = {"text": "tokens", "label": "ner_tags"}
    found = [
        load_data(ROWS),
        load_data(tmp_path / "data.conll"),
        load_data(numbered, **named),
        load_data(tmp_path / "tags.parquet", **named),
        load_data(tmp_path / "numbers.jsonl", label_names=names, **named),
    ]
    assert len({data.fingerprint for data in found}) == 1
    assert all(data.spans() == found[0].spans() for data in found)
    assert found[2].where(ner_tags="B-PER").rows.tolist() == [0]


def test_types_are_renamed_joined_and_left_out() -> None:
    renamed = {"city": "LOC", "country": "LOC", "misc": "O"}
    data = tagged("B-city B-country I-country B-misc B-PER", label_names=renamed)
    assert data.spans() == [(Span(0, 1, "LOC"), Span(1, 3, "LOC"), Span(4, 5, "PER"))]
    assert data.tag_sequences() == [("B-LOC", "B-LOC", "I-LOC", "O", "B-PER")]
    iob1 = tagged("I-city I-country O", "I-city B-city O", label_names=renamed)
    assert iob1.scheme == "IOB1"
    assert iob1.spans()[0] == (Span(0, 1, "LOC"), Span(1, 2, "LOC"))
    assert iob1.tag_sequences()[0] == ("I-LOC", "B-LOC", "O")
    bare = tagged("city country O", label_names=renamed)
    assert bare.spans() == [(Span(0, 1, "LOC"), Span(1, 2, "LOC"))]


def test_whole_tags_are_renamed() -> None:
    data = tagged("0 1 2", label_names={0: "O", 1: "B-PER", "2": "I-PER"})
    assert data.tag_sequences() == [("O", "B-PER", "I-PER")]
    data = tagged("B-Per I-Per", label_names={"B-Per": "B-PER", "I-Per": "I-PER"})
    assert data.spans() == [(Span(0, 2, "PER"),)]
    parts = tagged("NN VB", label_names={"NN": "NOUN"})
    assert parts.tag_sequences() == [("NOUN", "VB")]
    with pytest.raises(LabelError, match="has the tag '3', which `label_names` does not cover"):
        tagged("0 3", label_names=["O", "B-PER"])


def test_tags_that_are_no_entities() -> None:
    data = tagged("DET NOUN")
    assert (data.scheme, data.label_text(0)) == (None, "DET NOUN")
    with pytest.raises(LabelError, match=r"\('DET', 'NOUN'\) are no entities"):
        data.spans()
    assert tagged("DET NOUN", scheme="IO").spans() == [(Span(0, 1, "DET"), Span(1, 2, "NOUN"))]


def test_a_tag_out_of_place_names_sentence_and_word() -> None:
    valid = ["B-PER I-PER O"] * 9
    with pytest.raises(DataError) as raised:
        tagged(*valid, "O O O O I-PER O")
    assert str(raised.value) == (
        "1 of 10 sentences of 'data' have tags that are out of place in IOB2, the scheme that fits "
        "best: there the first word of an entity is B-, and an I- follows a B- or I- of its type. "
        "data row 10, word 5 of '… w1 w2 w3 w4 w5': 'w4' is I-PER after O. (In IOB1 it would be 9 "
        "sentences.) Correct the tags; or name the scheme, scheme='…'; or load them with "
        "scheme='conlleval', which lets any such tag begin an entity."
    )


@pytest.mark.parametrize(
    ("sequence", "scheme", "message"),
    [
        ("B-PER O", "BILOU", r"word 2 of 'w0 w1': 'w1' is O after B-PER"),
        ("O B-PER", "IOBES", r"the end of 'w0 w1' after B-PER"),
        ("O B-PER", "IOB1", r"out of place in IOB1, as was asked for"),
        ("B-PER X-PER", None, r"'w1' is X-PER after B-PER"),
        ("B-PER L-PER S-PER", None, r"out of place in BILOU"),
    ],
)
def test_tags_that_fit_no_scheme(sequence: str, scheme: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        tagged(sequence, scheme=scheme)


def test_conlleval_reads_what_is_out_of_place() -> None:
    data = tagged("B-PER I-PER O", "B-PER", "O I-PER I-LOC", scheme="conlleval")
    assert data.scheme == "IOB2"
    assert data.spans()[2] == (Span(1, 2, "PER"), Span(2, 3, "LOC"))
    note = "1 of 3 sentences have tags out of place in IOB2, read as conlleval reads them"
    assert note in data.notes


@pytest.mark.parametrize("tags", ["B_PER I_PER O", "PER-B PER-I O"])
def test_another_form_is_not_taken_for_types(tags: str) -> None:
    with pytest.raises(DataError, match="look like entities, but not in the form B-TYPE"):
        tagged(tags)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": ["a", "b"], "label": ["O"]}, r"row 2 has 2 words \(a b\) and 1 tag \(O\)"),
        ({"text": ["a"], "label": [None]}, r"1 of 2 sentences of 'data' lack tags"),
        ({"text": ["a"], "label": None}, r"1 of 2 sentences of 'data' lack tags"),
        ({"text": [], "label": []}, r"first \(data row 2\) has no words in column 'text'"),
        ({"text": ["a", ""], "label": ["O", "O"]}, r"a word that is empty or missing"),
        ({"text": ["a", None], "label": ["O", "O"]}, r"a word that is empty or missing"),
        ({"text": None, "label": ["O"]}, r"have no text in column 'text'"),
    ],
)
def test_bad_rows(row: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_data([ROWS[0] | {"from": "z"}, row])


def test_withheld_tags() -> None:
    features = {
        "text": datasets.Sequence(datasets.Value("string")),
        "label": datasets.Sequence(datasets.ClassLabel(names=["O", "B-PER"])),
    }
    dataset = datasets.Dataset.from_dict(
        {"text": [["a"]], "label": [[-1]]}, datasets.Features(features)
    )
    with pytest.raises(LabelError, match="1 of 1 sentences of 'data' lack tags"):
        load_data(dataset)


def test_a_scheme_is_for_tags() -> None:
    with pytest.raises(SettingError, match="`scheme` to be None for labels that are no list"):
        load_data([{"text": "a", "label": "b"}], scheme="IOB2")
    with pytest.raises(SettingError, match="no tag scheme 'IOB3'"):
        tagged("O", scheme="IOB3")


def test_one_label_for_all_words() -> None:
    data = load_data([{"text": ["a", "b"], "label": "pos"}])
    assert (data.of_words, data.tagged, data.label_text(0)) == (True, False, "pos")
    with pytest.raises(LabelError, match="This needs a tag for each word"):
        data.spans()


def test_tags_are_no_labels() -> None:
    with pytest.raises(LabelError, match="This needs one label for each example"):
        load_data(ROWS).label_ids(["PER", "LOC"])


def test_what_is_renamed_and_does_not_occur_is_noted() -> None:
    renamed = tagged("B-PER O", label_names={"PER": "person", "PRE": "person", "B-LOC": "O"})
    assert "label_names names 'PRE', 'B-LOC', which no tag has" in renamed.notes
    assert not any(
        "label_names" in note for note in tagged("B-PER", label_names={"PER": "p"}).notes
    )


def test_types_alone_are_no_letters() -> None:
    with pytest.raises(DataError, match="'B-PER' and 'I-PER' are two tags of one type"):
        tagged("B-PER I-PER O", scheme="IO")
    assert tagged("PER PER O", scheme="IO").label_text(0).startswith("PER: ")
