"""Folders: what `save_to_disk` wrote, and parquet files with and without splits."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest

from pytest_accept.data import load_data
from pytest_accept.errors import DataError, SettingError


def part(*texts: str) -> datasets.Dataset:
    return datasets.Dataset.from_dict({"text": list(texts), "label": [0] * len(texts)})


def test_a_saved_dataset(tmp_path: Path) -> None:
    part("x", "y").save_to_disk(str(tmp_path / "saved"))
    data = load_data(tmp_path / "saved")
    assert (data.name, data.inputs) == ("saved", ["x", "y"])
    with pytest.raises(SettingError, match="`delimiter`"):
        load_data(tmp_path / "saved", delimiter=";")


def test_saved_splits(tmp_path: Path) -> None:
    saved = datasets.DatasetDict({"train": part("x"), "test": part("y")})
    saved.save_to_disk(str(tmp_path / "saved"))
    assert load_data(str(tmp_path / "saved"), split="test").inputs == ["y"]
    with pytest.raises(DataError, match="several splits: 'train', 'test'"):
        load_data(tmp_path / "saved")


@pytest.mark.parametrize("folder", ["", "data"])
def test_parquet_files_named_by_split(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    part("a").to_parquet(tmp_path / folder / "test-00000-of-00002.parquet")
    part("b").to_parquet(tmp_path / folder / "test-00001-of-00002.parquet")
    part("c").to_parquet(tmp_path / folder / "train-00000-of-00001-0123456789abcdef.parquet")
    data = load_data(tmp_path, split="test")
    assert data.inputs == ["a", "b"]
    assert data.origin(1) == "test-00001-of-00002.parquet row 1"
    with pytest.raises(DataError, match="several splits: 'test', 'train'"):
        load_data(tmp_path)
    with pytest.raises(DataError, match=r"no split 'tets'\. Did you mean 'test'\?"):
        load_data(tmp_path, split="tets")


def test_parquet_files_of_any_name(tmp_path: Path) -> None:
    part("a").to_parquet(tmp_path / "one.parquet")
    part("b").to_parquet(tmp_path / "two.parquet")
    data = load_data(tmp_path)
    assert (data.name, data.inputs) == (tmp_path.name, ["a", "b"])
    with pytest.raises(DataError, match="are not named by split"):
        load_data(tmp_path, split="test")


def test_a_folder_called_like_a_partition_adds_no_column(tmp_path: Path) -> None:
    folder = tmp_path / "source=web"
    folder.mkdir()
    part("a").to_parquet(folder / "one.parquet")
    assert load_data(folder / "one.parquet").columns == ("text", "label")


def test_a_folder_of_neither(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nx,pos\n")
    with pytest.raises(DataError, match=r"holds neither\. It holds 'a\.csv': pass one or a list"):
        load_data(tmp_path)
    with pytest.raises(DataError, match="is a folder, and a list of sources may hold only files"):
        load_data([tmp_path])
