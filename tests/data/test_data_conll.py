"""Files with a word and its tag a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.errors import DataError, SettingError


def loaded(folder: Path, content: str, name: str = "dev.conll", **options: Any) -> Data:
    path = folder / name
    path.write_bytes(content.encode())
    return load_data(path, **options)


def test_words_and_tags(tmp_path: Path) -> None:
    data = loaded(tmp_path, "Anna\tB-PER\nRay\tI-PER\nlives\tO\n\n\nin\tO\nRome\tB-LOC")
    assert data.inputs == [("Anna", "Ray", "lives"), ("in", "Rome")]
    assert data.tag_sequences() == [("B-PER", "I-PER", "O"), ("O", "B-LOC")]
    assert (data.scheme, data.tagged, data.of_words, data.name) == ("IOB2", True, True, "dev")
    assert data.columns == ("text", "label")


@pytest.mark.parametrize("ending", ["\r", "\r\n"])
def test_line_endings(tmp_path: Path, ending: str) -> None:
    lines = ["Anna B-PER", "Ray\u2028 I-PER", "", "in O"]
    data = loaded(tmp_path, ending.join(lines))
    assert data.inputs == [("Anna", "Ray\u2028"), ("in",)]
    assert data.origin(1) == "dev.conll line 4"


def test_origins_are_lines(tmp_path: Path) -> None:
    content = "a O\n\n\nb O\nb O\n\nc O\n"
    data = loaded(tmp_path, content)
    assert [data.origin(i) for i in range(3)] == [f"dev.conll line {n}" for n in (1, 4, 7)]
    (tmp_path / "more.bio").write_text("\n\nd O\n")
    both = load_data([tmp_path / "dev.conll", tmp_path / "more.bio"], limit=2, seed=3)
    whole = load_data([tmp_path / "dev.conll", tmp_path / "more.bio"])
    assert whole.origin(3) == "more.bio line 3"
    assert {both.origin(0), both.origin(1)} <= {whole.origin(i) for i in range(4)}


def test_spaces_tabs_and_more_columns(tmp_path: Path) -> None:
    data = loaded(tmp_path, "EU NNP I-NP I-ORG\r\nrejects VBZ I-VP O\r\n \t\r\n. . O O\r\n")
    assert data.inputs == [("EU", "rejects"), (".",)]
    assert data.tag_sequences() == [("I-ORG", "O"), ("O",)]
    chunks = load_data(tmp_path / "dev.conll", tag_column=2)
    assert chunks.tag_sequences()[0] == ("I-NP", "I-VP")


def test_words_may_hold_spaces_where_tabs_part_columns(tmp_path: Path) -> None:
    assert loaded(tmp_path, "New York\tB-LOC\nis\tO\n").inputs == [("New York", "is")]
    with pytest.raises(DataError, match=r"line 2 to have 2 columns, .* 'New York O' has 3"):
        loaded(tmp_path, "is O\nNew York O\nbig O\n")


def test_a_no_break_space_is_part_of_a_word(tmp_path: Path) -> None:
    assert loaded(tmp_path, "10\u00a0000 O\n\u2028 O\n").inputs == [("10\u00a0000", "\u2028")]


def test_hashtags_are_words_and_comments_are_not(tmp_path: Path) -> None:
    content = (
        "# id 17\tdomain=en\n#\tO\nwin\tO\n#\tO\n\n"
        "# sent = 2\n#rome\tB-LOC\n#\tB-LOC\n\nyes\tO\nno\tB-LOC\n"
    )
    data = loaded(tmp_path, content)
    assert data.inputs == [("#", "win", "#"), ("#rome", "#"), ("yes", "no")]
    spaces = loaded(tmp_path, "# = O x\n\n# tag O\n\n# O\n# O\n\nyes O\n")
    assert spaces.inputs == [("#", "#"), ("yes",)]


def test_a_comment_with_as_many_columns_has_no_known_tag(tmp_path: Path) -> None:
    data = loaded(tmp_path, "# id = 3\nEU NNP x O\n\n# PUN x O\nwin V x O\n")
    assert data.inputs == [("EU",), ("#", "win")]


@pytest.mark.parametrize("line", ["#rome", "Rome", "Rome B-LOC x"])
def test_a_line_with_other_columns(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"dev.conll' line 2 to have 2 columns, as most lines have"):
        loaded(tmp_path, f"in O\n{line}\nyes O\n\nno O\n")


def test_documents(tmp_path: Path) -> None:
    data = loaded(
        tmp_path,
        "-DOCSTART- -X- O\n\nEU x O\n\nsays x O\n-DOCSTART- -X- O\nno x O\n",
        cluster="document",
    )
    assert data.column("document") == ["dev.conll 1", "dev.conll 1", "dev.conll 2"]
    clusters = data.clusters()
    assert clusters is not None
    assert clusters.tolist() == [0, 0, 1]
    named = loaded(tmp_path, "a\tO\n\n# newdoc id = w1\n# text = b\nb\tO\n\n# newdoc\nc\tO\n")
    assert named.column("document") == ["dev.conll 0", "w1", "dev.conll 2"]
    ontonotes = loaded(tmp_path, "#begin document (bc/1); part 000\na O\n\n#end document\n")
    assert ontonotes.column("document") == ["(bc/1); part 000"]


def test_the_same_number_in_two_files_is_two_documents(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.conll").write_text("-DOCSTART- O\n\nx O\n")
    data = load_data([tmp_path / "a.conll", tmp_path / "b.conll"])
    assert data.column("document") == ["a.conll 1", "b.conll 1"]


def test_universal_dependencies(tmp_path: Path) -> None:
    row = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n".format
    lines = [row("1-2", "vámonos", "_"), row(1, "vamos", "VERB"), row(2, "nos", "PRON")]
    content = "# sent_id = 1\n" + "".join(lines) + row("2.1", "x", "NOUN")
    data = loaded(tmp_path, content, name="es.conllu")
    assert data.inputs == [("vamos", "nos")]
    assert data.tag_sequences() == [("VERB", "PRON")]
    assert data.scheme is None
    assert data.label_text(0) == "VERB PRON"


def test_words_alone(tmp_path: Path) -> None:
    data = loaded(tmp_path, "#rome\nis\n\n# a comment\nbig\n", label=None)
    assert data.inputs == [("#rome", "is"), ("big",)]
    assert (data.labelled, data.tagged, data.of_words) == (False, False, True)
    with pytest.raises(DataError, match=r"they have 1 column, and column 0 would be both"):
        load_data(tmp_path / "dev.conll")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a O\n", {"tag_column": 4}, r"have 2 columns, so there is no tag_column=4"),
        ("a\tO\n\tO\n", {}, r"line 2 has no word: column 0 is empty"),
        ("a\tO\nb\t\n", {}, r"line 2 has no tag: column -1 is empty"),
        ("\n\n", {}, r"has no rows"),
    ],
)
def test_bad_files(tmp_path: Path, content: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        loaded(tmp_path, content, **options)


def test_bad_options(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="`tag_column` to be a column's number"):
        loaded(tmp_path, "a O\n", tag_column="ner")
    with pytest.raises(SettingError, match="no option 'tag_colum'. Did you mean 'tag_column'"):
        loaded(tmp_path, "a O\n", tag_colum=1)
    assert loaded(tmp_path, "a b|O\n", delimiter="|").inputs == [("a b",)]
    assert loaded(tmp_path, "a O\n", name="x.iob").name == "x"


@pytest.mark.parametrize("suffix", [".tsv", ".txt"])
def test_another_suffix_with_columns_named(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"train{suffix}"
    file.write_text("Anna\tB-PER\nsings\tO\n\nRome\tB-LOC\n", encoding="utf-8")
    data = load_data(file, word_column=0)
    assert data.inputs == [("Anna", "sings"), ("Rome",)]
    assert data.label_text(1) == "LOC: Rome"
    assert data.origin(1) == f"train{suffix} line 4"
