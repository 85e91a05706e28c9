"""A page of a large suite: small enough to send, and written soon enough."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept.records import (
    ConfusionMatrix,
    Criterion,
    Curve,
    Evidence,
    Figures,
    Part,
    Record,
    ReliabilityBin,
    Threshold,
    TokenScore,
)
from pytest_accept.reports.html import write
from tests.reports.rich_records import EDITED, SPANS, example, with_verdict
from tests.reports.small_records import criterion, record


def figures(number: int) -> Figures:
    """Return a figure as large as our own metrics make it, which is of one kind each."""
    every = Figures(
        confusion=ConfusionMatrix(
            labels=tuple(f"label {at}" for at in range(8)),
            counts=tuple(
                tuple(number + 7 * (row == column) for column in range(8)) for row in range(8)
            ),
        ),
        reliability=tuple(
            ReliabilityBin(n=10 + number, confidence=at / 15, accuracy=at / 16)
            for at in range(1, 16)
        ),
        curve=Curve(
            label=f"label {number}",
            thresholds=tuple(
                Threshold(
                    score=at / 100, true_positives=900 + number - 9 * at,
                    false_positives=(100 - at) ** 2 // 12, true_negatives=at * at // 12 + 5,
                    false_negatives=9 * at,
                )
                for at in range(100)
            ),
        ),
    )  # fmt: skip
    kind = ("confusion", "reliability", "curve")[number % 3]
    return Figures(**{kind: getattr(every, kind)})


def hundred() -> Record:
    """Return a Record of 100 criteria on texts of 20,000 characters, no two of them alike."""
    judged = []
    for number in range(100):
        long = example(text=f"text {number} " + "word " * 4000)
        scored = replace(
            long,
            attributions=tuple(
                TokenScore(start=5 * at, stop=5 * at + 4, score=(at % 7) - 3.0) for at in range(60)
            ),
        )
        evidence = (
            Evidence(title=f"mistakes {number}", examples=(long, scored, EDITED, SPANS)),
            Evidence(
                title=f"groups {number}",
                parts=tuple(
                    Part(name=f"group {at}", value=0.8, low=0.7, high=0.9 + number / 1e4, n=50)
                    for at in range(5)
                ),
            ),
        )
        status = ("accepted", "rejected", "inconclusive")[number % 3]
        one = criterion(
            status, metric=f"metric_{number % 20}", population=f"reviews[source={number}]",
            test=f"acceptance/test_words.py::test_{number}", evidence=evidence,
        )  # fmt: skip
        judged.append(with_verdict(one, figures=figures(number)))
    return record(*judged)


@pytest.mark.slow
def test_a_hundred_criteria_are_less_than_two_megabytes(tmp_path: Path) -> None:
    write(hundred(), tmp_path / "page.html")
    assert 500_000 < (tmp_path / "page.html").stat().st_size < 2_000_000


def test_no_criterion_is_looked_for_among_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(one: object, other: object) -> bool:
        raise AssertionError("so that a page of n criteria would take n * n comparisons")

    monkeypatch.setattr(Criterion, "__eq__", compare)
    each = criterion()
    point = replace(each.verdict.estimate, method="point")
    write(
        record(
            *(
                replace(each, test=f"test_{n}", verdict=replace(each.verdict, estimate=point))
                for n in range(3)
            )
        ),
        tmp_path / "page.html",
    )
    assert 'href="#c-3"' in (tmp_path / "page.html").read_text()
