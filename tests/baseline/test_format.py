"""The file of a baseline: what it says, that it comes back as it was, and damage to it."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.baseline.answers import SEVERAL, TAGS, Answers
from pytest_accept.baseline.contents import content_hash, labels_of
from pytest_accept.baseline.format import Stored, parsed, stored, written
from tests.assertions.tagged import data_of, said_of

TEXTS = ["fine", "dull", "odd", "fine"]
EXAMPLES = ["pos", "neg", "neg", "pos"]
PROBABILITIES = [[0.1, 0.9], [0.987654321, 0.012345679], [0.5000001, 0.4999999], [0.1, 0.9]]


def make(
    values: list[list[float]] = PROBABILITIES,
    labels: tuple[str, ...] = ("neg", "pos"),
    multi_label: bool = False,
) -> Stored:
    predictions = pa.load_predictions(values, labels=labels, name="v1", multi_label=multi_label)
    return stored(
        predictions, TEXTS, EXAMPLES, role="runs/a", data="reviews", data_fingerprint="f00d"
    )


def test_it_reads_well() -> None:
    first = make()
    assert written(first).splitlines() == [
        "# baseline of pytest-model-acceptance, format 1: what the last accepted model predicted",
        "# model: runs/a",
        "# accepted: v1",
        f"# accepted fingerprint: {first.model_fingerprint}",
        "# data: reviews",
        "# data fingerprint: f00d",
        "# examples: 4",
        "# says: one label an example",
        '# labels: ["neg", "pos"]',
        "content\tlabel\tpredicted\tneg\tpos",
        "002783db772ad77d\tpos\tpos\t0.1\t0.9",
        "002783db772ad77d\tpos\tpos\t0.1\t0.9",
        "0709c730c80de87d\tneg\tneg\t0.98765\t0.012346",
        "3374938aa86b6dac\tneg\tneg\t0.5\t0.5",
    ]


def test_it_holds_no_texts() -> None:
    assert not any(text in written(make()) for text in TEXTS)


@pytest.mark.parametrize("multi_label", [False, True])
def test_it_comes_back_as_it_was(multi_label: bool) -> None:
    odd = ("a\tb", "back\\slash\nline")
    first = make(labels=odd, multi_label=multi_label)
    back = parsed(written(first), "x.tsv")
    assert (back.answers.labels, back.role, back.data) == (odd, "runs/a", "reviews")
    assert (back.answers.kind == SEVERAL) == multi_label
    assert (back.contents, back.examples) == (first.contents, first.examples)
    values = [np.array(each.answers.values) for each in (back, first)]
    assert values[0] == pytest.approx(values[1], rel=5e-5)
    assert written(back) == written(first)


def test_line_ends_of_another_system_change_nothing() -> None:
    assert written(parsed(written(make()).replace("\n", "\r\n"), "x.tsv")) == written(make())


def test_rounding_changes_no_prediction() -> None:
    random = np.random.default_rng(0)
    values = 0.5 + random.normal(size=(4, 1)) * 1e-9 * np.array([[1, -1]])
    one, several = (make(values.tolist(), multi_label=each) for each in (False, True))
    for each in (one, several):
        back = parsed(written(each), "x.tsv")
        assert [back.answers.said(i) for i in range(4)] == [each.answers.said(i) for i in range(4)]


def test_the_order_of_the_examples_does_not_matter() -> None:
    predictions = pa.load_predictions(PROBABILITIES[::-1], labels=["neg", "pos"], name="v1")
    turned = stored(
        predictions,
        TEXTS[::-1],
        EXAMPLES[::-1],
        role="runs/a",
        data="reviews",
        data_fingerprint="f00d",
    )
    lines = (written(each).splitlines()[9:] for each in (turned, make()))
    assert next(lines) == next(lines)


def test_parts_of_a_pair_are_told_apart() -> None:
    found = {content_hash(each) for each in ("abc", ("ab", "c"), ("a", "bc"), ("abc", ""))}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("# baseline of", "# bassline of", "its first line is '# bassline"),
        ("format 1", "format 9", "has format 9, but this version reads format 1"),
        ("# data: reviews\n", "", "its header lacks 'data'"),
        ('["neg", "pos"]', "neg, pos", "x.tsv' is damaged"),
        ("one label an", "no label an", "it says 'no label an example', which is unknown"),
        ("content\t", "contents\t", "its columns are not named"),
        ("\t0.1\t0.9\n", "\t0.9\n", "line 11 has 4 columns instead of 5"),
        ("3374938aa86b6dac\tneg\tneg\t0.5\t0.5\n", "", "promises 4 examples, but it h"),
        ("0.98765", "nan", "line 13 holds something else than probabilities"),
        ("0.98765", "1.5", "line 13 holds something else than probabilities"),
        ("0.98765", "?", "line 13 holds something else than probabilities"),
        ("neg\t0.98765", "pos\t0.98765", "line 13 says 'pos', but its probabilities say 'neg'"),
    ],
)
def test_damage_is_found(old: str, new: str, what: str) -> None:
    with pytest.raises(pa.DataError, match="x.tsv") as error:
        parsed(written(make()).replace(old, new, 1), "x.tsv")
    assert what in str(error.value)


def test_an_empty_file_is_no_baseline() -> None:
    with pytest.raises(pa.DataError, match="to be a baseline"):
        parsed("", "x.tsv")


TAGGED = data_of("Anna/B-PER ran", "in Bonn/B-LOC now", "no one")


def tagged(*said: str) -> Stored:
    predictions = said_of(TAGGED, *said)
    return stored(
        predictions,
        TAGGED.inputs,
        labels_of(TAGGED),
        role="tagger",
        data="dev",
        data_fingerprint="f00d",
    )


def test_of_taggers_it_keeps_the_tags_and_how_sure_they_are() -> None:
    first = tagged("B-PER O", "O B-LOC O", "O O")
    text = written(first)
    assert "# says: a tag for each word\n" in text
    assert "\tB-PER O\tB-PER O\t0.77 0.77\n" in text
    assert "Anna" not in text
    back = parsed(text, "x.tsv")
    assert written(back) == text
    assert back.answers.tags == first.answers.tags
    said = back.answers.predictions(said_of(TAGGED, "O O", "O O O", "O O").model, TAGGED.inputs)
    assert said.tags == list(first.answers.tags)
    sure = said.probabilities[said.tags.index(("B-PER", "O"))].max(axis=1)
    assert sure == pytest.approx([0.77, 0.77], abs=1e-6)


def test_rounding_changes_no_tag() -> None:
    answers = Answers(kind=TAGS, labels=("a", "b", "c"), values=[np.array([0.333])], tags=[("c",)])
    said = answers.predictions(said_of(TAGGED, "O O", "O O O", "O O").model, [("x",)])
    assert said.tags == [("c",)]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("\tB-PER O\t0", "\tB-PRE O\t0", "unknown tag 'B-PRE'"),
        ("\t0.77 0.77", "\t0.77", "not a number for each tag"),
    ],
)
def test_damage_to_tags_is_found(old: str, new: str, what: str) -> None:
    with pytest.raises(pa.DataError, match=what):
        parsed(written(tagged("B-PER O", "O B-LOC O", "O O")).replace(old, new, 1), "x.tsv")
