"""`report RECORD.json KIND:PATH`: reports of runs that are over."""

from pathlib import Path

import pytest

from pytest_accept.__main__ import main
from pytest_accept.reports import json
from tests.reports.small_records import criterion, record

OLD = record(criterion("rejected"), started="2026-01-01T00:00:00+00:00")
NEW = record(criterion(), started="2026-02-01T00:00:00+00:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    json.write(OLD, tmp_path / "old.json")
    json.write(NEW, tmp_path / "new.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_any_reports_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "old.json", "markdown:out/a.md", "csv:a.csv", "json:copy.json"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "acceptance report written: markdown:out/a.md",
        "acceptance report written: csv:a.csv",
        "acceptance report written: json:copy.json",
    ]
    assert Path("copy.json").read_bytes() == Path("old.json").read_bytes()
    assert "❌ No" in Path("out/a.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("given", [["old.json", "new.json"], ["new.json", "old.json"]])
def test_of_several_the_newest_is_shown(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "json:shown.json", *given]) == 0
    assert "shown: new.json, the newest of 2 Records" in capsys.readouterr().out
    assert json.read_record("shown.json") == NEW


def test_one_that_cannot_be_written_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").mkdir()
    assert main(["report", "old.json", "csv:taken", "json:copy.json"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "acceptance report NOT written: csv:taken: IsADirectoryError: taken is a folder: give the "
        "name of a file"
    )
    assert second == "acceptance report written: json:copy.json"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["old.json"], "expected a report to make (KIND:PATH) too, as in: report acceptance.json"),
        (["json:a.json"], "expected a Record (RECORD.json) too"),
        (["old.json", "jsn:a"], "There is no kind of report 'jsn'. Did you mean 'json'?"),
        (["old.json", "json:"], "expected KIND:PATH such as json:FILE, got 'json:'"),
        (["odl.json", "json:a.json"], "There is no file odl.json: expected the Record"),
        ([r"C:\old.json", "json:a.json"], r"There is no file C:\old.json: expected"),
        (["a.csv", "csv:b.csv"], "a.csv is not a Record"),
        ([".", "csv:b.csv"], ". is a folder: expected the Record of a run"),
    ],
)
def test_usage_errors(
    given: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.csv").write_text("no record")
    assert main(["report", *given]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (folder / "b.csv").exists()


def test_a_file_whose_name_has_a_colon_is_a_file(folder: Path) -> None:
    json.write(OLD, folder / "run:1.json")
    assert main(["report", "run:1.json", "json:copy.json"]) == 0
