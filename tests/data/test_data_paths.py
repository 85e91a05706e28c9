"""Is it a path or a hub id, and what is near a path that does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept.data import load_data
from pytest_accept.data.paths import is_path
from pytest_accept.errors import DataError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "reviews.csv").write_text("text,label\nx,pos\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("imdb", False),
        ("stanfordnlp/imdb", False),
        ("data/nothing", True),
        ("data", True),
        ("imdb.csv", True),
        ("imdb.PARQUET", True),
        ("./imdb", True),
        ("../imdb", True),
        ("/imdb", True),
        ("~/imdb", True),
        ("a/b/c", True),
        ("two words", True),
        (Path("imdb"), True),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_path_or_a_hub_id(source: str | Path, path: bool) -> None:
    assert is_path(source) is path


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("data/reviws.csv", r"Did you mean 'data/reviews\.csv'\?"),
        ("data/reviews.parquet", r"Did you mean 'data/reviews\.csv'\?"),
        ("dta/reviews.csv", r"Did you mean 'data/reviews\.csv'\?"),
        ("data/zzz.csv", r"The folder 'data' exists and holds the data files 'reviews\.csv'\."),
        ("zzz.csv", r"The current folder holds no data file\."),
        ("./data/deep/er/x.csv", r"The folder 'data' exists and holds the data files"),
    ],
)
def test_a_missing_path_names_what_is_near(source: str, hint: str, here: Path) -> None:
    with pytest.raises(DataError, match=rf"no file or folder .*looked in {here}\)\. {hint}"):
        load_data(source)


def test_a_missing_absolute_path(here: Path) -> None:
    with pytest.raises(DataError, match=rf"Did you mean '{here}/data/reviews\.csv'\?"):
        load_data(here / "dat" / "reviews.csv")


def test_a_missing_file_in_a_list(here: Path) -> None:
    with pytest.raises(DataError, match=r"no file or folder 'data/review\.csv'"):
        load_data(["data/reviews.csv", "data/review.csv"])


def test_home_is_expanded(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    data = load_data("~/data/reviews.csv")
    assert data.describe().source == "~/data/reviews.csv"


def test_no_source_at_all() -> None:
    with pytest.raises(DataError, match="Expected `source` to be a path or a hub id, but got ''"):
        load_data("")


@pytest.mark.parametrize("source", ["reviews.xlsx", "reviews.txt", "my reviews.csv.gz"])
def test_a_name_with_the_suffix_of_a_file_is_never_looked_for_on_the_hub(source: str) -> None:
    assert is_path(source)


@pytest.mark.parametrize("source", ["imdb", "org/name", "org/name.v2", "glue-1.5"])
def test_names_of_the_hub_are_no_paths(source: str) -> None:
    assert not is_path(source)
