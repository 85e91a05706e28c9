"""Casing: the whole text, and single words."""

import pytest

from pytest_accept.perturbations.kinds.casing import casing
from tests.perturbations.kinds.checks import check_kind, results


def test_the_whole_text_comes_first() -> None:
    assert results(casing(), "A don't BB") == [
        *("a don't bb", "A DON'T BB"),
        "a don't BB",
        *("A DON'T BB", "A Don't BB"),
        *("A don't bb", "A don't Bb"),
    ]


def test_one_word_has_no_choice_twice() -> None:
    assert results(casing(), "film") == ["FILM", "Film"]
    assert results(casing(), "FILM") == ["film", "Film"]


@pytest.mark.parametrize(
    "text", ["", "12 %", "שלום", "你好", "https://x.org/Ab @Me #Tag :-D &AMP; ß"]
)
def test_left_alone(text: str) -> None:
    assert results(casing(), text) == []


def test_words_that_do_not_come_back_stay() -> None:
    assert results(casing(), "Straße in İstanbul") == [
        "Straße IN İstanbul",
        "Straße IN İstanbul",
        "Straße In İstanbul",
    ]


def test_words_that_capitals_tell_from_others_stay() -> None:
    assert "the US" not in results(casing(), "The us")[2:]
    assert results(casing(), "the US") == ["the us", "THE US", "THE US", "The US"]


def test_accents_stay_with_their_word() -> None:
    assert results(casing(), "cafe\u0301s") == ["CAFE\u0301S"]


def test_negations_may_change_their_case() -> None:
    assert "NOT bad" in results(casing(), "not bad")


def test_manners() -> None:
    check_kind(casing, promise="same", language="any")
