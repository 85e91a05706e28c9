"""Hedges: before words of sentiment, or before the whole statement."""

import pytest

from pytest_accept.perturbations.kinds.hedges import hedges
from tests.perturbations.kinds.checks import check_kind, results


def test_praise_and_blame() -> None:
    assert results(hedges(), "The film is good.") == [
        "I guess the film is good.",
        "Maybe the film is good.",
        "The film is fairly good.",
        "The film is somewhat good.",
        "The film is kind of good.",
    ]
    assert results(hedges(), "it was boring") == [
        "i guess it was boring",
        "maybe it was boring",
        "it was somewhat boring",
        "it was a bit boring",
        "it was kind of boring",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love it", ["I guess I love it"]),
        ("An interesting film", ["A fairly interesting film", "A somewhat interesting film"]),
        ("It's awful now", ["I guess it's awful now", "Maybe it's awful now"]),
        ("We loved it", ["I guess we loved it"]),
        ("It has a great plot", ["I guess it has a great plot", "Maybe it has a great plot"]),
        ("Bob says: I don't like it", []),
    ],
)
def test_other_forms(text: str, expected: list[str]) -> None:
    assert results(hedges(), text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Is it good?",
        "I guess it is good",
        "The good cast, the awful plot",
        "The more I love it",
        "What a good film",
        "I called the good doctor",
        "It was long",
        "it serves as a back-up as well as a player",
        "the cute guy did the inspection",
        "I'm very glad I did",
        "i've picked up a great player",
        "I am using a great player",
        "It appears very good",
        "Give cute guy my email",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert results(hedges(), text) == []


def test_manners() -> None:
    check_kind(hedges, promise="down", language="en")
