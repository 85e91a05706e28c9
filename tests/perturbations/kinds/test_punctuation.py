"""Punctuation: marks that no meaning hangs on."""

import pytest

from pytest_accept.perturbations.kinds.punctuation import punctuation
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Fine", ["Fine.", "Fine!", "Fine..."]),
        ("Fine \n", ["Fine. \n", "Fine! \n", "Fine... \n"]),
        ("Fine.", ["Fine", "Fine!", "Fine...", "Fine.."]),
        ("Fine!", ["Fine.", "Fine!!", "Fine", "Fine!!!"]),
        ("Fine!!", ["Fine!", "Fine.", "Fine!!!"]),
        ("Fine...", ["Fine…", "Fine.", "Fine"]),
        ("Is it?", ["Is it??"]),
        ("So. It is?", ["So! It is?", "So... It is?", "So.. It is?", "So. It is??"]),
    ],
)
def test_final_marks(text: str, made: list[str]) -> None:
    assert results(punctuation(), text) == made


def test_commas() -> None:
    made = results(punctuation(), "Red, green, not 1, 2 or 1,000, he said?")
    assert made == ["Red, green, not 1, 2 or 1,000, he said??"]
    made = results(punctuation(), "We ate, drank, and paid, but not, and never, which?")
    assert made == [
        "We ate, drank and paid, but not, and never, which?",
        "We ate, drank, and paid but not, and never, which?",
        "We ate, drank, and paid, but not, and never, which??",
    ]


def test_quotation_marks() -> None:
    made = results(punctuation(), '"Don\'t" ‘ask’ “him”, 5" of it?')
    assert made == [
        "“Don't” ‘ask’ “him”, 5\" of it?",
        "\"Don't\" 'ask' “him”, 5\" of it?",
        '"Don\'t" ‘ask’ "him", 5" of it?',
        '"Don\'t" ‘ask’ “him”, 5" of it??',
    ]
    assert results(punctuation(), "'So' 'tis?") == ["‘So’ 'tis?", "'So' 'tis??"]
    assert results(punctuation(), "„So“ it is?")[0] == '"So" it is?'
    assert results(punctuation(), '"It is ""so""?') == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "...", "Dr. Who 1.5 e.g. it :)", "see https://x.org/a,b", "<3 :-D", "你好", "?!"],
)
def test_left_alone(text: str) -> None:
    assert results(punctuation(), text) == []


def test_manners() -> None:
    check_kind(punctuation, promise="same", language="any")
