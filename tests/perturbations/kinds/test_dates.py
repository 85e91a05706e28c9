"""Dates: order, names in full or abbreviated, ISO 8601."""

import pytest

from pytest_accept.perturbations.kinds.dates import dates
from tests.perturbations.kinds.checks import check_kind, results


def test_every_form_of_a_date() -> None:
    forms = ["12 March 2021", "March 12, 2021", "12 Mar 2021", "Mar 12, 2021", "2021-03-12"]
    for form in forms:
        others = [f"It was {each}." for each in forms if each != form]
        assert results(dates(), f"It was {form}.") == others


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("january 13, 2004", ["13 january 2004", "13 jan 2004", "jan 13, 2004", "2004-01-13"]),
        ("MAY 3, 2020", ["3 MAY 2020", "2020-05-03"]),
        ("on March 3rd", ["on 3 March", "on March 3", "on 3 Mar", "on Mar 3"]),
        ("in March 2021", ["in Mar 2021"]),
        ("on Monday.", ["on Mon."]),
        ("last Fri night", ["last Friday night"]),
    ],
)
def test_parts_of_dates(text: str, edited: list[str]) -> None:
    assert results(dates(), text) == edited


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2021, 12.03.2021, 2021-13-01",
        "30 February 2021, Feb 30, 2021, 31 April",
        "the 12th March 2021",
        "March 12 and 13, March 12-14",
        "In March 12 people died; march 12 miles; I may 12",
        "Black Friday, a Sunday roast, on sun, I sat on wed",
        "2021-03-12T10:00",
        "https://example.org/2021-03-12",
    ],
)
def test_left_alone(text: str) -> None:
    assert results(dates(), text) == []


def test_a_leap_day_exists_in_leap_years_only() -> None:
    assert "2020-02-29" in results(dates(), "29 Feb 2020")
    assert results(dates(), "29 Feb 2021") == []


def test_manners() -> None:
    check_kind(dates, promise="same", language="en")
