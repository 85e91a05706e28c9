"""Whatever a text holds, every kind of file gives it back."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_accept.data import load_data

TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    st.text("\"',;\t\r\n\\ aNA\ufeff\u2028\x85", max_size=8),
    st.sampled_from(["NA", "null", "None", "nan", "", "007", "1e5", "-0", "True", "2020-01-01"]),
)


def write(rows: list[dict[str, str]], folder: Path) -> list[Path]:
    paths = [folder / f"r.{suffix}" for suffix in ("csv", "tsv", "jsonl", "json", "parquet")]
    for path, delimiter in zip(paths[:2], ",\t", strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["text", "label"], delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    paths[2].write_bytes(lines.encode())
    paths[3].write_text(json.dumps(rows))
    pq.write_table(pa.Table.from_pylist(rows), paths[4])
    return paths


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(["pos", "neg"])), min_size=1, max_size=6))
def test_every_file_gives_every_text_back(pairs: list[tuple[str, str]]) -> None:
    rows = [{"text": text, "label": label} for text, label in pairs]
    wanted = load_data(rows)
    with tempfile.TemporaryDirectory() as folder:
        for path in write(rows, Path(folder)):
            data = load_data(path)
            assert data.inputs == [text for text, _ in pairs], path.suffix
            assert data.fingerprint == wanted.fingerprint, path.suffix
