"""The words of a verdict: rounding never claims more than was shown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_accept.explanation import (
    demonstrated,
    describe_evidence,
    explain,
    explain_all,
    headline,
    measured,
    required,
    rounded_up,
)
from pytest_accept.marked_text import marked_tokens, printable
from pytest_accept.records import (
    Direction,
    Estimate,
    Evidence,
    Example,
    Part,
    TokenScore,
    Verdict,
    decide,
)


def verdict(
    value: float,
    low: float,
    high: float,
    bar: float,
    direction: Direction = "above",
    **more: object,
) -> Verdict:
    estimate = Estimate(
        metric="accuracy", value=value, low=low, high=high, confidence=0.95, n=1200,
        method="Clopper-Pearson", higher_is_better=True, population="reviews[source=tweets]",
    )  # fmt: skip
    return Verdict(
        status=decide(low, high, bar, direction), estimate=estimate, bar=bar, direction=direction,
        population=estimate.population, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_headline_reads_as_a_sentence() -> None:
    assert headline(verdict(0.842, 0.8191, 0.861, 0.82)) == (
        "accuracy on reviews[source=tweets]: inconclusive, measured 0.842, "
        "demonstrated >= 0.819 at 95 % (n = 1,200), required >= 0.820"
    )


def test_a_whole_explanation() -> None:
    mistake = Example(
        text="not bad at all,\nI would watch it again and again, and so would my whole family",
        expected="pos", predicted="neg", probability=0.994, origin="tweets.tsv row 318",
    )  # fmt: skip
    undecided = verdict(
        0.842, 0.8191, 0.861, 0.82, needed_n=1447, smallest_shown=0.8501,
        evidence=(Evidence(title="the most confident mistakes", examples=(mistake,)),),
    )  # fmt: skip
    assert explain(undecided).splitlines()[1:] == [
        "  about 1,450 examples like these would decide it "
        "(accept, 4 times in 5, if the measured value is the true one)",
        "  a true value of 0.850 or more would have been shown by this many",
        "  the most confident mistakes:",
        "    neg 0.99 said, pos true   "
        '"not bad at all, I would watch it again and again, and so ..."   tweets.tsv row 318',
    ]


def test_an_estimate_reads_as_a_sentence() -> None:
    estimate = verdict(0.842, 0.8191, 0.861, 0.82).estimate
    said = (
        "accuracy on reviews[source=tweets]: measured 0.842, between 0.819 and 0.861, "
        "each bound at 95 % (n = 1,200)"
    )
    assert str(estimate) == explain(estimate) == f"{estimate}" == said
    assert f"{estimate:.1f}" == "0.8"


def test_a_bound_that_just_misses_the_bar_gets_more_digits() -> None:
    almost = verdict(0.85, 0.81996, 0.87, 0.82)
    assert almost.status == "inconclusive"
    assert (demonstrated(almost), required(almost)) == (">= 0.81996", ">= 0.82000")
    close = verdict(0.81999, 0.80, 0.87, 0.82)
    assert (measured(close), required(close)) == ("0.81999", ">= 0.82000")


@pytest.mark.parametrize("direction", ["above", "below"])
@given(
    bounds=st.tuples(*[st.floats(0, 1)] * 3).map(sorted),
    bar=st.floats(0, 1),
)
def test_a_shown_bound_never_claims_more_than_the_bound(
    direction: Direction, bounds: list[float], bar: float
) -> None:
    low, value, high = bounds
    sign, number = demonstrated(verdict(value, low, high, bar, direction)).split()
    if sign == ">=":
        assert float(number) <= low + 1e-8
    else:
        assert float(number) >= high - 1e-8


def test_a_rejection_shows_what_it_ruled_out() -> None:
    rejected = verdict(0.70, 0.68, 0.7301, 0.82)
    assert demonstrated(rejected) == "<= 0.731"
    assert "the measured value is 0.120 below the bar" in explain(rejected)
    too_high = verdict(0.50, 0.45, 0.55, 0.4, "below")
    assert demonstrated(too_high) == ">= 0.450"
    assert "the measured value is 0.100 above the bar" in explain(too_high)


def test_evidence_that_repeats_is_shown_once() -> None:
    same = (Evidence(title="the worst", lines=("a line",)),)
    two = [verdict(0.7, 0.6, 0.8, 0.9, evidence=same), verdict(0.7, 0.6, 0.8, 0.95, evidence=same)]
    assert explain_all(two).count("a line") == 1
    assert explain_all(two).count("rejected") == 2


def test_when_no_number_would_decide() -> None:
    assert "it measures the bar itself" in explain(verdict(0.82, 0.80, 0.84, 0.82))


@given(st.integers(1, 10**9))
def test_needed_examples_are_rounded_up_a_little(n: int) -> None:
    assert n <= rounded_up(n) <= max(n + 1, n * 1.05)


@given(st.text(), st.integers(8, 80))
def test_printable_text_is_one_line_without_control_characters(text: str, width: int) -> None:
    shown = printable(text, width)
    assert shown.isprintable()
    assert "\x1b" not in shown


@pytest.mark.parametrize("text", ["::add-mask::e", " \n::error::e", "a ##[error]e", "##[stop] x"])
def test_no_text_is_a_command_for_the_runner_of_a_job(text: str) -> None:
    for shown in (printable(text), printable(text, 8)):
        assert not shown.lstrip().startswith("::")
        assert "##[" not in shown


def test_a_mark_makes_no_command_of_what_stands_before_it() -> None:
    token = TokenScore(start=2, stop=10, score=1.0)
    assert marked_tokens("##add-mask e", [token]) == "##\\u005badd-mask +100%] e"


def test_a_hostile_population_stays_text_on_one_line() -> None:
    said = verdict(0.7, 0.6, 0.8, 0.9)
    hostile = replace(said, population="\x1b[2Jm\n::error::x ##[error]y")
    assert headline(hostile).isprintable()
    assert "##[" not in headline(hostile)


def test_parts_are_rows_with_their_bounds_and_how_to_get_them() -> None:
    parts = (
        Part(name="source=tweets", value=0.7, low=0.66, high=0.74, n=1000, where="{'source': 't'}"),
        Part(name="a\x1b[31m", value=0.9, low=0.8, high=0.95, n=20),
    )
    title, first, second = describe_evidence(Evidence(title="groups", parts=parts))
    assert title == "groups:"
    assert "0.700, between 0.660 and 0.740   n = 1,000   where={'source': 't'}" in first
    assert "\x1b" not in second
    assert second.endswith("n =    20")


def test_the_tokens_that_moved_a_prediction_are_marked() -> None:
    scores = [TokenScore(start=0, stop=4, score=3.0), TokenScore(start=5, stop=8, score=-1.0)]
    assert marked_tokens("good but long", scores) == "[good +75%] [but -25%] long"
    many = [TokenScore(start=2 * i, stop=2 * i + 1, score=float(i)) for i in range(9)]
    assert marked_tokens("a b c d e f g h i", many).count("%]") == 5
    assert marked_tokens("good", [TokenScore(start=0, stop=4, score=0.0)]) == "good"
