"""Number formats: commas, per cent signs, cents, zeros at the end."""

import pytest

from pytest_accept.perturbations.kinds.number_formats import number_formats
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("1,200 people", ["1200 people"]),
        ("1200 people", ["1,200 people"]),
        ("1000000 reasons", ["1,000,000 reasons"]),
        ("for $1200.50", ["for $1,200.50"]),
        ("for $3.", ["for $3.00."]),
        ("for $3.00", ["for $3"]),
        ("10% off", ["10 % off", "10 percent off"]),
        ("(10.5 %)", ["(10.5%)", "(10.5 percent)"]),
        ("10 percent", ["10%", "10 %"]),
        ("3.50 kg", ["3.5 kg"]),
        ("4.0 stars", ["4 stars"]),
    ],
)
def test_other_forms(text: str, edited: list[str]) -> None:
    assert results(number_formats(), text) == edited


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in 2010 people came",
        "the Nokia 6610 phone",
        "version 2.0, USB 3.50",
        "555 1234, 555-1234",
        "at 12:30 on 03/04/2021",
        "1,200,30 or 0,123",
        "1. one 2) two",
        "$20-30, $5 million, 10%-off, 1200x",
        "https://example.org/1,200?a=10% @user1200",
    ],
)
def test_left_alone(text: str) -> None:
    assert results(number_formats(), text) == []


def test_manners() -> None:
    check_kind(number_formats, promise="same", language="en")
