"""Number words: counts in digits and in words."""

import pytest

from pytest_accept.perturbations.kinds.number_words import number_words
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("I saw 3 films.", ["I saw three films."]),
        ("I saw three films.", ["I saw 3 films."]),
        ("Bad. 3 films stank.", ["Bad. Three films stank."]),
        ("only 1 problem", ["only one problem"]),
        ("for 24 hours", ["for twenty-four hours"]),
        ("for twenty-four hours", ["for 24 hours"]),
        ("about 100 people", ["about one hundred people"]),
        ("THREE FILMS AND 5 DOGS", ["3 FILMS AND 5 DOGS", "THREE FILMS AND FIVE DOGS"]),
    ],
)
def test_both_directions(text: str, edited: list[str]) -> None:
    assert results(number_words(), text) == edited


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one film, one or two films",
        "3/10, 3.5 stars, 3-4 weeks, 3D films, 3rd place, $3 off",
        "2 or 3 weeks",
        "8 out of 10 people",
        "season 3 is bad, the iPhone 4 works",
        "7 picture quality",
        "on 12 March, in 12 march",
        "the two are bad",
        "the Big Ten teams, two-faced liars",
        "twenty five hundred men, ten thousand men",
        "my two cents",
        "a 30 gb drive",
        "007 films",
        "the 60 ct-4 cable",
    ],
)
def test_left_alone(text: str) -> None:
    assert results(number_words(), text) == []


def test_manners() -> None:
    check_kind(number_words, promise="same", language="en")
