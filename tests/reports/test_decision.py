"""May we ship: one answer for the whole record, the same in all reports."""

import pytest

from pytest_accept.records import DEFAULT_BAR, Criterion
from pytest_accept.reports.decision import decide
from tests.reports.small_records import criterion, record

GOOD, BAD, OPEN = criterion(), criterion("rejected"), criterion("inconclusive")
TOLERATED = criterion("inconclusive", tolerated=True)
EXPECTED = criterion("rejected", outcome="skipped")
DEFAULT = criterion(notes=(f"{DEFAULT_BAR}the most frequent label",))


@pytest.mark.parametrize(
    ("criteria", "answer", "reason"),
    [
        ([], "open", "No criterion was judged."),
        ([GOOD], "yes", "The criterion is accepted."),
        ([GOOD, GOOD], "yes", "All 2 criteria are accepted."),
        ([GOOD, BAD], "no", "Of 2 criteria 1 is rejected."),
        ([BAD, BAD, OPEN], "no", "Of 3 criteria 2 are rejected; 1 is inconclusive."),
        ([OPEN], "open", "Of 1 criterion 1 is inconclusive."),
        (
            [GOOD, TOLERATED],
            "yes",
            "Of 2 criteria 1 is inconclusive, which the settings tolerate.",
        ),
        ([GOOD, EXPECTED], "yes", "Of 2 criteria 1 missed as expected."),
        (
            [DEFAULT, DEFAULT],
            "open",
            "All 2 criteria are accepted. But their bars are defaults, no requirements of yours.",
        ),
        ([DEFAULT, BAD], "no", "Of 2 criteria 1 is rejected."),
    ],
)
def test_the_answer_and_its_reason(criteria: list[Criterion], answer: str, reason: str) -> None:
    decision = decide(record(*criteria))
    assert (decision.answer, decision.reason) == (answer, reason)


def test_a_run_that_was_broken_off_leaves_it_open() -> None:
    decision = decide(record(GOOD, exit_status=2))
    assert decision.answer == "open"
    assert decision.reason.endswith("But the run was broken off before its end.")
    assert decide(record(BAD, exit_status=2)).answer == "no"
    assert decide(record(GOOD, exit_status=1)).answer == "yes", "another test failed, not the model"


def test_a_test_that_broke_leaves_it_open() -> None:
    decision = decide(record(GOOD, not_judged=("test_a.py::test_broken",)))
    assert decision.answer == "open"
    assert decision.reason.endswith("1 acceptance test failed for another reason.")
    assert decide(record(BAD, not_judged=("test_a.py::test_broken",))).answer == "no"
