"""Whatever a sink does is one line, and stops nothing. The sinks are those of a small package."""

from pathlib import Path

import pytest

from pytest_accept.records import Record
from pytest_accept.reports import kinds, write_report
from tests.reports.small_records import record

PACKAGE = """
import sys, warnings

def exits(record, path):
    sys.exit("I leave")

def lacks(record, path):
    import a_package_that_nobody_has

class Rude(BaseException):
    def __str__(self):
        raise ValueError("no message")

def rude(record, path):
    raise Rude

def hostile(record, path):
    raise ValueError("two\\nlines \\x1b[31m")

def interrupted(record, path):
    raise KeyboardInterrupt

def warns(record, path):
    warnings.warn("old-fashioned", DeprecationWarning)
    path.write_text("written")

def history(record, path, *, earlier=()):
    path.write_text(" ".join([each.started for each in earlier] + [record.started]))

def folder(record, path):
    path.mkdir()

def half(record, path):
    path.mkdir()
    import a_package_that_nobody_has

def address(record, path, *, given):
    raise ConnectionError(f"no server at {given}")
"""
KINDS = (
    "exits", "lacks", "rude", "hostile", "interrupted", "warns", "history", "folder", "half",
    "address", "missing",
)  # fmt: skip


def install(folder: Path) -> None:
    """Lay out what pip lays out of a distribution `small-sinks` with an extra `lacks`."""
    (folder / "small_sinks.py").write_text(PACKAGE)
    info = folder / "small_sinks-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: small-sinks\nVersion: 1\nProvides-Extra: lacks\n"
        "Requires-Dist: pytest\n"
        "Requires-Dist: a-package-that-nobody-has>=2; extra == 'lacks'\n"
        "Requires-Dist: pluggy; extra == 'lacks'\n"
        "Requires-Dist: another-that-nobody-has; extra == 'other'\n"
    )
    points = "\n".join(f"{kind} = small_sinks:{kind}" for kind in KINDS)
    (info / "entry_points.txt").write_text(f"[pytest_accept.reports]\n{points}\n")


@pytest.fixture(autouse=True)
def small_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")


def test_sinks_of_others_are_found_beside_ours() -> None:
    assert {"csv", "json", "junit", "markdown", "model-card", "history"} <= set(kinds())
    assert kinds() == sorted(kinds())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("exits", "SystemExit: I leave"),
        (
            "lacks",
            "ModuleNotFoundError: No module named 'a_package_that_nobody_has'. Install it with: "
            "pip install 'small-sinks[lacks]'",
        ),
        ("rude", "Rude: (its message cannot be shown)"),
        ("hostile", r"ValueError: two lines \u001b[31m"),
        ("missing", "AttributeError: module 'small_sinks' has no attribute 'missing'"),
    ],
)
def test_what_goes_wrong_is_one_line(kind: str, said: str, tmp_path: Path) -> None:
    line, written = write_report(record(), kind, tmp_path / "out", shown="out")
    assert line == f"acceptance report NOT written: {kind}:out: {said}"
    assert not written


def test_an_unknown_kind_names_the_known_ones() -> None:
    line, written = write_report(record(), "jsn", "out")
    assert "There is no kind of report 'jsn'. Did you mean 'json'?" in line
    assert not written


def test_the_user_may_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        write_report(record(), "interrupted", "out")


def test_a_warning_does_not_cost_the_report(tmp_path: Path) -> None:
    # These tests run with warnings as errors, as many suites do.
    with pytest.warns(DeprecationWarning, match="old-fashioned"):
        line, written = write_report(record(), "warns", tmp_path / "out")
    assert (tmp_path / "out").read_text() == "written"
    assert written, line


def test_folders_are_made_for_every_sink(tmp_path: Path) -> None:
    line, written = write_report(record(), "folder", tmp_path / "deep" / "er" / "events")
    assert (tmp_path / "deep" / "er" / "events").is_dir()
    assert written, line


@pytest.mark.parametrize("kind", ["lacks", "half"])
def test_a_sink_that_fails_leaves_no_empty_folder(kind: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert not write_report(record(), kind, tmp_path / "mine" / "deep" / "er" / "events")[1]
    assert list((tmp_path / "mine").iterdir()) == []


def test_earlier_records_go_to_the_sinks_that_take_them(tmp_path: Path) -> None:
    earlier: list[Record] = [record(started="2024"), record(started="2025")]
    for kind in ("history", "folder"):
        assert write_report(record(started="2026"), kind, tmp_path / kind, earlier=earlier)[1]
    assert (tmp_path / "history").read_text() == "2024 2025 2026"


def test_an_address_is_handed_on_as_given_and_its_password_shown_nowhere(tmp_path: Path) -> None:
    given = "https://me:secret@host//x"
    line, written = write_report(record(), "address", tmp_path / Path(given), shown=given)
    assert not written
    shown = "https://***@host//x"
    assert line == (
        f"acceptance report NOT written: address:{shown}: ConnectionError: no server at {shown}"
    )
    assert not (tmp_path / "https:").exists()
