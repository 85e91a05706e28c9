"""Swapped letters: two neighbours inside of a word."""

import pytest

from pytest_accept.perturbations.kinds.swapped_letters import swapped_letters
from tests.perturbations.kinds.checks import check_kind, results


def test_every_swap_of_a_text() -> None:
    assert results(swapped_letters(), "a good film") == ["a good flim"]


def test_short_words_swap_their_ends() -> None:
    assert results(swapped_letters(), "The cat") == ["hTe cat", "Teh cat", "The act", "The cta"]


@pytest.mark.parametrize("text", ["", "a", "oo", "12 34", "not never"])
def test_nothing_to_swap(text: str) -> None:
    assert results(swapped_letters(), text) == []


def test_accents_stay_with_their_letter() -> None:
    assert results(swapped_letters(), "cafe\u0301s") == ["cfae\u0301s"]


def test_manners() -> None:
    check_kind(swapped_letters, promise="same", language="any")
