"""Data: what it holds, counts and describes."""

from __future__ import annotations

import ast
import doctest
import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pytest

from pytest_accept.data import load_data
from pytest_accept.errors import DataError, SettingError

ROWS = [
    {"text": "a", "label": "pos", "author": "x", "length": "long"},
    {"text": "b", "label": "neg", "author": "y", "length": "short"},
    {"text": "a", "label": "pos", "author": "y", "length": "long"},
    {"text": "a", "label": "neg", "author": "x", "length": "short"},
    {"text": " ", "label": "neg", "author": "z", "length": "short"},
]


def test_repr() -> None:
    assert repr(load_data(ROWS, name="reviews").where(author="x")) == (
        "<Data 'reviews[author=x]': 2 examples, 2 labels ('pos', 'neg'), "
        "columns 'text', 'label', 'author', 'length'>"
    )


def test_pairs() -> None:
    rows = [{"premise": "a", "hypothesis": "b", "label": 0}]
    data = load_data(rows, text=("premise", "hypothesis"))
    assert data.inputs == [("a", "b")]
    swapped = load_data(rows, text=("hypothesis", "premise"))
    assert data.fingerprint != swapped.fingerprint


def test_rows_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_data(ROWS).rows[0] = 3


def test_repeats_and_conflicts_are_counted_for_each_slice() -> None:
    data = load_data(ROWS)
    assert (data.duplicates, data.conflicts) == (1, 3)
    assert data.notes == (
        "1 of 5 texts are empty",
        "1 of 5 examples repeat another (cluster='text' counts each text once)",
        "3 of 5 examples have a text that occurs with different labels",
    )
    long = data.where(length="long")
    assert (long.duplicates, long.conflicts) == (1, 0)
    clustered = load_data(ROWS, cluster="text").where(length="long")
    assert clustered.notes == ("1 of 2 examples repeat another",)


def test_clusters() -> None:
    data = load_data(ROWS, cluster="author")
    assert data.cluster == "author"
    assert data.clusters().tolist() == [0, 1, 1, 0, 2]
    assert data.clusters("text").tolist() == [0, 1, 0, 0, 2]
    assert data.where(author=["y", "z"]).clusters().tolist() == [0, 0, 1]
    assert load_data(ROWS).clusters() is None
    with pytest.raises(DataError, match="no column 'autor'"):
        data.clusters("autor")


def test_cluster_text_means_the_texts_whatever_their_column() -> None:
    rows = [{"review": "a", "label": 0}, {"review": "a", "label": 0}]
    assert load_data(rows, text="review", cluster="text").clusters().tolist() == [0, 0]
    pairs = [{"p": "a", "h": "b", "label": 0}, {"p": "a", "h": "c", "label": 0}]
    assert load_data(pairs, text=("p", "h")).clusters("text").tolist() == [0, 1]


def test_an_example_of_no_cluster_or_group() -> None:
    rows = [{"text": "a", "label": 0, "author": "x"}, {"text": "b", "label": 0, "author": None}]
    with pytest.raises(DataError, match=r"1 of 2 .* have no cluster in column 'author' \(data row"):
        load_data(rows, cluster="author")
    with pytest.raises(DataError, match="have no group in column 'author'"):
        load_data(rows, group="author")
    with pytest.raises(DataError, match=r"no cluster in column 'author' \(first: data row 2\)"):
        load_data(rows).clusters("author")


def test_groups_are_columns_that_exist() -> None:
    assert load_data(ROWS, group="author").group == ("author",)
    assert load_data(ROWS, group=["author", "length"]).group == ("author", "length")
    assert load_data(ROWS).group == ()
    with pytest.raises(DataError, match=r"no column 'autor'\. Did you mean 'author'\?"):
        load_data(ROWS, group=["autor"])
    with pytest.raises(DataError, match="no column 'autor'"):
        load_data(ROWS, cluster="autor")


def test_limit_draws_the_same_rows_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("text,label\n" + "".join(f"{i},{i % 2}\n" for i in range(1000)))
    data = load_data(path, limit=50, seed=3)
    drawn = [int(text) for text in data.inputs]
    assert len(set(drawn)) == 50
    assert drawn == sorted(drawn)
    assert load_data(path, limit=50, seed=3).inputs == data.inputs
    assert load_data(path, limit=50, seed=4).inputs != data.inputs
    assert data.total == 50
    assert data.rows.tolist() == list(range(50))
    assert data.origin(7) == f"many.csv row {drawn[7] + 1}"
    assert data.where(label=1).origin(0) == f"many.csv row {next(d for d in drawn if d % 2) + 1}"
    assert data.notes == ("a random 50 of 1,000 examples (seed 3)",)
    assert len(load_data(path, limit=5000)) == 1000


