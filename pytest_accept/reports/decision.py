"""May we ship? A whole Record in one word and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pytest_accept.records import DEFAULT_BAR, Criterion, Record

Answer = Literal["yes", "no", "open"]

_BROKEN_OFF = (2, 3, 4)  # pytest's exit statuses: interrupted, an error of its own, or of its use


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the sentence that gives its reason."""

    answer: Answer
    reason: str


def decide(record: Record) -> Decision:
    """Return "no" if a criterion is rejected, "open" if one is not decided or not judged.

    A criterion that is missed in a test that is expected to fail counts against nothing, and an
    inconclusive one that the settings tolerate lets the model pass; both are mentioned. Of a
    run that was broken off not all is judged. Default bars are nobody's requirements: a model that
    misses them is no good, one that meets them may be.
    """
    counted = [each for each in record.criteria if not is_expected_miss(each)]
    rejected = sum(each.verdict.status == "rejected" for each in counted)
    unclear = [each.verdict for each in counted if each.verdict.status == "inconclusive"]
    tolerated = sum(each.tolerated for each in unclear)
    missed = []
    if rejected:
        missed.append(f"{_are(rejected)} rejected")
    if len(unclear) > tolerated:
        missed.append(f"{_are(len(unclear) - tolerated)} inconclusive")
    if tolerated:
        missed.append(f"{_are(tolerated)} inconclusive, which the settings tolerate")
    expected = len(record.criteria) - len(counted)
    if expected:
        missed.append(f"{expected:,} missed as expected")
    said = _sentence(len(record.criteria), missed)
    if record.not_judged:
        tests = "test" if len(record.not_judged) == 1 else "tests"
        said += f" {len(record.not_judged):,} acceptance {tests} failed for another reason."
    answer = _answer(record, rejected > 0, len(unclear) > tolerated)
    if answer == "yes" and record.exit_status in _BROKEN_OFF:
        answer, said = "open", f"{said} But the run was broken off before its end."
    elif answer == "yes" and any(map(_has_default_bar, counted)):
        answer, said = "open", f"{said} But their bars are defaults, no requirements of yours."
    return Decision(answer, said)


def is_expected_miss(criterion: Criterion) -> bool:
    """Return whether a criterion is not accepted in a test that is expected to fail."""
    return criterion.outcome == "skipped" and criterion.verdict.status != "accepted"


def _has_default_bar(criterion: Criterion) -> bool:
    return any(note.startswith(DEFAULT_BAR) for note in criterion.verdict.estimate.notes)


def _answer(record: Record, rejected: bool, unclear: bool) -> Answer:
    if rejected:
        return "no"
    return "open" if unclear or record.not_judged or not record.criteria else "yes"


def _sentence(all_of_them: int, missed: list[str]) -> str:
    if not all_of_them:
        return "No criterion was judged."
    if not missed:
        are = "criterion is" if all_of_them == 1 else f"{all_of_them:,} criteria are"
        return f"{'The' if all_of_them == 1 else 'All'} {are} accepted."
    criteria = "criterion" if all_of_them == 1 else "criteria"
    return f"Of {all_of_them:,} {criteria} {'; '.join(missed)}."


def _are(n: int) -> str:
    return f"{n:,} {'is' if n == 1 else 'are'}"
