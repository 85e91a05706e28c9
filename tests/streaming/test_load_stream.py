"""`load_data(streaming=True)`: what can be streamed, and the same errors as ordinary data."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest

import pytest_accept as accept
from pytest_accept import load_data
from pytest_accept.data.streamed import StreamedData
from pytest_accept.errors import DataError, LabelError, SettingError
from tests.streaming.conftest import LABELS, write
from tests.streaming.conftest import rows as made


def as_csv(path: Path, examples: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(examples[0]))
        writer.writeheader()
        writer.writerows(examples)
    return path


def as_jsonl(path: Path, examples: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in examples))
    return path


def as_arrow(path: Path, examples: list[dict[str, Any]]) -> Path:
    table = pa.Table.from_pylist(examples)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=40)
    return path


def saved(path: Path, examples: list[dict[str, Any]]) -> Path:
    datasets.Dataset.from_list(examples).save_to_disk(str(path))
    return path


def parquet(path: Path, examples: list[dict[str, Any]]) -> Path:
    return write(path, examples)


@pytest.mark.parametrize(
    ("write_it", "name"),
    [
        (parquet, "texts"),
        (as_csv, "texts.csv"),
        (as_jsonl, "texts.jsonl"),
        (as_arrow, "texts.arrow"),
        (saved, "texts"),
    ],
    ids="parquet csv jsonl arrow saved".split(),
)
def test_files(write_it: Any, name: str, tmp_path: Path, model: Any, small_chunks: Any) -> None:
    small_chunks(64)
    examples = made(300)
    examples[7]["text"] = 'line\u2028 one,\n"two" é'
    path = write_it(tmp_path / name, examples)
    memory, stream = load_data(path), load_data(path, streaming=True)
    assert isinstance(stream, StreamedData)
    assert stream.columns == memory.columns
    assert accept.accuracy(model, stream).plain() == accept.accuracy(model, memory).plain()
    where = {"stars": 3}
    assert (
        accept.accuracy(model, stream, where=where).plain()
        == accept.accuracy(model, memory, where=where).plain()
    )
    assert stream.describe() == memory.describe()
    assert stream.fingerprint == memory.fingerprint
    origins = [chunk.origin(i) for chunk in stream.chunks() for i in range(len(chunk))]
    assert origins == [memory.origin(i) for i in range(300)]


def test_an_iterable_dataset_is_streamed_unasked(model: Any) -> None:
    named = datasets.Features(
        text=datasets.Value("string"), label=datasets.ClassLabel(names=list(LABELS))
    )
    examples = [{"text": each["text"], "label": LABELS.index(each["label"])} for each in made(90)]
    whole = datasets.Dataset.from_list(examples, features=named)
    memory, stream = load_data(whole), load_data(whole.to_iterable_dataset(num_shards=3))
    assert repr(stream) == (
        "<StreamedData 'data': examples not counted yet, columns 'text', 'label'>"
    )
    assert accept.f1(model, stream).plain() == accept.f1(model, memory).plain()
    assert stream.describe() == memory.describe()


def test_an_iterable_dataset_of_a_generator(model: Any) -> None:
    stream = load_data(datasets.IterableDataset.from_generator(lambda: iter(made(90))), name="made")
    memory = load_data(made(90), name="made")
    assert accept.f1(model, stream).plain() == accept.f1(model, memory).plain()


def test_a_builder_of_datasets(tmp_path: Path, model: Any) -> None:
    folder = write(tmp_path / "texts", made(120))
    files = sorted(map(str, folder.glob("*.parquet")))
    options: dict[str, Any] = {"data_files": files, "split": "train", "name": "texts"}
    stream = load_data("parquet", streaming=True, **options)
    expected = accept.f1(model, load_data(folder))
    assert accept.f1(model, stream).plain() == expected.plain()


def test_a_stream_that_ends_is_told_from_one_that_begins_anew(model: Any) -> None:
    left = [made(90), made(90), made(40)]
    stream = load_data(datasets.IterableDataset.from_generator(lambda: iter(left.pop(0))))
    accept.accuracy(model, stream)
    with pytest.raises(DataError, match="'data' had 90 examples when it was read first, and now h"):
        accept.accuracy(model, stream, where={"source": "a"})


def test_pairs_and_label_names(tmp_path: Path, model: Any) -> None:
    examples = [{"a": str(i), "b": "x", "y": i % 3} for i in range(60)]
    options: dict[str, Any] = {"text": ("a", "b"), "label": "y", "label_names": LABELS}
    folder = write(tmp_path / "pairs", examples)
    memory, stream = load_data(folder, **options), load_data(folder, streaming=True, **options)
    assert stream.describe() == memory.describe()
    found, expected = (accept.accuracy(model, each) for each in (stream, memory))
    assert found.plain() == expected.plain()
    verdict = found.judge(0.99, "above")
    assert verdict.evidence == expected.judge(0.99, "above").evidence


@pytest.mark.parametrize("source", ["folder", "lines"])
def test_a_sample_is_the_one_of_data_in_memory(source: str, tmp_path: Path) -> None:
    path = write(tmp_path / "texts", made(300))
    if source == "lines":
        path = as_jsonl(tmp_path / "texts.jsonl", made(300))
    memory, stream = (load_data(path, limit=50, seed=3, streaming=each) for each in (False, True))
    assert not stream.streamed
    assert stream.inputs == memory.inputs
    assert stream.notes == memory.notes
    assert [stream.origin(i) for i in range(50)] == [memory.origin(i) for i in range(50)]
    assert len(load_data(path, limit=900, streaming=True)) == 300


def test_splits(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    folder.mkdir()
    for name in ("train", "test"):
        table = datasets.Dataset.from_list(made(10, seed=len(name)))
        table.to_parquet(str(folder / f"{name}-00000-of-00001.parquet"))
    assert load_data(folder, split="test", streaming=True).describe().n == 10
    with pytest.raises(DataError, match="several splits: 'test', 'train'"):
        load_data(folder, streaming=True)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"text": "texts"}, "no column 'texts'. Did you mean 'text'"),
        ({}, {"label": "labels"}, "no column 'labels'"),
        ({}, {"group": "sauce"}, "no column 'sauce'"),
        ({"text": None}, {}, r"no text in column 'text' \(part0.parquet row 6\)"),
        ({"label": None}, {}, r"no label in column 'label' \(part0.parquet row 6\)"),
        ({"source": None}, {"group": "source"}, r"no group in column 'source' \(part0.parquet"),
        ({}, {"text": "stars"}, "Expected column 'stars' of .* to hold texts"),
    ],
    ids="text label group empty-text no-label no-group numbers".split(),
)
def test_what_is_wrong_at_the_beginning_is_said_at_once(
    change: dict[str, Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    examples = made(30)
    examples[5].update(change)
    folder = write(tmp_path / "texts", examples, files=2)
    with pytest.raises(DataError, match=message):
        load_data(folder, streaming=True, **options)


def test_what_is_wrong_later_is_said_with_its_row(
    tmp_path: Path, model: Any, small_chunks: Any
) -> None:
    small_chunks(50)
    examples = made(300)
    examples[233]["label"] = "possitive"
    stream = load_data(write(tmp_path / "texts", examples, files=2), streaming=True)
    with pytest.raises(LabelError, match=r"label 'possitive'.*first: part1.parquet row 84\)"):
        accept.accuracy(model, stream)
    examples[233] = {**examples[233], "label": "pos", "text": None}
    stream = load_data(write(tmp_path / "texts", examples, files=2), streaming=True)
    with pytest.raises(DataError, match=r"no text in column 'text' \(part1.parquet row 84\)"):
        accept.accuracy(model, stream)


def test_a_later_file_without_a_column_is_named(model: Any, tmp_path: Path) -> None:
    folder = write(tmp_path / "some", made(120), files=3)
    for column in ("label", "source"):
        others = [{k: v for k, v in each.items() if k != column} for each in made(40)]
        datasets.Dataset.from_list(others).to_parquet(str(folder / "part2.parquet"))
        stream = load_data(folder, streaming=True)
        message = rf"from part2.parquet row \d+ on there is no column '{column}', but there is one"
        with pytest.raises(DataError, match=message):
            accept.accuracy(model, stream, where={"source": "books"})
    with pytest.raises(DataError, match=r"from part2.parquet on there is no column 'source'"):
        load_data(folder, group="source", streaming=True, limit=10)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ([{"text": "a", "label": 1}], {}, "Only what lies outside of memory can be streamed"),
        ("words.conll", {}, "cannot be streamed: only .parquet, .csv"),
        ("whole.json", {}, "cannot be streamed: only .parquet, .csv"),
        ("nowhere.parquet", {}, "no file or folder"),
        ("empty.parquet", {}, "has no rows"),
        ("damaged.parquet", {}, "cannot be read as parquet"),
        ("latin.csv", {}, "Expected .* to be text in 'utf-8'"),
        ("short.csv", {}, "row 2 .* has 1 fields"),
        ("odd.jsonl", {}, "line 2, column 1"),
        ("good.csv", {"delimiter": ";"}, "The delimiter seems to be ','"),
        ("good.csv", {"split": "test"}, "Expected `split` to be None"),
        ("good.csv", {"quote": "'"}, "no option 'quote'"),
        ("folder", {}, "to hold files that can be streamed"),
    ],
    ids=[str(i) for i in range(13)],
)
def test_what_cannot_be_streamed(
    source: Any, options: dict[str, Any], message: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "made", made(3), files=1)
    empty = pa.table({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())})
    datasets.Dataset(empty).to_parquet("empty.parquet")
    Path("words.conll").write_text("a O\n")
    Path("whole.json").write_text("[]")
    Path("damaged.parquet").write_bytes((tmp_path / "made/part0.parquet").read_bytes()[:-9])
    Path("latin.csv").write_bytes("text,label\né,1\n".encode("latin-1"))
    Path("short.csv").write_text("text,label\na,1\nb\n")
    Path("odd.jsonl").write_text('{"text": "a", "label": 1}\nnothing\n')
    Path("good.csv").write_text("text,label\na,1\n")
    Path("folder").mkdir()
    with pytest.raises((DataError, SettingError), match=message):
        load_data(source, streaming=True, **options)


def test_streaming_is_yes_or_no(folder: Path) -> None:
    with pytest.raises(SettingError, match="Expected `streaming` to be True or False"):
        load_data(folder, streaming="yes")  # type: ignore[arg-type]
    stream = load_data(folder, streaming=True)
    assert load_data(stream) is stream
    with pytest.raises(SettingError, match="loaded already"):
        load_data(stream, streaming=True)


def test_long_rows_are_read_few_at_a_time(tmp_path: Path, monkeypatch: Any) -> None:
    from pytest_accept.data import chunks, stream_sources

    monkeypatch.setattr(chunks, "BYTES", 3000)
    monkeypatch.setattr(stream_sources, "BYTES", 3000)
    examples = [{"text": f"{i} " * 500, "label": "pos"} for i in range(20)]
    for path in (
        write(tmp_path / "long", examples, files=1),
        as_jsonl(tmp_path / "long.jsonl", examples),
        as_csv(tmp_path / "long.csv", examples),
    ):
        sizes = [len(chunk) for chunk in load_data(path, streaming=True).chunks()]
        assert sum(sizes) == 20
        assert max(sizes) <= 4


def test_only_the_columns_that_are_asked_for_are_read(folder: Path) -> None:
    stream = load_data(folder, streaming=True)
    assert next(iter(stream.chunks())).columns == ("text", "label")
    assert next(iter(stream.where(stars=1).chunks("source"))).columns == (
        "text",
        "label",
        "source",
        "stars",
    )


def test_a_stream_can_be_pickled(folder: Path, model: Any) -> None:
    stream = load_data(folder, streaming=True).where(source="a")
    again = pickle.loads(pickle.dumps(stream))
    assert again.population == "reviews[source=a]"
    assert accept.accuracy(model, again).plain() == accept.accuracy(model, stream).plain()


def test_slices_share_what_is_known_and_have_no_fingerprint(folder: Path) -> None:
    stream = load_data(folder, streaming=True)
    part = stream.where(source="a")
    assert part.describe() is stream.describe()
    assert part.whole.population == "reviews"
    with pytest.raises(DataError, match="The fingerprint of a slice needs all examples"):
        _ = part.fingerprint