def test_the_fingerprint_is_of_texts_and_labels_alone() -> None:
    whole = load_data(ROWS).fingerprint
    assert len(whole) == 32
    assert int(whole, 16) >= 0
    fewer = [{"label": row["label"], "text": row["text"]} for row in ROWS]
    assert load_data(fewer, name="other").fingerprint == whole
    for change in ({"text": "A"}, {"label": "neg"}):
        assert load_data([{**ROWS[0], **change}, *ROWS[1:]]).fingerprint != whole
    assert load_data(ROWS[::-1]).fingerprint != whole
    assert load_data(ROWS, label=None).fingerprint != whole
    assert load_data(ROWS).where(author="x").fingerprint == load_data(ROWS[::3]).fingerprint


def test_the_fingerprint_keeps_neighbours_apart() -> None:
    first = load_data([{"text": "ab", "label": "c"}])
    assert first.fingerprint != load_data([{"text": "a", "label": "bc"}]).fingerprint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([["a", "b"]], [["b", "a"]]),
        ([{"a": 0.5, "b": 0.5}], [{"b": 0.5, "a": 0.5}]),
        ([1], ["1"]),
    ],
)
def test_the_same_label_in_other_words_has_one_fingerprint(
    one: list[Any], other: list[Any]
) -> None:
    prints = {load_data([{"text": "x", "label": label}]).fingerprint for label in one + other}
    assert len(prints) == 1


def test_description_is_of_the_whole_and_shared() -> None:
    data = load_data(ROWS, name="reviews")
    described = data.describe()
    assert described is data.where(author="x").describe()
    assert (described.n, described.duplicates, described.conflicts) == (5, 1, 3)
    assert described.columns == ("text", "label", "author", "length")
    assert described.fingerprint == data.fingerprint
    assert (described.name, described.source) == ("reviews", "memory")


def test_the_dataset_of_a_slice() -> None:
    part = load_data(ROWS).where(length="long").dataset
    assert isinstance(part, datasets.Dataset)
    assert part.to_list() == [ROWS[0], ROWS[2]]


def test_data_can_be_pickled() -> None:
    data = load_data(ROWS).where(author="x")
    copy = pickle.loads(pickle.dumps(data))
    assert copy.inputs == data.inputs
    assert copy.fingerprint == data.fingerprint
    assert not copy.rows.flags.writeable


def test_missing_texts_are_counted_and_shown() -> None:
    rows = [{"text": None if i % 2 else "x", "label": 0} for i in range(20)]
    expected = r"10 of 20 examples of 'data' have no text in column 'text' \(data row 2, .*, …\)"
    with pytest.raises(DataError, match=expected):
        load_data(rows)


def test_texts_that_are_numbers() -> None:
    expected = r"to hold texts \(strings, or lists of words\), but it holds int64, such as 5"
    with pytest.raises(DataError, match=expected):
        load_data([{"text": 5, "label": 0}])


def test_missing_columns() -> None:
    with pytest.raises(DataError, match=r"no column 'txt'\. Did you mean 'text'\?.*text='…'"):
        load_data(ROWS, text="txt")
    with pytest.raises(DataError, match=r"no column 'stars'\..*or label=None if none does"):
        load_data(ROWS, label="stars")
    with pytest.raises(DataError, match="no column 'txt'"):
        load_data(ROWS).column("txt")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("text", 3),
        ("text", ("a", "b", "c")),
        ("text", ("a", "a")),
        ("label", 3),
        ("label", []),
        ("label", ["a", "a"]),
        ("group", 3),
        ("cluster", ["a"]),
        ("limit", 0),
        ("limit", "ten"),
        ("limit", True),
        ("seed", 0.5),
        ("name", ""),
        ("split", 3),
        ("delimiter", ",,"),
        ("encoding", "utf-9"),
    ],
)
def test_arguments_of_no_use(argument: str, value: Any) -> None:
    with pytest.raises(SettingError, match=f"Expected `{argument}` to be "):
        load_data(ROWS, **{argument: value})


def test_importing_data_imports_no_heavy_package() -> None:
    code = "import sys, pytest_accept.data; print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(ast.literal_eval(done.stdout))
    assert not loaded & {"datasets", "pyarrow", "pandas", "torch", "transformers", "pytest"}


def test_the_example_in_the_docstring() -> None:
    module = importlib.import_module("pytest_accept.data.load")
    result = doctest.testmod(module, extraglobs={"load_data": load_data})
    assert (result.failed, result.attempted) == (0, 3)
