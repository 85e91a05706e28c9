"""Data files that are damaged, endless or hostile: one clear error, found by fuzzing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pytest_accept import DataError, bounded_tables, load_data

TABLE = pa.table({"text": ["aaaaa"] * 3, "label": ["pos", "neg", "pos"]})


def write_arrow(path: Path, table: Any = TABLE) -> Path:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [("[" * 3000, "nested too deep"), ("9" * 5000, "a number that is too long")],
    ids=["deep", "endless number"],
)
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_that_python_refuses_to_hold(
    content: str, said: str, suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"data.{suffix}"
    file.write_text(f'{{"text": "a", "label": {content}}}\n')
    with pytest.raises(DataError, match=said):
        load_data(file)


def test_offsets_out_of_an_arrow_file_do_not_end_the_process(tmp_path: Path) -> None:
    file = write_arrow(tmp_path / "data.arrow")
    content = file.read_bytes()
    ends = b"".join(at.to_bytes(4, "little") for at in (0, 5, 10, 15))  # of the texts
    assert content.count(ends) == 1
    file.write_bytes(content.replace(ends, ends[:12] + b"\xff\xff\xff\x7f"))
    with pytest.raises(DataError, match="cannot be read as arrow"):
        load_data(file)


@pytest.mark.parametrize("suffix", ["arrow", "parquet"])
def test_texts_that_are_no_unicode(suffix: str, tmp_path: Path) -> None:
    file = write_arrow(tmp_path / "data.arrow")
    if suffix == "parquet":
        file = tmp_path / "data.parquet"
        pq.write_table(TABLE, file, compression="none")
    file.write_bytes(file.read_bytes().replace(b"aaaaa", b"aa\xffaa"))
    with pytest.raises(DataError, match=f"cannot be read as {suffix}.*UTF"):
        load_data(file)


@pytest.mark.parametrize("suffix", ["arrow", "parquet"])
def test_a_file_that_unfolds_beyond_memory(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), ["x" * 1_000])
    table = pa.table({"text": texts})
    file = tmp_path / f"data.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, file)
        assert file.stat().st_size < 10_000
    else:
        write_arrow(file, table)
    monkeypatch.setattr(bounded_tables, "largest", lambda: 20_000_000)
    with pytest.raises(DataError, match=r"holds more than 0\.0186 GiB when it is unfolded"):
        load_data(file, label=None)
    monkeypatch.setattr(bounded_tables, "largest", lambda: 60_000_000)
    assert len(load_data(file, label=None)) == 50_000


def test_memory_is_asked_of_the_machine() -> None:
    assert 1 << 28 < bounded_tables.largest() < 1 << 50


@pytest.mark.parametrize("suffix", ["arrow", "parquet"])
def test_two_columns_of_one_name(suffix: str, tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    file = tmp_path / f"data.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, file)
    else:
        write_arrow(file, table)
    with pytest.raises(DataError, match="several columns called 'text'"):
        load_data(file, label=None)


@pytest.mark.parametrize(
    "metadata",
    [
        "[", "[]", '{"info": 3}', '{"info": {"features": [1]}}',
        '{"info": {"features": {"label": {"_type": "ClassLabel", "names": [1, 2]}}}}',
        '{"info": {"features": {"label": {"_type": "ClassLabel", "names": "ab"}}}}',
        '{"info": {"features": {"label": ' + '{"_type": "List", "feature": ' * 2000 + "0}" * 2000,
    ],
    ids=["no json", "a list", "no info", "no features", "numbers", "one string", "deep"],
)  # fmt: skip
def test_names_of_classes_that_are_damaged(metadata: str, tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b"], "label": [0, 1]})
    file = tmp_path / "data.parquet"
    pq.write_table(table.replace_schema_metadata({"huggingface": metadata}), file)
    with pytest.raises(DataError, match="what its label numbers mean is not known"):
        load_data(file)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    rows = [{"text": "a", "label": "pos"}, {"text": "b", "label": "neg"}]
    parts = datasets.DatasetDict(test=datasets.Dataset.from_list(rows))
    parts.save_to_disk(folder)
    assert len(load_data(folder)) == 2
    return folder


@pytest.mark.parametrize("name", ["../../elsewhere.arrow", "/etc/elsewhere.arrow", "..\\e.arrow"])
def test_a_saved_dataset_reads_nothing_outside_of_its_folder(name: str, saved: Path) -> None:
    state = saved / "test" / "state.json"
    content = json.loads(state.read_text())
    state.write_text(json.dumps({**content, "_data_files": [{"filename": name}]}))
    with pytest.raises(DataError, match="to name what is in its folder"):
        load_data(saved)


def test_a_saved_dataset_has_no_split_outside_of_its_folder(saved: Path) -> None:
    (saved.parent / "other").mkdir()
    (saved / "dataset_dict.json").write_text('{"splits": ["../other"]}')
    with pytest.raises(DataError, match="to name what is in its folder"):
        load_data(saved)


@pytest.mark.parametrize("file", ["dataset_info.json", "state.json"])
@pytest.mark.parametrize("content", [b"null", b"[" * 3000, b"\xff", b'{"features": []}'])
def test_a_saved_dataset_that_is_damaged(file: str, content: bytes, saved: Path) -> None:
    (saved / "test" / file).write_bytes(content)
    with pytest.raises(DataError, match="is not what `Dataset.save_to_disk` writes"):
        load_data(saved)
