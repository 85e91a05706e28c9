"""The table of criteria, as pandas and as a spreadsheet read it."""

import csv
import math
from pathlib import Path

import pandas as pd
import pytest

from pytest_accept.reports.csv import COLUMNS, write
from tests.reports.small_records import criterion, hostile_record, record


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_pandas_reads_a_row_for_each_criterion_with_types(tmp_path: Path) -> None:
    of = record(
        criterion(value=0.1 + 0.2, notes=("cut",)),
        criterion("rejected", high=math.inf, model=1, line=None),
        models=("final", "words"),
    )
    write(of, tmp_path / "accept.csv")
    table = pd.read_csv(tmp_path / "accept.csv")
    assert tuple(table.columns) == COLUMNS
    assert list(table.status) == [each.verdict.status for each in of.criteria]
    values = [each.verdict.estimate.value for each in of.criteria]
    assert list(table.value) == values, "to the last digit"
    assert math.isnan(table.high.iloc[-1]), "a bound that is not there is an empty cell"
    assert table.n.dtype.kind == "i"
    assert table.tolerated.dtype.kind == "b"
    assert list(table.model) == ["final", "words"]


def test_a_spreadsheet_is_told_the_encoding(tmp_path: Path) -> None:
    write(record(criterion(population="naïve")), tmp_path / "accept.csv")
    assert (tmp_path / "accept.csv").read_bytes().startswith(b"\xef\xbb\xbfstarted,test,")
    assert rows(tmp_path / "accept.csv")[1][COLUMNS.index("population")] == "naïve"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "\n-2"])
def test_text_is_no_formula(text: str, tmp_path: Path) -> None:
    write(record(criterion(population=text, value=-0.5)), tmp_path / "accept.csv")
    (cells,) = rows(tmp_path / "accept.csv")[1:]
    assert cells[COLUMNS.index("population")] == "'" + text.strip()
    assert cells[COLUMNS.index("value")] == "-0.5", "a number is a number"


def test_hostile_text_is_one_cell_on_one_line(tmp_path: Path) -> None:
    write(hostile_record(), tmp_path / "accept.csv")
    assert [len(each) for each in rows(tmp_path / "accept.csv")] == [len(COLUMNS)] * 4
    assert len((tmp_path / "accept.csv").read_text(encoding="utf-8").splitlines()) == 4
