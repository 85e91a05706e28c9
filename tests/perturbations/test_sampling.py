"""The audit export: what a person gets to read."""

import csv
from pathlib import Path
from typing import Any

import pytest

import pytest_accept as pa
from pytest_accept.perturbations.kinds.contractions import contractions
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.sampling import COLUMNS, sample

ROWS = [
    {"text": f"A {word} film, and I do not say that lightly.", "label": label}
    for word, label in (("good", "pos"), ("bad", "neg"), ("slow", "neg"))
]


def test_a_csv_for_a_person_to_fill_in(tmp_path: Path) -> None:
    path = tmp_path / "audits" / "typos.csv"
    rows = sample(typos(max_edits=2), pa.load_data(ROWS), 7, path=path)
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert read == rows
    assert tuple(read[0]) == COLUMNS
    assert len(read) == 7
    for row in read:
        assert row["edited"] != row["original"]
        assert "[" in row["marked"]
        assert (row["promise"], row["valid"]) == ("same", "")
        assert row["label"] == ("pos" if "good" in row["original"] else "neg")
    # Each text before any comes again.
    assert len({row["original"] for row in read[:3]}) == 3


def test_the_same_seed_draws_the_same() -> None:
    texts = [row["text"] for row in ROWS]
    assert sample(typos(), texts, 20, seed=1) == sample(typos(), texts, 20, seed=1)
    assert sample(typos(), texts, 20, seed=1) != sample(typos(), texts, 20, seed=2)


def test_texts_that_cannot_be_changed_are_left_out() -> None:
    rows = sample(contractions(), ["I do not know.", "Nothing here"], 5)
    assert {row["original"] for row in rows} == {"I do not know."}
    assert rows[0]["edited"] == "I don't know."
    with pytest.raises(pa.DataError, match=r"contractions\(\) changes none of the 1 texts"):
        sample(contractions(), ["Nothing here"])


def test_pairs_and_half_characters(tmp_path: Path) -> None:
    path = tmp_path / "audit.csv"
    rows = sample(typos(), [("a good film", "broken \ud83d text")], 20, path=path)
    assert " / " in rows[0]["original"]
    assert "broken" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"perturbation": "typos"}, "Expected `perturbation` to be a perturbation such as typos()"),
        ({"n": 0}, "Expected `n` to be an integer of 1 or more"),
    ],
)
def test_wrong_arguments(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(pa.SettingError) as caught:
        sample(**{"perturbation": typos(), "data": ["a film"], **wrong})
    assert message in str(caught.value)
