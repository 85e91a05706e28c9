"""Intensifiers: before words of sentiment, where the whole text agrees with them."""

import pytest

from pytest_accept.perturbations.kinds.intensifiers import intensifiers
from tests.perturbations.kinds.checks import check_kind, results


def firsts(text: str) -> list[str]:
    found = intensifiers().sites(text)
    places = found[0][1] if found else []
    return [intensifiers().script((0, at, 0)).changed(text) for at in range(len(places))]


def test_all_of_one_word() -> None:
    assert results(intensifiers(), "It was good.") == [
        "It was very good.",
        "It was really good.",
        "It was extremely good.",
        "It was incredibly good.",
    ]
    assert results(intensifiers(), "It was an awful day") == [
        "It was a really awful day",
        "It was an absolutely awful day",
        "It was a truly awful day",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A boring plot and bad acting.", ["A very boring plot and bad acting."]),
        ("An interesting film", ["A very interesting film"]),
        ("Good food", ["Very good food"]),
        ("IT IS BAD", ["IT IS VERY BAD"]),
        ("It works well.", ["It works very well."]),
        ("a great day", ["a really great day"]),
        ("Another good film", ["Another very good film"]),
        ("has good sound", ["has very good sound"]),
        ("It is a good film, he said", ["It is a very good film, he said"]),
        ('"It is a good film"', ['"It is a very good film"']),
    ],
)
def test_first_choices(text: str, expected: list[str]) -> None:
    assert firsts(text)[:1] == expected


def test_great_is_not_absolute() -> None:
    assert results(intensifiers(), "a great day") == ["a really great day", "a truly great day"]


@pytest.mark.parametrize(
    "text",
    [
        "It is very good",
        "It is not good",
        "It isn't a good film",
        "Is it good?",
        "It would be good",
        "The good cast, the awful plot",
        "good enough? no: it is good enough",
        "as good as new",
        "Good morning, good luck",
        "The Good Place",
        "What a good film",
        "well, as well",
        "He is annoying everyone",
        "It is good :(",
        "a good-looking #good @good",
        "It was long",
        "amazing race is cool too",
        "Her 'happy place' song",
        'He played "a great tune" to us',
        'He played ""a great tune"" to us',
        "He saw “A Great Day”, and it’s ‘a great day’ too",
        "effecting change and inspiring hope",
        "the best looking and stylish player",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert results(intensifiers(), text) == []


def test_manners() -> None:
    check_kind(intensifiers, promise="up", language="en")
