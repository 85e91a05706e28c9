"""The readers that `fuzz.py` feeds: what a valid file of each is, and what is done with it."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import xxhash

import pytest_accept as pa
from pytest_accept.records import (
    Criterion,
    Edited,
    Environment,
    Evidence,
    Example,
    MarkedSpan,
    Record,
    TextEdit,
    TokenScore,
    Training,
    TrainingStep,
)  # fmt: skip

ROWS = [
    {"text": f"{word} film, number {at}", "label": label, "source": "ab"[at % 2]}
    for at, (word, label) in enumerate([("good", "pos"), ("bad", "neg"), ("fine", "pos")] * 4)
]


@dataclass(frozen=True)
class Reader:
    """`seeds` are valid files, `read` takes the path of one and may raise AcceptanceErrors alone.

    `never_raises`: not even those. `beside` are other files that must stand in its folder.
    """

    seeds: tuple[bytes, ...]
    name: str
    read: Callable[[Path], Any]
    is_json: bool = False
    never_raises: bool = False
    beside: tuple[tuple[str, bytes], ...] = ()

    def put(self, folder: Path, content: bytes) -> Path:
        """Write a file, and those beside it, and return its path."""
        for name, bytes_ in self.beside:
            file = folder / name
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(bytes_)
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


def readers() -> dict[str, Reader]:
    """Return all readers, by name."""
    table = _table()
    return {
        "csv": Reader((table,), "data.csv", _data),
        "tsv": Reader((table.replace(b",", b"\t"),), "data.tsv", _data),
        "json": Reader(_json_data(), "data.json", _data, is_json=True),
        "jsonl": Reader((_json_lines(),), "data.jsonl", _data),
        "conll": Reader((CONLL,), "data.conll", _data),
        "conllu": Reader((CONLLU,), "data.conllu", _data),
        "txt": Reader((b"One text.\n\nAnother,\nof two lines.\n",), "data.txt", _data),
        "parquet": Reader(_parquet(), "data.parquet", _data),
        "arrow": Reader(_arrow(), "data.arrow", _data),
        "saved dataset": _saved_dataset(),
        "behavioural suite": Reader((_cases(),), "suite.csv", _suite),
        "predictions csv": Reader((PREDICTIONS,), "p.csv", _predictions),
        "predictions parquet": Reader(_parquet(numbers=True), "p.parquet", _predictions),
        "baseline": Reader((_baseline(), _baseline(tags=True)), "b.tsv", _compared_baseline),
        "record": Reader((_record(),), "record.json", _reports, is_json=True),
        "compare": Reader((_record(),), "record.json", _compared, is_json=True),
        "replay": Reader((_record(answers=True),), "record.json", _replayed, is_json=True),
        "packed numbers": _packed(),
        "front matter": Reader((README,), "README.md", _front_matter),
        "ini": Reader((INI,), "pyproject.toml", _ini),
        "trained models": _trained(),
        "kept predictions": _kept_predictions(),
        **_checkpoints(),
    }


CONLL = b"""-DOCSTART- -X- O O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
# a comment

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER
"""
CONLLU = """# newdoc id = one
# sent_id = 1
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_

""".encode()
PREDICTIONS = b'text,neg,pos\ngood film,0.1,0.9\nbad film,0.8,0.2\n"odd, one",0.5,0.5\n'
README = b"""---
license: mit
tags: [a, "b"]
model-index:
  - name: x
    results: []
date: 2024-01-01
---
# Title
---
"""
INI = b"""[build-system]
requires = ["hatchling"]

