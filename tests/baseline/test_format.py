"""The file of a baseline: what it says, that it comes back as it was, and damage to it."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.baseline.contents import content_hash
from pytest_accept.baseline.format import Stored, parsed, stored, written

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
        "# labels: one an example",
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
    assert (back.labels, back.multi_label, back.role, back.data) == (
        odd,
        multi_label,
        "runs/a",
        "reviews",
    )
    assert (back.contents, back.examples) == (first.contents, first.examples)
    assert back.probabilities == pytest.approx(first.probabilities, rel=5e-5)
    assert written(back) == written(first)


def test_line_ends_of_another_system_change_nothing() -> None:
    assert parsed(written(make()).replace("\n", "\r\n"), "x.tsv").labels == ("neg", "pos")


def test_rounding_changes_no_prediction() -> None:
    random = np.random.default_rng(0)
    values = 0.5 + random.normal(size=(4, 1)) * 1e-9 * np.array([[1, -1]])
    one, several = (make(values.tolist(), multi_label=each) for each in (False, True))
    back = parsed(written(one), "x.tsv").probabilities
    assert (back.argmax(axis=1) == one.probabilities.argmax(axis=1)).all()
    back = parsed(written(several), "x.tsv").probabilities
    assert ((back > 0.5) == (several.probabilities > 0.5)).all()


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
    lines = (written(each).splitlines()[8:] for each in (turned, make()))
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
        ("content\t", "contents\t", "its columns are not named"),
        ("\t0.1\t0.9\n", "\t0.9\n", "line 10 has 4 columns instead of 5"),
        ("3374938aa86b6dac\tneg\tneg\t0.5\t0.5\n", "", "promises 4 examples, but it h"),
        ("0.98765", "nan", "line 12 holds something else than probabilities"),
        ("0.98765", "1.5", "line 12 holds something else than probabilities"),
        ("0.98765", "?", "line 12 holds something else than probabilities"),
        ("neg\t0.98765", "pos\t0.98765", "line 12 says 'pos', but the largest"),
    ],
)
def test_damage_is_found(old: str, new: str, what: str) -> None:
    with pytest.raises(pa.DataError, match="x.tsv") as error:
        parsed(written(make()).replace(old, new, 1), "x.tsv")
    assert what in str(error.value)


def test_an_empty_file_is_no_baseline() -> None:
    with pytest.raises(pa.DataError, match="to be a baseline"):
        parsed("", "x.tsv")
