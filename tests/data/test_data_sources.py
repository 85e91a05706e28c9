"""Every kind of source gives the same Data; every wrong one says what was expected."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pytest_accept.data import load_data
from pytest_accept.errors import DataError, SettingError

ROWS = [
    {"text": "Fine, really.", "label": "pos", "stars": 5, "source": "web"},
    {"text": 'She said "no"\nand left', "label": "neg", "stars": 1, "source": "mail"},
    {"text": "NA", "label": "neg", "stars": 2, "source": "web"},
]


def write_csv(path: Path, delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(ROWS[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def write_jsonl(path: Path) -> Path:
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


def write_arrow(path: Path, *, stream: bool) -> Path:
    table = pa.Table.from_pylist(ROWS)
    with pa.OSFile(str(path), "wb") as file:
        writer = (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, table.schema)
        with writer:
            writer.write_table(table)
    return path


def make(kind: str, folder: Path) -> object:
    path = folder / f"reviews.{kind.split(' ', maxsplit=1)[0]}"
    if kind == "csv":
        return write_csv(path)
    if kind == "tsv":
        return str(write_csv(path, "\t"))
    if kind == "json":
        path.write_text(json.dumps(ROWS), encoding="utf-8")
    if kind == "json of columns":
        path.write_text(json.dumps({key: [row[key] for row in ROWS] for key in ROWS[0]}))
    if kind in ("jsonl", "json lines"):
        return write_jsonl(path)
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    if kind.startswith("arrow"):
        return write_arrow(path, stream=kind == "arrow stream")
    return path


FILES = [
    "csv",
    "tsv",
    "json",
    "json lines",
    "json of columns",
    "jsonl",
    "parquet",
    "arrow stream",
    "arrow file",
]


@pytest.mark.parametrize("kind", FILES)
def test_every_file_gives_the_same_data(kind: str, tmp_path: Path) -> None:
    data = load_data(make(kind, tmp_path))
    assert data.inputs == [row["text"] for row in ROWS]
    assert data.column("stars") == [5, 1, 2]
    assert data.label_ids(["neg", "pos"]).tolist() == [1, 0, 0]
    assert data.name == "reviews"
    assert data.origin(1) == f"reviews.{kind.split(' ', maxsplit=1)[0]} row 2"
    assert data.fingerprint == load_data(ROWS).fingerprint
    assert data.describe().source.endswith(f"reviews.{kind.split(' ', maxsplit=1)[0]}")


@pytest.mark.parametrize(
    "source",
    [
        ROWS,
        tuple(ROWS),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).astype({"label": "category"}),
        pd.DataFrame(ROWS).astype(object),
        datasets.Dataset.from_list(ROWS),
        datasets.DatasetDict({"test": datasets.Dataset.from_list(ROWS)}),
        load_data(ROWS),
    ],
    ids=["list", "tuple", "pandas", "category", "object", "Dataset", "DatasetDict", "Data"],
)
def test_every_value_in_memory_gives_the_same_data(source: object) -> None:
    data = load_data(source)
    assert data.inputs == [row["text"] for row in ROWS]
    assert data.column("stars") == [5, 1, 2]
    assert data.label_ids(["neg", "pos"]).tolist() == [1, 0, 0]
    assert data.origin(2) == "data row 3"
    assert data.fingerprint == load_data(ROWS).fingerprint
    assert data.describe().source == "memory"


def test_a_shuffled_dataset_keeps_its_order() -> None:
    dataset = datasets.Dataset.from_list(ROWS).select([2, 0])
    assert load_data(dataset).inputs == ["NA", "Fine, really."]


def test_a_dataset_with_a_torch_like_format_still_gives_every_column() -> None:
    dataset = datasets.Dataset.from_list(ROWS).with_format("numpy", columns=["stars"])
    assert load_data(dataset).inputs == [row["text"] for row in ROWS]


def test_files_are_concatenated_and_origins_name_each(tmp_path: Path) -> None:
    first, second = write_csv(tmp_path / "a.csv"), write_jsonl(tmp_path / "b.jsonl")
    data = load_data([first, str(second)])
    assert len(data) == 6
    assert data.origin(2) == "a.csv row 3"
    assert data.origin(3) == "b.jsonl row 1"
    assert data.name == "a+b"
    assert data.describe().source == f"{first}, {second}"


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "x" / "t.csv", tmp_path / "y" / "t.csv"]
    for path in paths:
        path.parent.mkdir()
        write_csv(path)
    assert load_data(paths).origin(4) == f"{paths[1]} row 2"


def test_a_column_is_a_number_only_if_it_is_one_in_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,id\nx,pos,7\n")
    (tmp_path / "b.csv").write_text("text,label,id\ny,neg,seven\n")
    data = load_data([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert data.column("id") == ["7", "seven"]


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nx,pos\n")
    (tmp_path / "b.csv").write_text("text,label,stars\ny,neg,5\n")
    with pytest.raises(DataError, match=r"only one of 'a\.csv' and 'b\.csv' has 'stars'"):
        load_data([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_files_that_name_their_classes_differently_are_refused(tmp_path: Path) -> None:
    paths = []
    for names in (["neg", "pos"], ["pos", "neg"]):
        features = datasets.Features(
            {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)}
        )
        dataset = datasets.Dataset.from_dict({"text": ["x"], "label": [0]}, features=features)
        paths.append(tmp_path / f"{names[0]}.parquet")
        pq.write_table(dataset.with_format("arrow")[:], paths[-1])
        assert load_data(paths[-1]).label_text(0) == names[0]
    with pytest.raises(DataError, match="give their label numbers different names"):
        load_data(paths)


def test_files_whose_columns_differ_in_type_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x", "label": 1}')
    (tmp_path / "b.jsonl").write_text('{"text": "x", "label": "pos"}')
    with pytest.raises(DataError, match="Give the column one type in all of them"):
        load_data([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])


def test_an_unsupported_suffix_lists_the_supported(tmp_path: Path) -> None:
    (tmp_path / "ner.xml").write_text("<s>EU</s>\n")
    expected = r"Supported: \.csv, \.tsv, \.json, \.jsonl, \.parquet, \.arrow, \.conll, "
    with pytest.raises(DataError, match=expected):
        load_data(tmp_path / "ner.xml")


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_damaged_file_says_so(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(b"this is no such file at all")
    with pytest.raises(DataError, match=rf"bad\.{suffix}' cannot be read as {suffix}: "):
        load_data(path)


@pytest.mark.parametrize("content", ["", "text,label\n", "\n\n"])
def test_an_empty_csv_says_so(content: str, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(content)
    with pytest.raises(DataError, match=r"e\.csv' (is empty|has no rows): expected"):
        load_data(tmp_path / "e.csv")


@pytest.mark.parametrize("content", ["", "[]", "\n"])
def test_an_empty_json_says_so(content: str, tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(content)
    with pytest.raises(DataError, match=r"e\.json' has no rows: expected at least one example"):
        load_data(tmp_path / "e.json")


def test_an_empty_list_says_so() -> None:
    with pytest.raises(DataError, match="list of rows is empty"):
        load_data([])


def test_an_empty_dataset_says_so() -> None:
    with pytest.raises(DataError, match="'data' has no rows"):
        load_data(datasets.Dataset.from_dict({"text": [], "label": []}))


def test_rows_that_are_no_dicts() -> None:
    with pytest.raises(DataError, match=r"every row of the list to be a dict, but row 2 is tuple"):
        load_data([{"text": "x", "label": 1}, ("y", 0)])


def test_a_list_of_something_else() -> None:
    with pytest.raises(DataError, match=r"a list of dicts \(rows\) or of paths, but it holds int"):
        load_data([1, 2])


def test_a_source_of_no_known_kind() -> None:
    with pytest.raises(DataError, match=r"Expected a path \(\.csv, .*but got int\."):
        load_data(5)


def test_a_column_that_mixes_types_names_the_rows() -> None:
    rows = [{"text": "x", "label": 1}, {"text": "y", "label": "pos"}]
    with pytest.raises(
        DataError, match="Column 'label' of the list mixes types: int in row 1, str"
    ):
        load_data(rows)
    with pytest.raises(DataError, match=r"DataFrame has a column that mixes types: .*column label"):
        load_data(pd.DataFrame(rows))


def test_text_that_is_no_unicode() -> None:
    with pytest.raises(DataError, match="Row 1 of column 'text' of the list is not valid Unico"):
        load_data([{"text": "\ud800", "label": 1}])


def test_a_frame_with_two_columns_of_one_name() -> None:
    frame = pd.DataFrame([["x", 1, 2]], columns=["text", "label", "label"])
    with pytest.raises(DataError, match="several columns called 'label'"):
        load_data(frame)


def test_a_dict_of_splits_wants_to_know_which() -> None:
    part = datasets.Dataset.from_list(ROWS)
    splits = datasets.DatasetDict({"train": part, "test": part.select([0])})
    assert len(load_data(splits, split="test")) == 1
    with pytest.raises(DataError, match=r"several splits: 'train', 'test'.*split='test'"):
        load_data(splits)
    with pytest.raises(DataError, match=r"no split 'tset'\. Did you mean 'test'\?"):
        load_data(splits, split="tset")


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        (ROWS, {"split": "test"}, "a list of dicts has no splits"),
        (ROWS, {"delimiter": ";"}, "`delimiter` to be None where no text file is read"),
        (ROWS, {"encoding": "latin-1"}, "`encoding` to be the default where no text file is read"),
        (ROWS, {"revision": "main"}, "no option 'revision'"),
        (pd.DataFrame(ROWS), {"split": "test"}, "a DataFrame has no splits"),
        (load_data(ROWS), {"limit": 2}, "loaded already"),
    ],
)
def test_an_argument_that_a_source_cannot_honour(
    source: object, arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        load_data(source, **arguments)


def test_an_argument_that_a_file_cannot_honour(tmp_path: Path) -> None:
    parquet, text = make("parquet", tmp_path), make("csv", tmp_path)
    with pytest.raises(SettingError, match=r"no option 'quotchar'\. Did you mean 'quotechar'\?"):
        load_data(text, quotchar=None)
    with pytest.raises(SettingError, match="`delimiter` to be None for files that have no"):
        load_data(parquet, delimiter=";")
    with pytest.raises(SettingError, match="`encoding` to be the default for files that are not"):
        load_data(parquet, encoding="latin-1")
    with pytest.raises(SettingError, match="one file has no splits"):
        load_data(text, split="test")
