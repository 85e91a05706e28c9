"""Zero width: invisible characters inside of words."""

import pytest

from pytest_accept.perturbations.kinds.zero_width import zero_width
from tests.perturbations.kinds.checks import check_kind, results


def test_every_character_the_space_first() -> None:
    assert results(zero_width(), "a 12 ab") == [
        *("a 12 a\u200bb", "a 12 a\u200cb", "a 12 a\u200db"),
        *("a 12 a\u2060b", "a 12 a\ufeffb", "a 12 a\u00adb"),
    ]


def test_no_joiners_where_letters_join() -> None:
    assert results(zero_width(), "بك") == ["ب\u200bك", "ب\u2060ك", "ب\ufeffك"]


@pytest.mark.parametrize(
    "text",
    ["", "a", "not", "e\u0301", "12", "\U0001f468\u200d\U0001f469", "हिन्दी", "สวัสดี", "@me #tag"],
)
def test_left_alone(text: str) -> None:
    assert results(zero_width(), text) == []


def test_accents_stay_with_their_letter() -> None:
    made = results(zero_width(), "be\u0301ab")
    assert all("e\u0301" in each for each in made)


def test_manners() -> None:
    check_kind(zero_width, promise="same", language="any")
