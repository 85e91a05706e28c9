"""Baselines and stored predictions that are damaged, found by fuzzing their readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pytest_accept as pt
from pytest_accept.baseline.format import stored, written


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    said = pt.load_predictions(np.array([[0.1, 0.9], [0.7, 0.3]]), labels=["neg", "pos"])
    made = stored(
        said, ["a", "b"], ["pos", "neg"], role="runs/old", data="reviews", data_fingerprint="f00d"
    )
    file = tmp_path / "baseline.tsv"
    file.write_text(written(made))
    pt.load_baseline(file)
    return file


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# model: ", "#: no field\n# model: ", None),
        ('["neg", "pos"]', '["neg"]', "not named by its labels"),
        ('["neg", "pos"]', '["neg", 2]', "its labels are no list of names"),
        ('["neg", "pos"]', '{"neg": 0, "pos": 1}', "its labels are no list of names"),
        ('["neg", "pos"]', "[" * 3000, "nested too deep"),
        ('["neg", "pos"]', "9" * 5000, "damaged"),
        ("one label an example", "several labels", "it says 'several labels', which is unknown"),
    ],
    ids=["a line", "fewer labels", "a number", "an object", "deep", "long", "another kind"],
)  # fmt: skip
def test_a_baseline(old: str, new: str, said: str | None, baseline: Path) -> None:
    content = baseline.read_text()
    assert old in content
    baseline.write_text(content.replace(old, new, 1))
    if said is None:  # what is no field is a comment
        pt.load_baseline(baseline)
        return
    with pytest.raises(pt.DataError, match=said):
        pt.load_baseline(baseline)


def test_predictions_whose_header_is_no_unicode(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes(b"\x80neg,pos\n0.1,0.9\n")
    with pytest.raises(pt.PredictionError, match="header .* is not UTF-8"):
        pt.load_predictions(file)


def test_predictions_whose_texts_are_no_unicode(tmp_path: Path) -> None:
    file = tmp_path / "p.parquet"
    table = pa.table({"text": ["aaaaa"], "neg": [0.1], "pos": [0.9]})
    pq.write_table(table, file, compression="none")
    file.write_bytes(file.read_bytes().replace(b"aaaaa", b"aa\xffaa"))
    with pytest.raises(pt.PredictionError, match="Cannot read"):
        pt.load_predictions(file)


def test_predictions_with_a_column_twice(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("neg,neg,pos\n0.1,0.1,0.9\n")
    with pytest.raises(pt.PredictionError, match="several columns called 'neg'"):
        pt.load_predictions(file)
