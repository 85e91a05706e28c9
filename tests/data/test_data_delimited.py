"""csv and tsv: nothing is lost, nothing is guessed away, and what is wrong is named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.errors import DataError


def load(tmp_path: Path, content: str | bytes, name: str = "r.csv", **options: object) -> Data:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_data(path, **options)


def test_words_for_nothing_stay_texts(tmp_path: Path) -> None:
    words = ["NA", "null", "None", "nan", "N/A", "", "007", "1.50", "true", " x "]
    rows = "".join(f'"{word}",pos\n' for word in words)
    assert load(tmp_path, f"text,label\n{rows}").inputs == words


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufefftext,label\nx,pos\n").columns == ("text", "label")


def test_quotes_newlines_and_delimiters_in_a_text(tmp_path: Path) -> None:
    data = load(tmp_path, 'text,label\r\n"a ""b"",\r\nc\n\nd",pos\r\ne,neg\r\n')
    assert data.inputs == ['a "b",\r\nc\n\nd', "e"]
    assert data.origin(1) == "r.csv row 2"


def test_a_very_long_text_is_read_and_pythons_limit_left_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assert len(load(tmp_path, f"text,label\n{'x' * 200_000},pos\n").inputs[0]) == 200_000
    assert csv.field_size_limit() == before


def test_columns_are_numbers_only_if_every_cell_is(tmp_path: Path) -> None:
    content = "text,label,i,f,zip,mixed,gap\na,p,1,0.5,01234,1,\nb,p,-2,1e3,99999,x,7\n"
    data = load(tmp_path, content)
    assert data.column("i") == [1, -2]
    assert data.column("f") == [0.5, 1000.0]
    assert data.column("zip") == ["01234", "99999"]
    assert data.column("mixed") == ["1", "x"]
    assert data.column("gap") == [None, 7]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert load(tmp_path, "text,label\n\na,p\n\nb,p\n\n").inputs == ["a", "b"]


def test_a_file_that_quotes_nothing(tmp_path: Path) -> None:
    content = 'text\tlabel\n"Fine" she said\tpos\n"Open\tneg\n'
    with pytest.raises(DataError, match=r"misplaced quote .* line 2 .*quotechar=None"):
        load(tmp_path, content, "r.tsv")
    data = load(tmp_path, content, "r.tsv", quotechar=None)
    assert data.inputs == ['"Fine" she said', '"Open']


def test_a_quote_that_never_closes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="misplaced quote"):
        load(tmp_path, 'text,label\na,pos\n"b,neg\nc,pos\n')


@pytest.mark.parametrize("row", ["a,b,pos", "a"])
def test_a_row_of_another_length_is_named_and_not_dropped(row: str, tmp_path: Path) -> None:
    expected = rf"row 2 \(ends in line 3\) has {row.count(',') + 1} fields, but the header has 2"
    with pytest.raises(DataError, match=expected):
        load(tmp_path, f"text,label\nx,pos\n{row}\n")


@pytest.mark.parametrize(("delimiter", "written"), [(";", "';'"), ("\t", r"'\\t'"), ("|", r"'\|'")])
def test_another_delimiter_is_recognised(delimiter: str, written: str, tmp_path: Path) -> None:
    content = f"text{delimiter}label\na, b{delimiter}pos\n"
    with pytest.raises(DataError, match=rf"delimiter seems to be .* Pass delimiter={written}\."):
        load(tmp_path, content)
    assert load(tmp_path, content, delimiter=delimiter).inputs == ["a, b"]


def test_a_tsv_with_commas_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gives the columns 'text', 'label'\. Pass delimiter=','"):
        load(tmp_path, "text,label\na,pos\n", "r.tsv")


def test_a_missing_column_is_no_matter_of_the_delimiter(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no column 'label'\. Did you mean 'lable'\?"):
        load(tmp_path, "text,lable\na,pos\n")


def test_a_repeated_column(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has column 'text' more than once"):
        load(tmp_path, "text,text\na,pos\n")


def test_the_index_that_pandas_wrote(tmp_path: Path) -> None:
    assert load(tmp_path, ",text,label\n0,a,pos\n").columns == ("Unnamed: 0", "text", "label")


def test_a_wrong_encoding_names_byte_line_and_remedy(tmp_path: Path) -> None:
    content = "text,label\nfine,pos\ncafé,neg\n".encode("latin-1")
    expected = r"'utf-8', but it is not: byte 23 \(0xe9, line 3\) .*encoding=\"latin-1\""
    with pytest.raises(DataError, match=expected):
        load(tmp_path, content)
    assert load(tmp_path, content, encoding="latin-1").inputs == ["fine", "café"]


def test_utf_16_is_recognised_by_its_mark(tmp_path: Path) -> None:
    content = "text,label\ncafé,neg\n".encode("utf-16")
    with pytest.raises(DataError, match="mark of utf-16: pass encoding='utf-16'"):
        load(tmp_path, content)
    assert load(tmp_path, content, encoding="utf-16").inputs == ["café"]


def test_a_wrong_byte_after_a_mark_is_counted_from_the_start(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"byte 14 \(0xff, line 2\)"):
        load(tmp_path, b"\xef\xbb\xbftext,label\n\xff,pos\n")