[tool.pytest.ini_options]
addopts = ["-ra"]
accept_confidence = "0.95"
"""


def _table(rows: list[dict[str, Any]] = ROWS) -> bytes:
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode()


def _cases() -> bytes:
    names = {"text": "test_case", "label": "label_gold", "source": "functionality"}
    rows = [{names[key]: value for key, value in row.items()} for row in ROWS]
    return _table([{**row, "templ_id": at // 2} for at, row in enumerate(rows)])


def _json_data() -> tuple[bytes, ...]:
    columns = {name: [row[name] for row in ROWS[:3]] for name in ROWS[0]}
    words = [
        {"text": ["EU", "rejects"], "label": ["B-ORG", "O"]},
        {"text": ["Peter"], "label": ["B-PER"]},
    ]
    several = [{"text": "a", "label": ["pos", "neg"]}, {"text": "b", "label": []}]
    shares = [{"text": "a", "label": {"pos": 0.2, "neg": 0.8}}]
    every = (ROWS[:3], columns, words, several, shares)
    return tuple(json.dumps(each).encode() for each in every)


def _json_lines() -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in ROWS[:4]).encode()


def _parquet(numbers: bool = False) -> tuple[bytes, ...]:
    import pyarrow as pa_
    import pyarrow.parquet as pq

    made = []
    for table in (
        _arrow_tables() if not numbers else (pa_.table({"neg": [0.1, 0.9], "pos": [0.9, 0.1]}),)
    ):
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        made.append(buffer.getvalue())
    return tuple(made)


def _arrow_tables() -> tuple[Any, ...]:
    import datasets
    import pyarrow as pa_

    names = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])}
    )
    classes = datasets.Dataset.from_list(
        [{"text": "a", "label": 0}, {"text": "b", "label": 1}], features=names
    ).with_format("arrow")[:]
    classes = classes.replace_schema_metadata(names.arrow_schema.metadata)
    plain = pa_.Table.from_pylist(ROWS)
    coded = plain.set_column(1, "label", plain.column("label").dictionary_encode())
    return plain, coded, classes


def _arrow() -> tuple[bytes, ...]:
    import pyarrow as pa_

    made = []
    for table in _arrow_tables():
        for form in (pa_.ipc.new_file, pa_.ipc.new_stream):
            buffer = io.BytesIO()
            with form(buffer, table.schema) as file:
                file.write_table(table)
            made.append(buffer.getvalue())
    return tuple(made)


def _saved_dataset() -> Reader:
    import datasets

    with TemporaryDirectory() as folder:
        datasets.Dataset.from_list(ROWS).save_to_disk(folder)
        files = {each.name: each.read_bytes() for each in Path(folder).iterdir()}
    seeds = (files.pop("dataset_info.json"),)
    beside = tuple((f"saved/{name}", content) for name, content in files.items())
    return Reader(
        seeds, "saved/dataset_info.json", lambda path: _data(path.parent), is_json=True,
        beside=beside,
    )  # fmt: skip


def _data(path: Path) -> None:
    data = pa.load_data(path)
    for _ in zip(data.inputs, range(50), strict=False):
        pass
    data.describe()
    str(data)


def _suite(path: Path) -> None:
    for _ in pa.load_behavioural_suite(path):
        pass


def _said() -> Any:
    values = [[0.1, 0.9] if row["label"] == "pos" else [0.7, 0.3] for row in ROWS]
    values[3] = [0.6, 0.4]
    return pa.load_predictions(np.array(values), labels=["neg", "pos"], name="old")


def _predictions(path: Path) -> None:
    said = pa.load_predictions(path)
    said.model.name  # noqa: B018 - as far as a table goes


def _baseline(tags: bool = False) -> bytes:
    from pytest_accept.baseline.format import stored, written

    if not tags:
        data = pa.load_data(ROWS)
        said: Any = _said()
        inputs: Any = data.inputs
        labels = [row["label"] for row in ROWS]
    else:
        from pytest_accept.prediction.token_predictions import TokenPredictions
        from pytest_accept.records import ModelDescription

        inputs = [("EU", "rejects"), ("Peter",)]
        labels = ["B-ORG O", "B-PER"]
        names = ("O", "B-ORG", "B-PER")
        said = TokenPredictions(
            logits=[np.array([[0.0, 1, 0], [3, 1, 0]]), np.array([[0.0, 0, 4]])], labels=names,
            truncated=np.zeros(2, np.bool_), inputs=inputs,
            model=ModelDescription(
                name="t", source="t", task="token-classification", labels=names
            ),
        )  # fmt: skip
    made = stored(said, inputs, labels, role="runs/old", data="data", data_fingerprint="f00d")
    return written(made).encode()


def _compared_baseline(path: Path) -> None:
    data = pa.load_data(ROWS)
    pa.load_baseline(path)(data)


def _record(answers: bool = False) -> bytes:
    from pytest_accept.reports.json import write

    data = pa.load_data(ROWS, name="reviews")
    said = _said()
    found: list[Any] = [
        pa.accuracy(said, data) >= 0.5,
        pa.cross_entropy(said, data) <= 0.9,
        pa.f1(said, data, average="macro") >= 0.1,
        pa.expected_calibration_error(said, data) <= 0.9,
        pa.roc_auc(said, data) >= 0.5,
    ]
    criteria: list[Any] = []
    contents: tuple[Any, ...] = ()
    for at, verdict in enumerate(found):
        kept = getattr(verdict.estimate, "keep", None)
        kept = kept() if kept is not None else None
        if kept is not None:
            contents = (replace(kept.contents, data=0),)
        criteria.append(
            Criterion(
                test=f"t.py::test_{at}", outcome="passed", verdict=verdict, model=0, data=0,
                seconds=0.1, line=3, each=None if kept is None else kept.each,
            )
        )  # fmt: skip
    shown = Example(
        text="good film", expected="pos", predicted="neg", probability=0.7, origin="a.csv row 1",
        edited=Edited(
            text="god film", predicted="neg", probability=0.6,
            edits=(TextEdit(start=0, stop=4, replacement="god", kind="typo"),),
        ),
        spans=(MarkedSpan(start=0, stop=4, expected="PER", predicted="", said="x"),),
        attributions=(TokenScore(start=5, stop=9, score=0.5),),
    )  # fmt: skip
    first = replace(
        criteria[0].verdict, evidence=(Evidence(title="t", examples=(shown,), lines=("l",)),)
    )
    criteria[0] = replace(criteria[0], verdict=first)
    record = Record(
        started="2026-11-30T20:00:00+00:00", seconds=3.5, exit_status=0,
        environment=Environment(python="3.11", platform="Linux", versions={"torch": "2.13"}),
        settings={"confidence": 0.95, "seed": 0}, models=(said.model,), data=(data.describe(),),
        criteria=tuple(criteria), contents=contents, notes=("note",), not_judged=("t.py::test_9",),
        trainings=(
            Training(
                name="probe", seed=1, seconds=2.0, validation_losses=(0.7,),
                steps=(TrainingStep(step=1, epoch=0.5, loss=0.7, learning_rate=0.1),),
            ),
        ),
        answers=_answers() if answers else (),
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        write(record, Path(folder) / "record.json")
        return (Path(folder) / "record.json").read_bytes()


def _answers() -> Any:
    from pytest_accept.replaying import Kept, merged

    kept = Kept()
    model = _words()
    model.predict([row["text"] for row in ROWS])
    kept.note(model, "words")
    return merged([kept.part()])[0]


def _words() -> Any:
    return pa.load_model(
        lambda texts: [[0.2, 0.8] for _ in texts], labels=["neg", "pos"], name="words"
    )


def _reports(path: Path) -> None:
    from pytest_accept.reports import csv as csv_report
    from pytest_accept.reports import junit, markdown, terminal
    from pytest_accept.reports.json import read_record, write

    record = read_record(path)
    terminal.rows(record)
    out = path.parent / "out"
    csv_report.write(record, out)
    junit.write(record, out)
    markdown.write(record, out, earlier=(record,))
    write(record, out)
    assert read_record(out) is not None


def _compared(path: Path) -> None:
    from pytest_accept.comparison import compare, markdown, terminal
    from pytest_accept.reports.json import read_record

    record = read_record(path)
    comparison = compare([("old", record), ("new", record)])
    terminal.lines(comparison)
    markdown.write(comparison, path.parent / "out")


def _replayed(path: Path) -> None:
    from pytest_accept.replaying import RecordedModels
    from pytest_accept.reports.json import read_record

    models = RecordedModels(read_record(path), name="r.json")
    models.get("words", {}).predict([row["text"] for row in ROWS])


def _packed() -> Reader:
    from pytest_accept.packed_numbers import pack, unpack

    def read(path: Path) -> None:
        text = path.read_bytes().decode("latin-1")
        unpack(text, "<f8", "numbers")
        unpack(text, "<u4", "numbers", count=20)

    seeds = (pack(np.arange(10.0), "<f8"), pack(np.zeros(50_000), "<f8"))
    return Reader(tuple(each.encode() for each in seeds), "packed", read)


def _front_matter(path: Path) -> None:
    from pytest_accept.reports.front_matter import FrontMatter

    text = path.read_bytes().decode("utf-8", "replace")
    FrontMatter(text, "README.md").with_value("model-index", [{"name": "y"}])


def _ini(path: Path) -> None:
    from pytest_accept.starter.ini import find_ini

    found = find_ini(path.parent)
    found.settings  # noqa: B018 - a property that reads the file
    found.with_settings({"accept_confidence": "0.9"})


def _trained() -> Reader:
    from pytest_accept.training import store

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "model.safetensors").write_bytes(b"weights")
        (folder / "log.json").write_bytes(b'{"name": "m", "seed": 1, "seconds": 1.0}')
        complete = {"model": "m", "files": store._digests(folder)}
        beside = tuple((f"e/{file.name}", file.read_bytes()) for file in folder.iterdir())
    return Reader(
        (json.dumps(complete).encode(),), "e/recipe.json", lambda path: store._read(path.parent),
        is_json=True, never_raises=True, beside=beside,
    )  # fmt: skip


def tiny_checkpoint(folder: Path) -> None:
    """Write a classifier of a few hundred random weights, with its tokenizer."""
    import tokenizers
    import torch
    import transformers
    from tokenizers import models, pre_tokenizers, processors

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "good", "bad", "film", "fine"]
    inner = tokenizers.Tokenizer(
        models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]")
    )
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    kind: Any = transformers.PreTrainedTokenizerFast
    tokenizer = kind(
        tokenizer_object=inner, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_max_length=32,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, max_position_embeddings=32, initializer_range=0.5,
        id2label={0: "neg", 1: "pos"}, label2id={"neg": 0, "pos": 1},
    )  # fmt: skip
    said: Any = transformers.logging
    said.disable_progress_bar()
    said.set_verbosity_error()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _checkpoints() -> dict[str, Reader]:
    """Return readers of the files of a tiny checkpoint: config, tokenizer, weights."""
    with TemporaryDirectory() as temporary:
        tiny_checkpoint(Path(temporary))
        files = {each.name: each.read_bytes() for each in Path(temporary).iterdir()}
    found = {}
    for name, file, is_json in (
        ("config.json", "config.json", True),
        ("tokenizer.json", "tokenizer.json", True),
        ("tokenizer_config.json", "tokenizer_config.json", True),
        ("model.safetensors", "model.safetensors", False),
    ):
        others = tuple((f"m/{each}", bytes_) for each, bytes_ in files.items() if each != file)
        found[name] = Reader(
            (files[file],), f"m/{file}", _checkpoint, is_json=is_json, beside=others
        )
    return found


def _checkpoint(path: Path) -> None:
    model = pa.load_model(path.parent)
    model.predict(["a good film", "zzz \U0001f600", ""])


def _kept_predictions() -> Reader:
    from pytest_accept.prediction import segments

    def read(path: Path) -> None:
        content = path.read_bytes()
        # With the checksum that it would have if somebody had meant it.
        name = f"{segments.ALL}-{xxhash.xxh3_128_hexdigest(content)}.safetensors"
        file = path.rename(path.parent / name)
        try:
            segments.described(file)
            segment = segments.read(file, 2)
            segment.take(np.arange(len(segment)))
        except segments.DamagedError:
            pass
        finally:
            file.unlink()

    rows = [np.ones((size, 2), np.float32) for size in (1, 2, 1)]
    segment = segments.Segment.of([bytes([at]) * 16 for at in range(3)], rows, [False, True, False])
    with TemporaryDirectory() as folder:
        content = segments.write(Path(folder), segment, {"model": "m"}).read_bytes()
    return Reader((content,), "segment", read, never_raises=True)
