"""Dropped letters: an inner letter left out."""

import pytest

from pytest_accept.perturbations.kinds.dropped_letters import dropped_letters
from tests.perturbations.kinds.checks import check_kind, results


def test_every_inner_letter_of_longer_words() -> None:
    assert results(dropped_letters(), "The Film") == ["The Flm", "The Fim"]


def test_letters_that_stand_twice_are_dropped_once() -> None:
    assert results(dropped_letters(), "afford") == ["aford", "affrd", "affod"]


@pytest.mark.parametrize(
    "text", ["", "a", "cat", "never", "good", "x86_64", "https://example.org/path", "你好世界"]
)
def test_left_alone(text: str) -> None:
    assert results(dropped_letters(), text) == []


def test_makes_no_rude_words_and_no_other_opinions() -> None:
    made = " ".join(results(dropped_letters(), "shirt count public pretty plain said"))
    assert not set(made.split()) & {"shit", "cunt", "pubic", "petty", "pain", "sad"}


def test_accents_stay_with_their_letter() -> None:
    assert results(dropped_letters(), "cafe\u0301") == ["cfe\u0301", "cae\u0301"]


def test_manners() -> None:
    check_kind(dropped_letters, promise="same", language="any")
