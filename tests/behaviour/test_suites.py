"""Suites kept in files: columns guessed and named, functionalities in order, bad files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_accept import DataError, SettingError, load_behavioural_suite, load_data

ROWS = [
    ("derog", "I hate women.", "hateful", 1, "women"),
    ("derog", "I hate gays.", "hateful", 1, "gay people"),
    ("derog", "Women are scum.", "hateful", 2, "women"),
    ("neutral", "Women are people.", "non-hateful", 3, "women"),
    ("object", "I hate this chair.", "non-hateful", 4, ""),
]
NAMES = ("functionality", "test_case", "label_gold", "templ_id", "target_ident")


def write(path: Path, names: tuple[str, ...] = NAMES, rows: Any = ROWS) -> Path:
    mark = "\t" if path.suffix == ".tsv" else ","
    lines = [mark.join(map(str, row)) for row in [names, *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_columns_of_hatecheck_are_known(tmp_path: Path) -> None:
    suite = load_behavioural_suite(write(tmp_path / "suite.csv"))
    assert (suite.functionality, suite.template, suite.identity) == NAMES[0:1] + NAMES[3:]
    assert suite.names == ("derog", "neutral", "object")
    assert len(suite) == 3
    assert repr(suite) == "<BehaviouralSuite 'suite': 5 cases of 3 functionalities>"
    found = dict(suite)
    assert found["derog"].inputs == [row[1] for row in ROWS[:3]]
    assert found["derog"].population == "suite[functionality=derog]"
    assert found["derog"].cluster == "templ_id"
    codes = found["derog"].clusters()
    assert codes is not None
    assert codes[0] == codes[1] != codes[2]
    assert found["derog"].origin(2) == "suite.csv row 3"
    women = suite.where(target_ident="women")
    assert women.names == ("derog", "neutral")
    assert [len(cases) for _, cases in women] == [2, 1]


@pytest.mark.parametrize("suffix", [".tsv", ".jsonl", ".parquet"])
def test_other_files_and_other_names(tmp_path: Path, suffix: str) -> None:
    names = ("tests", "says", "should_be", "from", "about")
    path = tmp_path / f"suite{suffix}"
    if suffix == ".tsv":
        write(path, names)
    else:
        rows = [dict(zip(names, row, strict=True)) for row in ROWS]
        dataset = load_data(rows, text="says", label="should_be").dataset
        dataset.to_json(path) if suffix == ".jsonl" else dataset.to_parquet(path)
    suite = load_behavioural_suite(
        path,
        case="says",
        label="should_be",
        functionality="tests",
        template="from",
        identity="about",
        label_names={"hateful": "LABEL_1", "non-hateful": "LABEL_0"},
    )
    assert suite.names == ("derog", "neutral", "object")
    assert suite["neutral"].label_text(0) == "LABEL_0"


def test_without_templates(tmp_path: Path) -> None:
    rows = [row[:3] for row in ROWS]
    suite = load_behavioural_suite(write(tmp_path / "suite.csv", NAMES[:3], rows))
    assert (suite.template, suite.identity) == (None, None)
    assert suite["derog"].clusters() is None


def test_a_column_that_is_missing_is_asked_for_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "suite.csv", ("group", *NAMES[1:]))
    with pytest.raises(DataError) as caught:
        load_behavioural_suite(path)
    message = str(caught.value)
    assert "No column holds the functionality of the cases" in message
    assert "Name it: functionality='…'. The columns found: 'group', 'test_case'" in message
    with pytest.raises(DataError, match="no column 'grop'. Did you mean 'group'?"):
        load_behavioural_suite(path, functionality="grop")


def test_bad_suites(tmp_path: Path) -> None:
    path = write(tmp_path / "suite.csv", rows=[*ROWS, ("", "Hm.", "hateful", 4, "")])
    with pytest.raises(DataError, match="1 of 6 cases of 'suite' have no functionality"):
        load_behavioural_suite(path)
    path = write(tmp_path / "suite.csv", rows=[*ROWS, ("x", "Hm.", "hateful", "", "")])
    with pytest.raises(DataError, match="have no cluster in column 'templ_id'"):
        load_behavioural_suite(path)
    with pytest.raises(SettingError, match="`text` to be left out"):
        load_behavioural_suite(path, text="test_case")
    with pytest.raises(SettingError, match="`case` to be a column's name"):
        load_behavioural_suite(path, case=["a"])  # type: ignore[arg-type]
    suite = load_behavioural_suite(write(tmp_path / "suite.csv"))
    with pytest.raises(SettingError, match="no functionality 'derogg'. Did you mean 'derog'?"):
        suite["derogg"]
