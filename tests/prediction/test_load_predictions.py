"""Probabilities from arrays and files, and what is none."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from pytest_accept.errors import PredictionError
from pytest_accept.prediction import load_predictions
from tests.prediction.test_predictions import Examples

GOOD = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
LABELS = ["neg", "pos"]


@pytest.mark.parametrize(
    "kind", [np.asarray, np.float32, torch.tensor, list, torch.Tensor.bfloat16]
)
def test_arrays(kind) -> None:
    source = kind(torch.tensor(GOOD)) if kind is torch.Tensor.bfloat16 else kind(GOOD)
    found = load_predictions(source, labels=LABELS, name="stored")
    np.testing.assert_allclose(found.probabilities, GOOD, atol=2e-3)
    assert found.probabilities.dtype == np.float64
    assert found.logits is None
    assert found.model.name == "stored"
    assert found.label_ids.tolist() == [0, 1, 0]


def test_one_dimension_is_the_probability_of_the_second_label() -> None:
    found = load_predictions([0.1, 0.8], labels=LABELS)
    np.testing.assert_allclose(found.probabilities, [[0.9, 0.1], [0.2, 0.8]])


def test_several_labels_need_not_sum_to_one() -> None:
    found = load_predictions([[0.9, 0.9], [0.0, 0.0]], labels=LABELS, multi_label=True)
    assert found.multi_label


def test_the_source_stays_as_it_is() -> None:
    source = np.array([[1.0000001, 0.0]])
    assert load_predictions(source, labels=LABELS).probabilities.max() == 1.0
    assert source.max() > 1.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [[0.9, 0.1], [2.5, -1.0]],
            r"row 1 is \[2.5, -1\]. These look like logits: pass softmax'ed",
        ),
        ([[0.9, 0.1], [np.nan, 1.0]], r"finite, but 1 of 2 rows are not; row 1 is \[nan, 1\]"),
        ([[0.9, 0.1], [0.6, 0.6]], r"row 1 is \[0.6, 0.6\], which sums to 1.2. .*multi_label=True"),
        ([[0.5, 0.3, 0.2]], r"one column for each of the 2 labels, but got shape \(1, 3\)"),
        ([["a", "b"]], r"numbers, one row for each text"),
    ],
)
def test_what_is_no_probability(values, message: str) -> None:
    with pytest.raises(PredictionError, match=message):
        load_predictions(values, labels=LABELS)


def test_an_array_needs_labels() -> None:
    with pytest.raises(PredictionError, match="pass labels="):
        load_predictions(GOOD)


def write(file: Path, **columns: list) -> Path:
    table = pa.table(columns)
    if file.suffix == ".parquet":
        parquet.write_table(table, file)
        return file
    tab = "\t" if file.suffix == ".tsv" else ","
    rows = [
        tab.join(columns),
        *(tab.join(map(str, row)) for row in zip(*columns.values(), strict=True)),
    ]
    file.write_text("\n".join(rows) + "\n")
    return file


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_files(tmp_path: Path, suffix: str) -> None:
    file = write(
        tmp_path / f"run.{suffix}",
        id=[101, 102, 103],
        pos=[0.1, 0.8, 0.5],
        note=["x", "y", "z"],
        neg=[0.9, 0.2, 0.5],
    )
    found = load_predictions(file, labels=LABELS)
    np.testing.assert_allclose(found.probabilities, GOOD)
    assert found.model.name == "run"
    with pytest.raises(PredictionError, match=r"between 0 and 1.*labels=\[…\]; 'run.*'id', 'pos'"):
        load_predictions(file)


def test_without_labels_the_number_columns_are_the_labels(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", text=["a", "b"], neg=[0.9, 0.2], pos=[0.1, 0.8])
    found = load_predictions(str(file))
    assert found.labels == ("neg", "pos")
    assert found.inputs == ["a", "b"]


def test_texts_are_compared_with_the_data(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", text=["a", "b"], neg=[0.9, 0.2], pos=[0.1, 0.8])
    found = load_predictions(file)
    assert found.for_data(Examples(["a", "b"], 2, np.arange(2))) is found
    with pytest.raises(PredictionError, match="row 2 is 'c', but the prediction there is of 'b'"):
        found.for_data(Examples(["a", "c"], 2, np.arange(2)))


def test_the_text_column_may_have_another_name(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", review=["1", "2"], neg=[0.9, 0.2], pos=[0.1, 0.8])
    assert load_predictions(file, text="review").inputs == ["1", "2"]
    with pytest.raises(PredictionError, match=r"no column 'reviews'. Did you mean 'review'"):
        load_predictions(file, text="reviews")


def test_a_label_without_a_column(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", neg=[0.9], pos=[0.1])
    with pytest.raises(PredictionError, match=r"no column 'poss'. Did you mean 'pos'"):
        load_predictions(file, labels=["neg", "poss"])


def test_a_column_of_words(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", neg=["0.9", "high"], pos=[0.1, 0.8])
    with pytest.raises(PredictionError, match=r"'neg' of 'run.csv' is not of numbers.*high"):
        load_predictions(file, labels=LABELS)


def test_several_labels_in_a_file_must_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "run.csv", loud=[0.9], sad=[0.8])
    with pytest.raises(PredictionError, match=r"several labels at once, say labels=\[…\]"):
        load_predictions(file, multi_label=True)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(PredictionError, match="no file"):
        load_predictions(tmp_path / "none.csv")
    (tmp_path / "a.xlsx").write_text("")
    with pytest.raises(PredictionError, match=r"as .csv, .tsv, .parquet, but got 'a.xlsx'"):
        load_predictions(tmp_path / "a.xlsx")


def test_the_fingerprint_is_of_the_content() -> None:
    one, other = (load_predictions(GOOD, labels=LABELS).model.fingerprint for _ in range(2))
    assert one == other
    assert load_predictions(GOOD[::-1], labels=LABELS).model.fingerprint != one
    assert load_predictions(GOOD, labels=["pos", "neg"]).model.fingerprint != one
