"""json and jsonl."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept.data import load_data
from pytest_accept.errors import DataError


def test_a_text_that_looks_like_a_date_stays_a_text(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"text": "2020-01-01", "label": 1}\n')
    assert load_data(tmp_path / "d.jsonl").inputs == ["2020-01-01"]


def test_a_line_separator_inside_a_string_ends_no_row(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"text": "a\u2028b\x85c", "label": 1}\n', encoding="utf-8")
    assert load_data(tmp_path / "d.jsonl").inputs == ["a\u2028b\x85c"]


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"text": "a", "label": 1}\n\n{"text": "b", label: 1}\n')
    with pytest.raises(DataError, match=r"d\.jsonl' is not valid JSON: line 3, column 15"):
        load_data(tmp_path / "d.jsonl")


def test_broken_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('[{"text": "a", "label": 1},\n')
    with pytest.raises(DataError, match=r"d\.json' is not valid JSON: line 2"):
        load_data(tmp_path / "d.json")


def test_a_json_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('"text"')
    with pytest.raises(DataError, match="to hold a list of objects, but got one str"):
        load_data(tmp_path / "d.json")


def test_a_row_that_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('[{"text": "a", "label": 1}, "b"]')
    with pytest.raises(DataError, match=r"to be a dict, but row 2 is str \('b'\)"):
        load_data(tmp_path / "d.json")


def test_a_key_that_a_row_lacks_is_a_missing_value(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(
        '{"text": "a", "label": 1}\n{"text": "b", "label": 0, "source": "web"}\n'
    )
    data = load_data(tmp_path / "d.jsonl")
    assert data.column("source") == [None, "web"]
    assert len(data.where(source=None)) == 1
