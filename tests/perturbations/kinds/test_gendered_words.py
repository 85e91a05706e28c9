"""Gendered words: the whole text first, then word by word."""

import pytest

from pytest_accept.errors import SettingError
from pytest_accept.perturbations.kinds.gendered_words import gendered_words
from tests.perturbations.kinds.checks import check_kind, results


def test_the_whole_text_first() -> None:
    assert results(gendered_words(), "My wife met an actor.") == [
        "My husband met an actress.",
        "My husband met an actor.",
        "My wife met an actress.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He told his wife.", ["She told her husband."]),
        ("Poor lady, he tried", ["Poor gentleman, she tried"]),
        ("He surrounds himself", ["She surrounds herself"]),
        ("My wife! My wife!", ["My husband! My husband!"]),
        ("two actresses, an actress", ["two actors, an actor"]),
        ("a girl in a world of boys", ["a boy in a world of girls"]),
        (
            "She fancied herself in his",
            [
                "He fancied himself in hers",
                "He fancied himself in his",
                "She fancied herself in hers",
            ],
        ),
        ("She fancied her or his in him", []),
    ],
)
def test_words_for_the_same_person_change_together(text: str, expected: list[str]) -> None:
    assert results(gendered_words(), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love her.", "I love him."),
        ("I saw her in Rome", "I saw him in Rome"),
        ("with her friends", "with his friends"),
        ("Her voice", "His voice"),
        ("the book is hers", "the book is his"),
        ("that book of his", "that book of hers"),
        ("I saw him", "I saw her"),
        ("an actress", "an actor"),
        ("an uncle", "an aunt"),
        ("the emperor", "the empress"),
        ("the man's hat", "the woman's hat"),
        ("Mr. Smith", "Ms. Smith"),
        ("Mrs Smith", "Mr Smith"),
        ("THE WOMEN", "THE MEN"),
        ("Thanks, Mom!", "Thanks, Dad!"),
        ("I’m sure she’s in", "I’m sure he’s in"),
    ],
)
def test_single_words(text: str, expected: str) -> None:
    assert results(gendered_words(), text) == [expected]


def test_a_doubtful_word_leaves_the_whole_text() -> None:
    assert results(gendered_words(), "She made her happy") == []
    assert results(gendered_words(), "She made her happy, not him") == [
        "She made her happy, not her"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I gave her flowers",
        "Man, that was fun, hey man!",
        "mother tongue, Mother's Day, ladies and gentlemen",
        "The Lion King and Queen",
        "She is pregnant",
        "John and Mary",
        "he he",
        "No offense, but boy I get tired",
        "we saw 'How she move' there",
        "Miss you! #mother @boy",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert results(gendered_words(), text) == []


def test_own_pairs() -> None:
    own = gendered_words(pairs={"rooster": "hen"})
    assert results(own, "A hen") == ["A rooster"]
    assert results(own, "A rooster") == ["A hen"]
    assert results(own, "A man") == ["A woman"]


@pytest.mark.parametrize("pairs", [["hen"], {"Hen": "rooster"}, {"hen": ""}, {"hen": 1}])
def test_own_pairs_are_checked(pairs: object) -> None:
    with pytest.raises(SettingError, match="Expected `pairs` to be a mapping from words"):
        gendered_words(pairs=pairs)  # type: ignore[arg-type]


def test_manners() -> None:
    check_kind(gendered_words, promise="same", language="en")
