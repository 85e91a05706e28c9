"""GitHub Actions: what is appended to a step's summary, and the commands in its log."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept.reports.github import SUMMARY, annotate, report
from pytest_accept.reports.markdown import markdown
from tests.reports.small_records import criterion, hostile_record, record

BAD = criterion("rejected", test="acceptance/test_words.py::test_it", line=12)
OPEN = criterion("inconclusive", test="acceptance/test_words.py::test_it", line=None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a checkout with a file of tests, in a folder of the repository."""
    (tmp_path / "checkout" / "models" / "acceptance").mkdir(parents=True)
    root = tmp_path / "checkout" / "models"
    (root / "acceptance" / "test_words.py").touch()
    return root


def step(folder: Path, **more: str) -> dict[str, str]:
    summary = folder / "summary"
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), **more}


def test_the_report_is_appended_to_what_the_step_has_said(tmp_path: Path) -> None:
    (tmp_path / "summary").write_text("before\n")
    assert report(record(criterion()), step(tmp_path), tmp_path) == []
    text = (tmp_path / "summary").read_text(encoding="utf-8")
    assert text == "before\n" + markdown(record(criterion()), SUMMARY) + "\n\n"


@pytest.mark.parametrize(
    "environment",
    [{}, {"GITHUB_STEP_SUMMARY": "summary"}, {"GITHUB_ACTIONS": "false"}],
)
def test_elsewhere_nothing_is_said(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert report(record(BAD), environment, tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_nor_of_a_run_that_judged_nothing(tmp_path: Path) -> None:
    assert report(record(), step(tmp_path), tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_the_summary_keeps_within_its_limit(tmp_path: Path) -> None:
    many = record(*(criterion(population=f"{'x' * 100} {n}") for n in range(500)))
    (tmp_path / "summary").write_text("x" * (SUMMARY - 50_000))
    assert report(many, step(tmp_path), tmp_path) == []
    size = (tmp_path / "summary").stat().st_size
    assert SUMMARY - 1_000 < size <= SUMMARY
    (said,) = report(many, step(tmp_path), tmp_path)
    assert said == "acceptance summary NOT written: that of this step is full (1 MiB)"
    assert (tmp_path / "summary").stat().st_size == size


def test_a_summary_that_cannot_be_written_is_one_line_and_annotations_follow(
    tmp_path: Path,
) -> None:
    (tmp_path / "summary").mkdir()
    first, second = report(record(BAD), step(tmp_path), tmp_path)
    assert first.startswith("acceptance summary NOT written: IsADirectoryError: ")
    assert second.startswith("::error ")


def test_rejected_is_an_error_and_inconclusive_a_warning(root: Path) -> None:
    expected = criterion("rejected", outcome="skipped")
    error, warning = annotate(record(criterion(), OPEN, BAD, expected), root, None)
    assert error == (
        "::error file=acceptance/test_words.py,line=12,"
        "title=accuracy on reviews%3A rejected::"
        "accuracy on reviews: rejected, measured 0.700, demonstrated <= 0.770 at 95 %25 (n = 400), "
        "required >= 0.900%0Athe measured value is 0.200 below the bar"
    )
    assert warning.startswith(
        "::warning file=acceptance/test_words.py,title=accuracy on reviews%3A inconclusive::"
    )


def test_files_are_named_from_the_checkout(root: Path) -> None:
    (inside,) = annotate(record(BAD), root, str(root.parent))
    assert "file=models/acceptance/test_words.py,line=12," in inside
    (outside,) = annotate(record(BAD), root, str(root.parent / "elsewhere"))
    assert "file=acceptance/test_words.py,line=12," in outside


def test_a_test_without_a_file_has_no_line(root: Path) -> None:
    default = criterion("rejected", test="default_criteria.py::test_accuracy", line=7)
    (line,) = annotate(record(default), root, str(root.parent))
    assert line.startswith("::error title=accuracy on reviews%3A rejected::")


def test_ten_of_each_and_how_many_more(tmp_path: Path) -> None:
    many = [BAD] * 12 + [OPEN] * 10
    lines = annotate(record(*many), tmp_path, None)
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["2"] + ["::warning"] * 10
    assert lines[10] == (
        "2 more criteria are rejected: GitHub shows 10 annotations of a kind; the summary of this "
        "step has all"
    )


def test_hostile_text_stays_within_its_command(root: Path) -> None:
    hostile = hostile_record()
    criteria = [replace(each, test=BAD.test) for each in hostile.criteria]
    lines = annotate(replace(hostile, criteria=tuple(criteria)), root, None)
    assert [line.split()[0] for line in lines] == ["::error", "::warning"]
    for line in lines:
        assert line.isprintable()
        properties = line.split("::")[1].split(" ", 1)[1].split(",")
        assert [each.split("=")[0] for each in properties] == ["file", "line", "title"]
