"""The forms of a comparison: lines, Markdown, JSON, a page. Texts of the records are text."""

import json
from pathlib import Path

import pytest

from pytest_accept.__main__ import main
from pytest_accept.comparison import compare, html, terminal
from pytest_accept.comparison.markdown import markdown
from pytest_accept.records import Record
from pytest_accept.reports.json import write
from tests.comparison.made import judged, plain

HOSTILE = "<script>alert(1)</script>\x1b[31m|`[x](https://x.y)@me ![](h) </title>"


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    old = plain(judged(0.9), judged(0.7, metric="f1"), judged(0.9, metric="recall"))
    others = judged(0.9, metric="f1"), judged(0.9, metric="recall")
    new = plain(judged(0.7), *others, models=("new",))
    paths = tmp_path / "old.json", tmp_path / "new.json"
    for path, record in zip(paths, (old, new), strict=True):
        write(record, path)
    return paths


def hostile() -> list[tuple[str, Record]]:
    metric, test = f"accuracy({HOSTILE})", f"t.py::test[{HOSTILE}]"
    records = [
        plain(judged(value, metric=metric, test=test), models=(f"{HOSTILE} {value}",))
        for value in (0.9, 0.6)
    ]
    return [(f"{HOSTILE}.json", records[0]), ("b.json", records[1])]


def test_one_line_a_criterion_the_changed_first(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *map(str, runs)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "acceptance compared: 3 criteria, verdicts 1 worse, 1 better, 1 same"
    assert said[1].split()[:1] == ["old.json"]
    header = said.index(next(line for line in said if line.startswith("verdict")))
    rows = [line.split("  ") for line in said[header + 1 : header + 4]]
    assert [row[0] for row in rows] == ["accepted → rejected", "rejected → accepted", "accepted"]
    assert "-0.200 unpaired: [0.880, 0.920] → [0.680, 0.720]" in said[header + 1]
    columns = {line.index(">= 0.8") for line in said[header + 1 : header + 4]}
    assert len(columns) == 1


def test_options_and_exit_codes(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old, new = map(str, runs)
    assert main(["compare", old, new, "--fail-on-worse"]) == 1
    assert main(["compare", "--fail-on-worse", new, new]) == 0
    capsys.readouterr()
    written = f"json:{tmp_path / 'c.json'}"
    assert main(["compare", old, new, "--only-changed", written]) == 0
    said = capsys.readouterr().out
    assert "recall" not in said
    assert "1 more of which nothing is shown to have changed" in said
    assert f"comparison written: {written}" in said
    read = json.loads((tmp_path / "c.json").read_text())
    assert [each["overall"]["fate"] for each in read["lines"]] == ["worse", "better", "same"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["{old}"], "expected two Records or more"),
        (["{old}", "missing.json"], "There is no file missing.json: expected"),
        (["{old}", "{new}", "htlm:x"], "There is no form of a comparison 'htlm'. Did you mean"),
        (["{old}", "{new}", "html:"], "expected KIND:PATH such as html:FILE"),
        (["{old}", "{new}", "json:{old}/x.json"], "cannot write json:"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    runs: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    message: str,
) -> None:
    filled = [each.format(old=runs[0], new=runs[1]) for each in given]
    assert main(["compare", *filled]) == 2
    said = capsys.readouterr().err
    assert said.startswith("pytest_accept compare: error: ")
    assert message in said
    assert said.count("\n") == 1


def test_three_runs_are_a_trend() -> None:
    records = [plain(judged(value), models=(f"{value}",)) for value in (0.9, 0.7, 0.85)]
    lines = terminal.lines(compare([(f"r{i}.json", each) for i, each in enumerate(records)]))
    header = next(line for line in lines if line.startswith("verdict"))
    assert header.split()[3:6] == ["r0.json", "r1.json", "r2.json"]
    row = lines[lines.index(header) + 1]
    assert "accepted 0.900  rejected 0.700  accepted 0.850  -0.050" in row
    assert "+0.150 unpaired" in row


def test_a_terminal_gets_no_control_characters_of_the_records() -> None:
    said = "\n".join(terminal.lines(compare(hostile())))
    assert "\x1b" not in said
    assert "<script>alert(1)</script>\\u001b[31m" in said


def test_in_markdown_everything_of_the_records_is_code() -> None:
    said = markdown(compare(hostile()))
    assert said.startswith("## 1 of 1 verdicts got worse\n")
    outside = "".join(part for part in said.split("<code>") for part in part.split("</code>")[-1:])
    for harm in ("<script", "](https", "@me", "\x1b"):
        assert harm not in outside
    assert "| 🔻 accepted → rejected |" in said


def test_in_the_page_everything_of_the_records_is_text() -> None:
    page = html.page(compare(hostile()))
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x1b" not in page
    assert "1 of 1</span> verdict got worse" in page
    assert "accepted" in page


def test_the_page_of_many_runs_is_the_same_each_time() -> None:
    records = [(f"r{i}.json", plain(judged(0.9 - i / 9), judged(0.5))) for i in range(4)]
    comparison = compare([*records, ("none.json", plain())])
    page = html.page(comparison)
    assert page == html.page(comparison)
    assert "2 of 2</span> verdicts got worse" in page
    assert page.count("<svg") == 2
