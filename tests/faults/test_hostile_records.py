"""A Record that somebody else made: nothing in it runs, leaves its folder, or takes all memory."""

from __future__ import annotations

import base64
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import DataError
from pytest_accept.__main__ import main
from pytest_accept.packed_numbers import unpack
from pytest_accept.records import Evidence, Record
from pytest_accept.reports.json import read_record, write
from tests.reports.rich_records import example
from tests.reports.small_records import criterion, record

ODD = {
    "empty": "",
    "null bytes": "a\0b\0",
    "right to left": "\u202eגרף טוב\u202c \u2066x",
    "combining": "e" + "\u0301" * 5_000,
    "joined": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "lone surrogates": "a\ud800b\udfff",
    "spaces": " \t\r\n\u2028\u00a0\x85",
    "controls": "\x1b[31m\x07\x9b2J ::error::x ##[group]",
    "long": "word " * 200_000,
    "one word": "a" * 1_000_000,
}


def test_numbers_that_unfold_without_end() -> None:
    made = zlib.compressobj(9)
    bomb = b"".join([*(made.compress(bytes(1 << 20)) for _ in range(256)), made.flush()])
    packed = base64.b64encode(bomb).decode()
    assert len(packed) < 400_000
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="at most 10 packed numbers"):
            unpack(packed, "<f8", "cells", count=10)
        with pytest.raises(DataError, match="at most 20,000,000"):
            unpack(packed, "<f8", "cells")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400_000_000  # 20 million numbers are 160 MB


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0", b"\xff\xfe{", b"null", b"[]", b'{"schema_version": 1}', b"[" * 100_000,
        b'{"schema_version": 1' + b"0" * 5_000 + b"}", b'{"schema_version": 1e999}',
        b'{"schema_version": 1, "started": "\\ud800"}',
        b"cos\nsystem\n(S'touch run'\ntR.",
    ],
    ids=[
        "empty", "null byte", "utf-16", "null", "list", "nothing else", "deep", "long version",
        "endless version", "half a character", "pickle",
    ],
)  # fmt: skip
def test_files_that_are_no_record(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.json"
    file.write_bytes(content)
    with pytest.raises(DataError):
        read_record(file)
    assert main(["report", str(file), f"html:{tmp_path / 'page.html'}"]) == 2
    assert main(["compare", str(file), str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 2
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]


def of_names(name: str) -> Record:
    """Return a Record in which everything that has a name is called so."""
    made = record(criterion(test=f"{name}::{name}", metric=name, population=name), models=(name,))
    model = replace(made.models[0], source=name, fingerprint=name)
    data = replace(made.data[0], name=name, source=name)
    return replace(made, models=(model,), data=(data,), started=name)


@pytest.mark.parametrize("name", ["../../escaped", "/escaped", "..", "a\0b", "~/escaped", "C:\\e"])
@pytest.mark.parametrize("kind", ["html", "junit", "csv", "markdown", "json", "tensorboard"])
def test_no_name_leads_out_of_the_folder(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    write(of_names(name), inner / "record.json")
    main(["report", "record.json", f"{kind}:made"])
    left = sorted(each.name for each in tmp_path.rglob("*") if inner not in each.parents)
    assert left == ["a", "b", "c"]
    assert not Path("/escaped").exists()


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_in_every_report(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ODD[name]
    shown = example(text=text, expected=text[:50], predicted=text[:50])
    named = text[:50] or "empty"
    judged = criterion(
        "rejected", population=named, metric="accuracy",
        evidence=(Evidence(title=named, examples=(shown,), lines=(text,)),),
    )  # fmt: skip
    made = record(judged)
    monkeypatch.chdir(tmp_path)
    write(made, Path("record.json"))
    back = read_record("record.json")
    if "surrogate" in name:
        assert back.criteria[0].verdict.evidence[0].examples[0].text == "a\\ud800b\\udfff"
    else:
        assert back == made
    kinds = ("html:page.html", "junit:r.xml", "csv:r.csv", "markdown:r.md", "json:again.json")
    assert main(["report", "record.json", *kinds]) == 0
    assert main(["compare", "record.json", "again.json", "html:c.html", "markdown:c.md"]) == 0
    assert Path("again.json").read_bytes() == Path("record.json").read_bytes()
    said = capsys.readouterr().out
    for page in ("page.html", "r.md", "c.html", "c.md"):
        said += Path(page).read_text(encoding="utf-8")
    assert not set("\0\x1b\x07\x9b\u202e\ud800") & set(said)


def change(field: str, value: Any) -> Callable[[Record], Record]:
    def changed(made: Record) -> Record:
        verdict = made.criteria[0].verdict
        estimate = replace(verdict.estimate, **{field: value})
        return replace(
            made, criteria=(replace(made.criteria[0], verdict=replace(verdict, estimate=estimate)),)
        )

    return changed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", 1e308), ("low", -1e308), ("high", 1e308), ("n", 10**18), ("n", -1),
        ("confidence", -3.0), ("clusters", 10**18), ("notes", ("x" * 1_000_000,)),
    ],
    ids=["value", "low", "high", "n", "negative n", "confidence", "clusters", "notes"],
)  # fmt: skip
def test_numbers_that_cannot_be(
    field: str, value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(change(field, value)(record(criterion("inconclusive"))), Path("record.json"))
    kinds = ("html:page.html", "junit:r.xml", "csv:r.csv", "markdown:r.md")
    assert main(["report", "record.json", *kinds]) == 0
    assert main(["compare", "record.json", "record.json", "markdown:c.md"]) == 0
