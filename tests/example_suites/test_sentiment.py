"""The suite of a fine-tuned classifier: accepted, and a rushed checkpoint of it refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import Record, read_record
from pytest_accept.reports.html import write
from tests.chromium import keep_screenshot, launched, visited
from tests.example_suites.running import SUITES, make, run


@pytest.fixture(scope="module")
def sentiment() -> Path:
    """Return the folder of the sentiment suite, its data and models made if they are not there."""
    make("sentiment", "get_data.py", "train.py")
    return SUITES / "sentiment"


def values(record: Record) -> dict[tuple[str, str], float]:
    return {
        (criterion.verdict.estimate.name, criterion.verdict.population): (
            criterion.verdict.estimate.value
        )
        for criterion in record.criteria
    }


@pytest.fixture(scope="module")
def report(sentiment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the record of the suite on the trained model, which must be accepted."""
    report = tmp_path_factory.mktemp("records") / "final.json"
    assert run("sentiment", "--accept-report", f"json:{report}", "--accept-keep-predictions") == 0
    return report


@pytest.fixture(scope="module")
def final(report: Path) -> Record:
    return read_record(report)


@pytest.mark.slow
def test_the_trained_model_is_accepted_and_the_rushed_one_is_not(
    sentiment: Path, final: Record, tmp_path: Path
) -> None:
    assert len(final.criteria) >= 25
    assert {criterion.verdict.status for criterion in final.criteria} == {"accepted"}
    assert final.models[0].fingerprint
    assert final.models[0].source == "example_suites/sentiment/runs/final"

    report = tmp_path / "rushed.json"
    rushed_model = str(sentiment / "runs" / "rushed")
    arguments = ("--accept-model", rushed_model, "--accept-report", f"json:{report}")
    only_movies = "test_sentiment and not (amazon or tweets or complaints)"
    assert run("sentiment", *arguments, "-k", only_movies) == 1
    rushed = read_record(report)
    assert rushed.models[0].fingerprint != final.models[0].fingerprint
    statuses = [criterion.verdict.status for criterion in rushed.criteria]
    assert "rejected" in statuses
    whole = ("accuracy", "reviews[source=movies]")
    assert values(rushed)[whole] < values(final)[whole] - 0.02
    failed = [c.verdict for c in rushed.criteria if c.verdict.status != "accepted"]
    assert all(verdict.evidence for verdict in failed), "each shows why"


@pytest.mark.slow
def test_the_smallest_edits_are_shown_though_the_model_is_accepted(final: Record) -> None:
    edited = [
        example.edited
        for criterion in final.criteria
        for evidence in criterion.verdict.evidence
        for example in evidence.examples
        if criterion.verdict.estimate.metric in ("flip_rate", "attack_success_rate")
        and example.edited is not None
    ]
    assert len(edited) >= 8
    assert sum(len(each.edits) == 1 for each in edited) >= 0.75 * len(edited)
    metrics = {criterion.verdict.estimate.metric for criterion in final.criteria}
    assert metrics >= {"robust_accuracy", "accuracy_drop", "probability_shift", "no_flip_within"}
    kinds = {c.verdict.behaviour.test_type for c in final.criteria if c.verdict.behaviour}
    assert kinds == {"MFT", "INV", "DIR"}


@pytest.mark.slow
def test_two_workers_judge_the_same(final: Record, tmp_path: Path) -> None:
    report = tmp_path / "together.json"
    some = ("-k", "amazon or behaviour or spelling", "-n", "2")
    assert run("sentiment", *some, "--accept-report", f"json:{report}") == 0
    together = read_record(report)
    tests = [criterion.test for criterion in together.criteria]
    assert len(set(tests)) == 6
    alone = replace(final, criteria=tuple(c for c in final.criteria if c.test in tests))
    assert [c.test for c in alone.criteria] == tests
    assert [c.verdict.status for c in alone.criteria] == [
        c.verdict.status for c in together.criteria
    ]
    # The same text in another batch differs in the last digits of float32: of a thousand edited
    # texts, the prediction of one may hang on those.
    assert values(together) == pytest.approx(values(alone), abs=5e-3)
    assert together.models == final.models
    assert {data.fingerprint for data in together.data} < {d.fingerprint for d in final.data}


@pytest.mark.slow
def test_its_html_report_opens_in_a_browser(final: Record, tmp_path: Path) -> None:
    report = tmp_path / "accept.html"
    write(final, report)
    assert report.stat().st_size < 500_000
    with launched() as browser, visited(browser, report) as page:
        assert (
            page.locator("h1").inner_text()
            == f"Yes. All {len(final.criteria)} criteria are accepted."
        )
        rows = page.locator("table.criteria tbody tr")
        assert rows.count() == len(final.criteria)
        page.fill("#search", "typos(max_edits")
        found = [row.inner_text() for row in rows.all() if row.is_visible()]
        assert 0 < len(found) < len(final.criteria)
        assert all("typos(max_edits" in row for row in found)
        page.fill("#search", "")
        keep_screenshot(page, "sentiment")
        page.get_by_role("button", name="Open all").click()
        assert page.locator("details.criterion ins").first.is_visible(), "edits are marked"
        assert page.locator("details.criterion figure svg").first.is_visible()
        keep_screenshot(page, "sentiment-whole", whole=True)


@pytest.mark.slow
def test_a_replay_judges_the_same_without_the_model(
    report: Path, final: Record, tmp_path: Path
) -> None:
    again = tmp_path / "replay.json"
    some = ("-k", "test_sentiment or behaviour or spelling")
    assert (
        run("sentiment", *some, "--accept-replay", str(report), "--accept-report", f"json:{again}")
        == 0
    )
    replay = read_record(again)
    tests = {criterion.test for criterion in replay.criteria}
    then = [criterion for criterion in final.criteria if criterion.test in tests]
    assert len(then) >= 15
    assert [each.verdict for each in replay.criteria] == [each.verdict for each in then]
    assert replay.models == final.models
    assert replay.seconds < final.seconds / 2
