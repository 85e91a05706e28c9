"""Plain text files: what a document is, where it stands, and that it needs no label."""

from pathlib import Path

import pytest

from pytest_accept import DataError, SettingError, load_data

TEXT = "\n = Lobsters = \n\nThey are blue.\nOnly red\twhen cooked.\n  \n\nThe end"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lobsters.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_paragraphs_are_parted_by_blank_lines(file: Path) -> None:
    data = load_data(file)
    assert data.inputs == [" = Lobsters = ", "They are blue.\nOnly red\twhen cooked.", "The end"]
    assert [data.origin(i) for i in range(3)] == [f"lobsters.txt line {n}" for n in (2, 4, 8)]
    assert not data.labelled
    assert data.column("file") == ["lobsters.txt"] * 3


def test_lines_and_whole_files(file: Path) -> None:
    lines = load_data(file, documents="line")
    assert lines.inputs == [
        " = Lobsters = ",
        "They are blue.",
        "Only red\twhen cooked.",
        "The end",
    ]
    assert [lines.origin(i) for i in range(4)] == [f"lobsters.txt line {n}" for n in (2, 4, 5, 8)]
    assert load_data(file, documents="file").inputs == [TEXT]


def test_line_ends_of_windows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\r\n\r\nthree\r\n")
    assert load_data(tmp_path / "a.txt").inputs == ["one\ntwo", "three"]
    assert load_data(tmp_path / "a.txt", documents="file").inputs == ["one\ntwo\n\nthree"]


def test_files_are_clusters_of_their_paragraphs(file: Path, tmp_path: Path) -> None:
    (tmp_path / "crabs.txt").write_text("Crabs.\n", encoding="latin-1")
    data = load_data([file, tmp_path / "crabs.txt"], cluster="file", label=None, name="sea")
    clusters = data.clusters()
    assert clusters is not None
    assert clusters.tolist() == [0, 0, 0, 1]
    assert data.origin(3) == "crabs.txt line 1"


def test_what_a_text_file_has_not_is_said(file: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="label 'stars'|column 'stars'"):
        load_data(file, label="stars")
    with pytest.raises(SettingError, match="`documents` to be 'paragraph', 'line' or 'file'"):
        load_data(file, documents="sentence")
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    with pytest.raises(DataError, match="empty"):
        load_data(tmp_path / "empty.txt")
    (tmp_path / "rows.csv").write_text("text,label\na,b\n", encoding="utf-8")
    with pytest.raises(SettingError, match="no option 'documents'"):
        load_data(tmp_path / "rows.csv", documents="line")
