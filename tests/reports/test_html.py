"""The html page of a Record: what it says first, what it says of each criterion, how it is made."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import matplotlib
import pytest

from pytest_accept.records import DEFAULT_BAR, ConfusionMatrix, Figures, Record
from pytest_accept.reports.html import write
from pytest_accept.reports.html.page import page
from tests.reports.parsed_page import Element, parse
from tests.reports.rich_records import rich_record, with_verdict
from tests.reports.small_records import criterion, record


@pytest.fixture(scope="module")
def rich() -> Record:
    return rich_record()


@pytest.fixture(scope="module")
def shown(rich: Record) -> Element:
    return parse(page(rich))


def details(document: Element, metric: str) -> Element:
    (found,) = [e for e in document.all("details") if e.one(class_="title").text.startswith(metric)]
    return found


def said_first(*criteria, **fields) -> str:  # type: ignore[no-untyped-def]
    return parse(page(record(*criteria, **fields))).one("section", class_="answer").text


def test_the_first_line_answers_whether_to_ship() -> None:
    assert "Yes. All 2 criteria are accepted." in said_first(criterion(), criterion())
    assert "Yes. The criterion is accepted." in said_first(criterion())
    assert "No. Of 2 criteria 1 is rejected." in said_first(criterion(), criterion("rejected"))
    assert "Not shown. Of 1 criterion 1 is inconclusive." in said_first(criterion("inconclusive"))
    assert "Not shown. No criterion was judged." in said_first()
    assert "May we ship words?" in said_first(criterion())
    assert "95 % confidence" in said_first(criterion())


def test_what_limits_the_answer_stands_with_it(shown: Element) -> None:
    first = shown.one("section", class_="answer")
    assert [each.text for each in first.one("ul", class_="tally").all("li")] == [
        "9 accepted", "2 rejected", "2 inconclusive", "1 test not judged",
    ]  # fmt: skip
    assert [each.text for each in first.one("ul", class_="models").all("li")] == [
        "words: 2 rejected, 2 inconclusive, 8 accepted", "letters: 1 accepted",
    ]  # fmt: skip
    assert "roc_auc (label=pos) on reviews about 10,500 examples" in first.text
    assert "seeds_mean on reviews about 7 seeds" in first.text
    assert "acceptance/test_words.py::test_broken" in first.text
    assert "a point estimate: there is no interval" in first.text
    assert "about exactly the cases given" in first.text
    assert "judged by a search" in first.text
    assert "which the settings let pass" in first.text
    assert "1 of 3 trainings gave no model" in first.text
    assert "the bars are defaults" in first.text
    assert "noise alone" not in first.text, "a note on one criterion stands with it"


def test_a_cascade_is_not_taken_for_plain_float32() -> None:
    some = record(criterion())
    model = replace(some.models[0], dtype="float32", precision="cascade", device="cpu")
    run = parse(page(replace(some, models=(model,)))).one("section", id="run").text
    assert "float32 by cascade on cpu" in run


def test_what_would_decide_is_said_only_where_it_is_known() -> None:
    unknown = said_first(criterion("inconclusive"), criterion("inconclusive", metric="f1"))
    assert "Of 2 inconclusive criteria it is not known how many examples would decide" in unknown
    known = with_verdict(criterion("inconclusive"), needed_n=900)
    both = said_first(known, criterion("inconclusive", metric="f1"))
    assert "accuracy on reviews about 900 examples. Of 1 inconclusive criterion it is not" in both


def test_a_run_that_failed_otherwise_says_so() -> None:
    assert "exit status 2, for another reason" in said_first(criterion(), exit_status=2)
    assert "exit status" not in said_first(criterion("rejected"), exit_status=1)
    unheeded = criterion("rejected", outcome="passed")
    assert "not accepted, but stand in tests that passed" in said_first(unheeded)
    expected = criterion("rejected", outcome="skipped")
    assert "missed in tests that are expected to fail" in said_first(expected)


def test_where_a_default_bar_comes_from_stands_with_its_criterion() -> None:
    judged = criterion(notes=(f"{DEFAULT_BAR}the most frequent label",))
    document = parse(page(record(judged, notes=("default criteria: no requirements of yours",))))
    assert "default criteria: no requirements" in document.one("section", class_="answer").text
    assert "default bar: the most frequent label" in details(document, "accuracy").text


def test_every_criterion_is_a_row_that_leads_to_its_details(shown: Element, rich: Record) -> None:
    table = shown.one("table", class_="criteria")
    rows = table.one("tbody").all("tr")
    assert len(rows) == len(rich.criteria) == len(shown.all("details"))
    verdicts = [row.attributes["data-verdict"] for row in rows]
    assert verdicts == ["rejected"] * 2 + ["inconclusive"] * 2 + ["accepted"] * 9
    anchors = {body.attributes["id"] for body in shown.all("div", class_="body")}
    assert {row.all("a")[0].attributes["href"] for row in rows} == {f"#{each}" for each in anchors}
    assert [th.text for th in table.one("thead").all("th")] == [
        "criterion", "interval against the bar", "measured", "demonstrated", "required", "n",
        "verdict",
    ]  # fmt: skip
    (plotted,) = [row for row in rows if "roc_auc" in row.text]
    assert "needs about 10,500 examples" in plotted.text
    title = plotted.one("svg").one("title").text
    assert title == (
        "inconclusive: roc_auc measured 0.910, interval 0.880 to 0.950, required ≥ 0.900"
    )
    (search,) = [row for row in rows if "no_flip_within" in row.text]
    assert not search.all("svg"), "a count of what was found has no interval"
    (point,) = [row for row in rows if "brier_score" in row.text]
    assert "point only" in point.text


def test_details_say_what_was_measured_of_what(shown: Element) -> None:
    accuracy = details(shown, "accuracy on")
    assert "The share that is right, in 0..1." in accuracy.text
    assert [each.text for each in accuracy.one("dl").all("div")] == [
        "measured0.950", "interval0.920 to 0.950each bound at 95 %, by Clopper-Pearson",
        "required≥ 0.900", "demonstrated≥ 0.920", "n400", "populationreviews", "modelwords",
        "testpassedjudged in 0.5 s",
    ]  # fmt: skip
    assert "noise alone gives 0.02" in details(shown, "cross_entropy").text
    assert "a true value of 0.960" in details(shown, "roc_auc").text.lower()
    assert "it is about exactly these cases" in details(shown, "not bad").text.lower()
    assert "modelletters" in details(shown, "perplexity").text


def test_texts_show_what_matters_in_them(shown: Element) -> None:
    edited = details(shown, "flip_rate on").one("li", class_="example")
    assert (edited.one("del").text, edited.one("ins").text) == ("er", "re")
    assert edited.one("p", class_="text").text == "A wonderreful film by Anna Ray in Paris"
    assert "neg 0.91 → pos 0.60 flips, true: pos" in edited.text
    assert "swapped letters" in edited.text
    spans = details(shown, "entity_f1").one("li", class_="example")
    assert spans.one("mark", class_="missed").text == "Anna Raymissed PER"
    assert spans.one("mark", class_="mistaken").text == 'ParisORG for LOC, said "in Paris"'
    assert spans.one("mark", class_="spurious").text == "wonderfulspurious MISC"
    scored = details(shown, "comprehensiveness").one("li", class_="example")
    assert scored.one("mark", class_="against-5").text == "wonderful−75 %"
    assert scored.one("mark", class_="for-2").text == "film+25 %"
    flipped = details(shown, "negative_flip_rate").text
    assert "older: pos 0.83 → neg 0.91 flips, true: pos" in flipped


def test_groups_have_their_intervals(shown: Element) -> None:
    parts = details(shown, "worst-group").one("table", class_="parts")
    assert [row.one("th").text for row in parts.one("tbody").all("tr")] == [
        "tweetswhere={'source': 'tweets'}", "shops",
    ]  # fmt: skip
    assert "0.600 to 0.800" in parts.text
    assert len(parts.all("svg")) == 2


def test_figures_are_drawn_where_the_verdict_has_them(shown: Element) -> None:
    matrix = details(shown, "accuracy on").one("figure", class_="confusion")
    assert [cell.text for cell in matrix.all("td", class_="number")] == [
        "18090 %", "2010 %", "3015 %", "17085 %",
    ]  # fmt: skip
    reliability = details(shown, "cross_entropy").one("figure").one("svg")
    assert "Reliability diagram of 4 bins" in reliability.one("title").text
    curve = details(shown, "roc_auc").one("figure").one("svg")
    assert "label pos over 40 thresholds" in curve.one("title").text
    curves = shown.one("section", id="trainings")
    assert "Loss by epoch of 3 trainings" in curves.one("svg").one("title").text
    assert "no model: the loss is no number" in curves.text


def test_of_many_labels_the_frequent_confusions_are_listed() -> None:
    labels = tuple(f"label {at}" for at in range(30))
    counts = [[0] * 30 for _ in labels]
    counts[3][4], counts[5][6] = 9, 12
    matrix = ConfusionMatrix(labels=labels, counts=tuple(map(tuple, counts)))
    judged = with_verdict(criterion(), figures=Figures(confusion=matrix))
    rows = details(parse(page(record(judged))), "accuracy").one("figure").one("tbody").all("tr")
    assert [row.text for row in rows] == ["label 5label 612", "label 3label 49"]


def test_evidence_that_repeats_is_shown_once() -> None:
    same = rich_record().criteria[3].verdict.evidence
    judged = (criterion(evidence=same), criterion(metric="f1", evidence=same))
    document = parse(page(record(*judged)))
    assert len(document.all("li", class_="example")) == 1
    assert "as shown with accuracy" in details(document, "f1").text


def test_a_name_as_long_as_a_text_is_cut_where_it_is_a_name() -> None:
    document = parse(page(record(criterion(population="a" * 5000))))
    row = document.one("table", class_="criteria").one("tbody").one("tr")
    assert "a" * 190 in row.text
    assert len(row.text) < 500
    assert "a" * 5000 in details(document, "accuracy").one("dl").text


def test_capabilities_are_a_matrix(shown: Element) -> None:
    matrix = shown.one("table", class_="matrix")
    assert "1 of 1 accepted, worst 0.950" in matrix.text
    assert "negation of words" in matrix.text


def test_earlier_records_are_its_past(rich: Record) -> None:
    judged = rich.criteria[0].verdict
    worse = replace(judged, status="rejected", estimate=replace(judged.estimate, value=0.8))
    before = replace(
        rich,
        started="2026-11-28T20:00:00+00:00",
        criteria=(replace(rich.criteria[0], verdict=worse),),
    )
    document = parse(page(rich, [before]))
    accuracy = details(document, "accuracy on")
    assert "Over 2 runs" in accuracy.text
    assert "Before: rejected, 0.800 (2026-11-28)" in accuracy.text
    title = accuracy.one("figure", class_="wide").one("title").text
    assert title == "Over 2 runs. 2026-11-28: rejected, 0.800; 2026-11-30: accepted, 0.950"
    assert "Over 2 runs" not in details(document, "cross_entropy").text


def test_the_past_of_a_renamed_test_is_shown_and_said() -> None:
    now = record(criterion())
    old = replace(now.criteria[0], test="default_criteria.py::test_<b>")
    before = replace(now, started="2026-11-28T20:00:00+00:00", criteria=(old,))
    accuracy = details(parse(page(now, [before])), "accuracy").text
    assert "Over 2 runs" in accuracy
    assert "In an earlier run the test was default_criteria.py::test_<b>." in accuracy


def test_runs_of_one_day_are_told_apart_by_the_hour() -> None:
    now = record(criterion())
    morning = replace(now, started="2026-11-30T08:05:00+00:00")
    assert "(11-30 08:05)" in details(parse(page(now, [morning])), "accuracy").text


def test_two_runs_write_the_same_bytes(rich: Record, tmp_path: Path) -> None:
    write(rich, tmp_path / "one.html")
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "text.usetex": True}):
        write(rich, tmp_path / "two.html")
        assert matplotlib.rcParams["font.size"] == 30, "a user's settings stay"
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_it_is_one_file_that_may_load_nothing(rich: Record, shown: Element) -> None:
    text = page(rich)
    (policy,) = [
        meta.attributes["content"]
        for meta in shown.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    elements = shown.all()
    assert not [e.tag for e in elements if "style" in e.attributes], "the policy forbids them"
    assert not [e.tag for e in elements if "src" in e.attributes]
    links = [e.attributes["href"] for e in elements if "href" in e.attributes]
    assert all(each.startswith(("#", "data:image/svg+xml,")) for each in links)
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(set(ids)) == len(ids)
    assert {each[1:] for each in links if each.startswith("#")} <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


def test_it_can_be_read_without_eyes(shown: Element) -> None:
    (html,) = shown.all("html")
    assert html.attributes["lang"] == "en"
    assert len(shown.all("h1")) == len(shown.all("main")) == 1
    assert shown.one("a", class_="skip").attributes["href"] == "#content"
    ids = {e.attributes["id"] for e in shown.all() if "id" in e.attributes}
    for svg in shown.all("svg"):
        assert svg.attributes["role"] == "img"
        assert svg.attributes["aria-labelledby"] in ids
        assert svg.one("title").text
    for table in shown.all("table"):
        assert all("scope" in th.attributes for th in table.all("th"))
    assert {e.attributes["for"] for e in shown.all("label") if "for" in e.attributes} == {"search"}
    for named in shown.all("section"):
        labelled = named.attributes.get("aria-labelledby")
        assert labelled is None or labelled in ids
    levels = [int(e.tag[1]) for e in shown.all() if re.fullmatch(r"h[1-6]", e.tag)]
    steps = [after - before for before, after in pairwise(levels)]
    assert max(steps) <= 1, "no level of headings is left out"


def test_without_matplotlib_the_reason_says_what_to_install(
    rich: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from pytest_accept.reports import write_report

    for name in list(sys.modules):
        if name.startswith("pytest_accept.reports.html"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said, written = write_report(rich, "html", tmp_path / "page.html")
    assert not written
    assert "pip install 'pytest-model-acceptance[html]'" in said
