"""The markdown report, read by GitHub's own parser."""

import doctest
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from pytest_accept.records import Behaviour, Evidence, Record
from pytest_accept.reports import inert_markdown
from pytest_accept.reports.markdown import COMMENT, markdown, write
from tests.reports.small_records import HOSTILE, criterion, hostile_record, record


class Page(HTMLParser):
    """What a browser is given: tags with attributes, text, the text outside of code, cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.prose = ""
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        unsafe = Options.CMARK_OPT_UNSAFE  # GitHub lets <details> through, and so must this
        self.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=unsafe))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if not {"code", "pre"} & set(self.open):
            self.prose += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def page(of: Record, limit: int = COMMENT) -> Page:
    return Page(markdown(of, limit))


def test_a_cascade_is_not_taken_for_plain_float32() -> None:
    some = record(criterion())
    model = replace(some.models[0], dtype="float32", precision="cascade", device="cpu")
    said = page(replace(some, models=(model,))).text
    assert "text-classification, float32, cascade, cpu, fingerprint" in said


def test_the_answer_then_the_table_then_why() -> None:
    text = markdown(record(criterion(), criterion("rejected", population="tweets")), COMMENT)
    assert text.startswith("## May we ship? ❌ No\n\nOf 2 criteria 1 is rejected.\n")
    shown = Page(text)
    assert shown.rows == [
        ["metric", "population", "measured", "demonstrated", "required", "n", "verdict"],
        ["accuracy", "reviews", "0.950", "≥ 0.920", "≥ 0.900", "400", "✅ accepted"],
        ["accuracy", "tweets", "0.700", "≤ 0.770", "≥ 0.900", "400", "❌ rejected"],
    ]
    assert shown.tags.count("details") == 1
    assert "acceptance/test_words.py::test_it (line 12)" in shown.text
    assert "the measured value is 0.200 below the bar" in shown.text
    assert "The share that is right, in 0..1." in shown.text
    assert (
        "model words from runs/words: text-classification, fingerprint ab12cd34ef56" in shown.text
    )


def test_hostile_text_is_shown_and_does_nothing() -> None:
    shown = page(hostile_record())
    assert set(shown.tags) <= {
        "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary",
        "ul", "li", "strong",
    }  # fmt: skip
    assert shown.attributes <= {"align", "lang"}
    assert [len(row) for row in shown.rows] == [7, 7, 7, 7]
    assert not shown.open, "what is opened is closed"
    for outside in ("@", "evil", "#", "$", ":smile:", "<", "::"):
        assert outside not in shown.prose, "mentions, links and emoji are made outside of code"
    for kept in (
        "<img src=x onerror=alert(1)> | `a` ``b`` **c**",
        "you@evil.example",
        r"\\| <deta",
    ):
        assert kept.replace("\\\\", "\\") in shown.text
    assert r"\u001b[31m \u0000 \u202e \ud800" in shown.text


@pytest.mark.parametrize(
    "text",
    ["a|b", "\\|", "a\\", "`", "``x``", "|`|", "&lt;", "a@b.example|", "|www.evil.example", "*|*",
     "|https://evil.example", "_|_", "~~|~~", "<b>|", "![a](b)|", "'\"|", "日本|語"],
)  # fmt: skip
def test_any_text_is_one_cell_of_code(text: str) -> None:
    shown = page(record(criterion(population=text)))
    assert shown.rows[1][1] == text
    assert {"a", "em", "strong", "del", "b", "img"}.isdisjoint(shown.tags)


def test_evidence_that_criteria_share_is_shown_once() -> None:
    evidence = (Evidence(title="mistakes", lines=("a text",)),)
    shown = page(
        record(
            criterion("rejected", evidence=evidence),
            criterion("rejected", metric="f1", evidence=evidence),
        )
    )
    assert shown.text.count("a text") == 1
    assert "evidence: that of accuracy on reviews" in shown.text


def test_what_the_settings_and_the_suite_make_of_it_is_said() -> None:
    shown = page(
        record(
            criterion("rejected", outcome="skipped"),
            criterion("rejected", outcome="passed", test="test_a.py::test_not_above"),
            *(criterion(method="point", test=f"test_b.py::test_{n}") for n in range(7)),
            not_judged=("test_a.py::test_broken",),
            notes=("reviews: <b>9 texts</b> were cut",),
        )
    )
    assert shown.rows[1][-1] == "❌ rejected, as expected"
    for said in (
        "1 criterion is not accepted, but stand in tests that passed: test_a.py::test_not_above",
        "1 test was not judged: something else failed than a criterion, so the question is open. "
        "test_a.py::test_broken",
        "chance alone may have decided: test_b.py::test_0, test_b.py::test_1, test_b.py::test_2, "
        "test_b.py::test_3, test_b.py::test_4, 2 more",
        "1 criterion is missed in tests that are expected to fail.",
        "reviews: <b>9 texts</b> were cut",
    ):
        assert said in shown.text


def test_what_changed_since_the_last_run_is_named(tmp_path: Path) -> None:
    now = record(criterion("rejected"), criterion(metric="f1"), criterion(metric="new"))
    runs = (record(criterion("rejected")), record(criterion(), criterion(metric="f1")))
    write(now, tmp_path / "accept.md", earlier=runs)
    shown = Page((tmp_path / "accept.md").read_text(encoding="utf-8"))
    assert "Verdicts that changed since the run of 2026-11-30T20:00:00+00:00:" in shown.text
    (change,) = [line for line in shown.text.splitlines() if "→" in line]
    assert change == "accuracy on reviews: ✅ accepted (0.950) → ❌ rejected (0.700)"
    assert "No verdict has changed since" in Page(markdown(now, COMMENT, (now,))).text


def test_behaviours_are_a_matrix() -> None:
    from dataclasses import replace

    tested = criterion()
    behaviour = Behaviour(capability="negation", test_type="MFT", name="")
    tested = replace(tested, verdict=replace(tested.verdict, behaviour=behaviour))
    shown = page(record(tested))
    assert shown.rows[-1] == ["negation", "✅ 1 of 1 accepted, worst 0.950", "", ""]


@pytest.mark.parametrize(
    ("limit", "details"), [(3_000, 0), (20_000, 7), (50_000, 20), (COMMENT, 20), (200_000, 20)]
)
def test_it_keeps_within_its_limit_and_says_what_is_left_out(limit: int, details: int) -> None:
    evidence = Evidence(title="mistakes", lines=("ö" * 200,) * 5)
    many = [criterion(population=f"part {n}") for n in range(400)]
    many += [
        criterion("rejected", population=f"bad {n}", evidence=(evidence, Evidence(title=str(n))))
        for n in range(20)
    ]
    text = markdown(record(*many), limit)
    assert len(text.encode()) <= limit
    shown = Page(text)
    rows = [row[1] for row in shown.rows[1:]]
    assert shown.tags.count("details") == details
    left = [f"{420 - len(rows):,} criteria"] if len(rows) < 420 else []
    left += [f"the evidence of {20 - details:,} criteria"] if details < 20 else []
    assert ("Left out, for want of room: " + " and ".join(left) in shown.text) == bool(left)
    assert rows[-20:] == [f"bad {n}" for n in range(20)], "what is not accepted comes first"
    assert (len(rows) == 420) == (limit == 200_000)


def test_no_text_is_too_long_for_the_limit() -> None:
    long = "|" * 100_000
    of = record(
        criterion("rejected", population=long, options=long, notes=(long,)),
        models=(long,) * 30,
        not_judged=(long,) * 30,
        notes=(long,) * 30,
    )
    for limit in (2_000, COMMENT):
        assert len(markdown(of, limit, (of,)).encode()) <= limit


def test_the_file_ends_in_a_line(tmp_path: Path) -> None:
    write(record(criterion()), tmp_path / "accept.md")
    text = (tmp_path / "accept.md").read_text(encoding="utf-8")
    assert text == markdown(record(criterion()), COMMENT)
    assert text.endswith("\n")


def test_nothing_judged_is_a_report_too() -> None:
    assert "❔ Not shown" in markdown(record(), COMMENT)


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(inert_markdown).failed == 0


def test_blocks_of_code_are_closed_by_nothing_in_them() -> None:
    shown = Page(inert_markdown.block(f"```\n````\n{HOSTILE}\n~~~\n<b>"))
    assert shown.tags == ["pre", "code"]


def test_what_has_no_interval_has_no_confidence(tmp_path: Path) -> None:
    exact = criterion(method="all cases", low=0.95, high=0.95)
    write(record(exact), tmp_path / "a.md")
    assert "each bound holds" not in (tmp_path / "a.md").read_text()
    write(record(exact, criterion()), tmp_path / "b.md")
    assert "- each bound holds with 95 % confidence, one-sided" in (tmp_path / "b.md").read_text()
