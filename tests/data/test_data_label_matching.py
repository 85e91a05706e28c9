"""The data's labels against the model's: by name, and never by a guess."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.errors import LabelError


def labelled(*labels: Any, **options: Any) -> Data:
    rows = [{"text": f"text {i}", "label": label} for i, label in enumerate(labels)]
    return load_data(rows, name="reviews", **options)


@pytest.mark.parametrize("wanted", list(permutations(["neg", "neutral", "pos"])))
def test_permuted_model_labels_permute_the_ids(wanted: tuple[str, ...]) -> None:
    labels = ["pos", "neg", "pos", "neutral"]
    data = labelled(*labels)
    assert [wanted[i] for i in data.label_ids(wanted)] == labels
    matrix = data.label_matrix(wanted, False)
    assert matrix.dtype == np.float64
    assert [wanted[i] for i in matrix.argmax(axis=1)] == labels
    np.testing.assert_array_equal(matrix, data.label_matrix(wanted, True))


def test_ids_are_64_bit_integers() -> None:
    assert labelled("a").label_ids(["a"]).dtype == np.int64


def test_case_and_space_are_forgiven_where_that_is_unique() -> None:
    assert labelled("Pos ", "NEG").label_ids(["neg", "pos"]).tolist() == [1, 0]
    assert labelled("pos").label_ids(["POS", "pos"]).tolist() == [1]
    with pytest.raises(LabelError, match="'Pos' of 'reviews' is none of the model's"):
        labelled("Pos").label_ids(["POS", "pos"])


def test_numbers_match_labels_that_are_the_same_number() -> None:
    assert labelled(1, 0).label_ids(["0", "1"]).tolist() == [1, 0]
    assert labelled(1, 0).label_ids(["1", "0"]).tolist() == [0, 1]


def test_numbers_match_generic_labels_by_their_number() -> None:
    assert labelled(1, 0).label_ids(["LABEL_0", "LABEL_1"]).tolist() == [1, 0]
    assert labelled(1, 0).label_ids(["LABEL_1", "LABEL_0"]).tolist() == [0, 1]
    assert labelled(True, False).label_ids(["LABEL_0", "LABEL_1"]).tolist() == [1, 0]
    assert labelled("LABEL_1").label_ids(["LABEL_0", "LABEL_1"]).tolist() == [1]


def test_numbers_against_names() -> None:
    with pytest.raises(LabelError) as caught:
        labelled(0, 1, 1).label_ids(["neg", "pos"])
    assert str(caught.value) == (
        "The labels of 'reviews' are numbers (0, 1), but the model's are names ('neg', 'pos'). "
        "Guessing which number means which name could silently swap classes, so say it: "
        "load_data(..., label_names=['neg', 'pos']) if 0 means 'neg' and 1 means 'pos'."
    )


def test_numbers_that_start_at_one_against_names() -> None:
    with pytest.raises(LabelError, match=r"label_names=\{1: 'bad', 2: 'good'\}\) if 1 means 'bad'"):
        labelled(1, 2).label_ids(["bad", "good"])


def test_a_slice_of_one_number_against_names() -> None:
    with pytest.raises(LabelError, match=r"are numbers \(1\), but the model's are names"):
        labelled(0, 1).where(label=1).label_ids(["neg", "pos"])


def test_names_against_numbers() -> None:
    expected = (
        r"are names \('neg', 'pos'\), but the model's are only numbered \('LABEL_0', 'LABEL_1'\)\."
        r".*in the order of the model's outputs: load_model\(\.\.\., labels=\['neg', 'pos'\]\)\."
    )
    with pytest.raises(LabelError, match=expected):
        labelled("pos", "neg").label_ids(["LABEL_0", "LABEL_1"])


def test_an_unknown_label_is_named_with_its_count_place_and_neighbour() -> None:
    with pytest.raises(LabelError) as caught:
        labelled("pos", "negg", "negg", "odd").label_ids(["neg", "pos"])
    assert str(caught.value) == (
        "The label 'negg' of 'reviews' is none of the model's. Did you mean 'neg'? It occurs in 2 "
        "of 4 examples (first: reviews row 2). Also unknown: 'odd'. The model's labels: 'neg', "
        "'pos'. Rename it when loading, for example load_data(..., label_names={'negg': 'neg'}), "
        "or leave those examples out with data.where(...)."
    )


def test_the_remedies_for_an_unknown_label_work() -> None:
    assert labelled("pos", "negg", label_names={"negg": "neg"}).label_ids(["neg", "pos"]).sum() == 1
    data = labelled("pos", "odd", "neg").where(label=["pos", "neg"])
    assert data.label_ids(["neg", "pos"]).tolist() == [1, 0]


def test_a_number_beyond_the_generic_labels() -> None:
    with pytest.raises(LabelError, match="label '2' of 'reviews' is none of the model's"):
        labelled(1, 2).label_ids(["LABEL_0", "LABEL_1"])


def test_labels_that_the_data_lacks_are_fine() -> None:
    data = labelled("pos")
    assert data.label_ids(["neg", "neutral", "pos"]).tolist() == [2]
    assert data.label_matrix(["neg", "neutral", "pos"], False).tolist() == [[0, 0, 1]]


def test_unknown_names_in_sets_and_distributions() -> None:
    with pytest.raises(LabelError, match=r"'love' .* none of the model's.*1 of 2 .*reviews row 2"):
        labelled(["joy"], ["love"]).label_matrix(["joy"], True)
    with pytest.raises(LabelError, match="'maybe' of 'reviews' is none of the model's"):
        labelled({"yes": 0.5, "maybe": 0.5}).label_matrix(["yes", "no"], False)


def test_a_declared_label_column_must_be_known_even_if_no_row_has_it() -> None:
    data = load_data([{"text": "x", "joy": 1, "love": 0}], label=["joy", "love"])
    with pytest.raises(LabelError, match="'love' of 'data' is none of the model's"):
        data.label_matrix(["joy", "anger"], True)


def test_labels_of_a_slice_stay_with_their_rows() -> None:
    data = labelled("a", "b", "a", "b").where(label="b")
    assert data.label_ids(["b", "a"]).tolist() == [0, 0]
    soft = labelled({"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.8}).where(
        lambda row: "1" in row["text"]
    )
    np.testing.assert_allclose(soft.label_matrix(["a", "b"], False), [[0.2, 0.8]])
