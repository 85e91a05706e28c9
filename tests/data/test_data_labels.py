"""Label columns of every form, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.errors import LabelError, SettingError


def labelled(*labels: Any, **options: Any) -> Data:
    rows = [{"text": f"text {i}", "label": label} for i, label in enumerate(labels)]
    return load_data(rows, **options)


def class_labels(*values: int, names: tuple[str, ...] = ("neg", "pos")) -> datasets.Dataset:
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=list(names))}
    )
    columns = {"text": [f"text {i}" for i in range(len(values))], "label": list(values)}
    return datasets.Dataset.from_dict(columns, features)


@pytest.mark.parametrize("labels", [(1, 0), (1.0, 0.0), ("1", "0"), (True, False)])
def test_numbers_of_any_kind_index_label_names(labels: tuple[Any, ...]) -> None:
    data = labelled(*labels, label_names=["neg", "pos"])
    assert [data.label_text(0), data.label_text(1)] == ["pos", "neg"]


@pytest.mark.parametrize("labels", [(1, 5), (1.0, 5.0), ("1", "5")])
@pytest.mark.parametrize("names", [{1: "bad", 5: "good"}, {"1": "bad", "5": "good"}])
def test_a_dict_renames_numbers_of_any_kind(labels: tuple[Any, ...], names: dict[Any, str]) -> None:
    data = labelled(*labels, label_names=names)
    assert data.label_ids(["good", "bad"]).tolist() == [1, 0]


def test_a_dict_renames_names_and_leaves_others() -> None:
    data = labelled("positive", "neg", "None", label_names={"positive": "pos"})
    assert [data.label_text(i) for i in range(3)] == ["pos", "neg", "None"]


def test_a_number_that_label_names_lacks() -> None:
    for names in ({0: "neg"}, ["neg"]):
        with pytest.raises(LabelError, match="has the label 1, which `label_names` does not cover"):
            labelled(0, 1, label_names=names)


def test_several_numbers_may_mean_one_label() -> None:
    data = labelled(0, 1, 2, label_names=["neg", "neg", "pos"])
    assert data.label_ids(["neg", "pos"]).tolist() == [0, 0, 1]


@pytest.mark.parametrize("names", ["neg,pos", 3, [], [0, 1], {"a": 1}])
def test_label_names_of_no_use(names: Any) -> None:
    with pytest.raises(SettingError, match="Expected `label_names` to be a list of names, or a"):
        labelled(0, 1, label_names=names)


def test_class_labels_are_their_names(tmp_path: Path) -> None:
    data = load_data(class_labels(1, 0))
    assert data.column("label") == ["pos", "neg"]
    assert data.label_text(0) == "pos"
    assert data.where(label="pos").rows.tolist() == [0]
    assert data.dataset.features["label"].names == ["neg", "pos"]
    class_labels(1, 0).to_parquet(tmp_path / "x.parquet")
    assert load_data(tmp_path / "x.parquet").fingerprint == data.fingerprint


def test_label_names_for_class_labels() -> None:
    dataset = class_labels(1, 0, names=("1", "2"))
    assert load_data(dataset, label_names=["bad", "good"]).label_text(0) == "good"
    assert load_data(dataset, label_names={"1": "bad", "2": "good"}).label_text(0) == "good"


def test_a_split_without_labels_says_so() -> None:
    with pytest.raises(LabelError, match=r"No example of 'data' has a label.*label=None"):
        load_data(class_labels(-1, -1))


def test_missing_labels_are_counted_and_shown(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("text,label\na,1\nb,\nc,0\nd,\n")
    expected = r"2 of 4 examples of '.*r\.csv' have no label in column 'label' \(r\.csv row 2, r\."
    with pytest.raises(LabelError, match=expected):
        load_data(tmp_path / "r.csv")
    frame = pd.DataFrame({"text": ["a", "b"], "label": [1, np.nan]})
    with pytest.raises(LabelError, match=r"1 of 2 examples of 'data' .* \(data row 2\)"):
        load_data(frame)


def test_unlabelled_data() -> None:
    data = load_data([{"text": "x"}, {"text": "x"}], label=None)
    assert (data.labelled, data.soft, data.label_text(0)) == (False, False, "")
    assert (data.duplicates, data.conflicts) == (1, 0)
    assert "no labels" in repr(data)
    with pytest.raises(LabelError, match=r"loaded without labels \(label=None\)"):
        data.label_ids(["a"])


def test_lists_of_labels() -> None:
    data = labelled(["joy", "love"], [], ["anger"])
    assert [data.label_text(i) for i in range(3)] == ["joy, love", "(none)", "anger"]
    wanted = ["anger", "joy", "love"]
    assert data.label_matrix(wanted, True).tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert not data.soft
    expected = r"2 of 3 examples .* exactly one label.* data row 1 has 2 \(joy, love\)"
    with pytest.raises(LabelError, match=expected):
        data.label_ids(wanted)


def test_lists_of_one_label_each_are_single_labels() -> None:
    assert labelled(["a"], ["b"]).label_ids(["b", "a"]).tolist() == [1, 0]


def test_lists_of_class_labels() -> None:
    names = datasets.ClassLabel(names=["anger", "joy"])
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.List(names)})
    rows = {"text": ["a", "b"], "label": [[1, 0], []]}
    data = load_data(datasets.Dataset.from_dict(rows, features))
    assert data.column("label") == [["joy", "anger"], []]
    assert data.label_matrix(["joy", "anger"], True).tolist() == [[1, 1], [0, 0]]


@pytest.mark.parametrize("labels", [([0, 1, 1], [1]), ([1, 0], [0, 1]), ([0.0, 1.0], [1.0, 0.0])])
def test_vectors_are_not_taken_for_lists_of_labels(labels: tuple[Any, ...]) -> None:
    with pytest.raises(
        LabelError, match=r"looks like one number per label\. Give each label a col"
    ):
        labelled(*labels)


def test_a_missing_value_inside_a_list() -> None:
    with pytest.raises(LabelError, match="list of labels at data row 2 holds a missing value"):
        labelled(["a"], ["a", None])


def test_columns_of_yes_and_no() -> None:
    rows = [{"text": "x", "joy": 1, "anger": 0}, {"text": "y", "joy": True, "anger": True}]
    for row in rows:
        row["joy"] = int(row["joy"])
        row["anger"] = int(row["anger"])
    data = load_data(rows, label=["joy", "anger"])
    assert not data.soft
    assert data.label_matrix(["anger", "love", "joy"], True).tolist() == [[0, 0, 1], [1, 0, 1]]
    with pytest.raises(LabelError, match="exactly one label"):
        data.label_matrix(["anger", "joy"], False)


def test_columns_of_one_hot_numbers_are_single_labels_too() -> None:
    rows = [{"text": "x", "joy": 1, "anger": 0}, {"text": "y", "joy": 0, "anger": 1}]
    data = load_data(rows, label=("joy", "anger"))
    assert data.label_ids(["anger", "joy"]).tolist() == [1, 0]


def test_columns_of_probabilities(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("text,a,b\nx,0.25,0.7501\ny,1,0\n")
    data = load_data(tmp_path / "r.csv", label=["a", "b"])
    assert data.soft
    matrix = data.label_matrix(["b", "a", "c"], False)
    np.testing.assert_allclose(matrix, [[0.75, 0.25, 0], [0, 1, 0]], atol=1e-4)
    np.testing.assert_array_equal(matrix.sum(axis=1), 1)
    assert data.label_ids(["b", "a"]).tolist() == [0, 1]
    assert data.label_text(0) == "b 0.75, a 0.25"
    with pytest.raises(LabelError, match=r"probabilities that sum to 1, but a model with several"):
        data.label_matrix(["a", "b"], True)


def test_a_tie_goes_to_the_models_first_label() -> None:
    data = labelled({"a": 0.5, "b": 0.5})
    assert data.label_ids(["b", "a"]).tolist() == [0]
    assert data.label_ids(["a", "b"]).tolist() == [0]


def test_dicts_of_probabilities() -> None:
    data = labelled({"pos": 0.9, "neg": 0.1}, {"pos": 1})
    assert data.soft
    np.testing.assert_allclose(data.label_matrix(["neg", "pos"], False), [[0.1, 0.9], [0, 1]])
    renamed = labelled({"p": 0.9, "n": 0.1}, label_names={"p": "pos", "n": "neg"})
    np.testing.assert_allclose(renamed.label_matrix(["neg", "pos"], False), [[0.1, 0.9]])


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ({"a": 0.5, "b": 0.4}, r"data row 2 has a 0\.5, b 0\.4 \(sum 0\.9\)"),
        ({"a": -0.5, "b": 1.5}, r"data row 2 has a -0\.5, b 1\.5"),
        ({"a": 3.0, "b": 1.0}, r"\(sum 4\)\. Divide counts by their sum"),
    ],
)
def test_what_is_no_distribution(label: dict[str, float], shown: str) -> None:
    with pytest.raises(LabelError, match=shown):
        labelled({"a": 0.5, "b": 0.5}, label)


def test_label_columns_that_hold_words() -> None:
    with pytest.raises(LabelError, match=r"label 'a' .* numbers .* but data row 1 holds 'yes'"):
        load_data([{"text": "x", "a": "yes", "b": "no"}], label=["a", "b"])


def test_label_columns_with_a_gap() -> None:
    rows = [{"text": "x", "a": 1.0, "b": 0.0}, {"text": "x", "a": None, "b": 0.0}]
    with pytest.raises(LabelError, match=r"1 of 2 .* no label in column 'a' \(data row 2\)"):
        load_data(rows, label=["a", "b"])


def test_label_columns_with_other_names() -> None:
    rows = [{"text": "x", "a": 1, "b": 0}]
    assert load_data(rows, label=["a", "b"], label_names={"a": "A"}).label_text(0) == "A"
    assert load_data(rows, label=["a", "b"], label_names=["X", "Y"]).label_text(0) == "X"
    with pytest.raises(LabelError, match=r"more label columns than `label_names` \(1\)"):
        load_data(rows, label=["a", "b"], label_names=["X"])


def test_labels_of_no_known_form() -> None:
    with pytest.raises(LabelError, match="every dict of labels is empty"):
        labelled({}, {})
    with pytest.raises(LabelError, match=r"lists in column 'label' .* but one holds \[1\]"):
        labelled([[1]], [[2]])
    with pytest.raises(LabelError, match=r"to hold labels \(strings, .*but got bytes"):
        labelled(b"pos", b"neg")
