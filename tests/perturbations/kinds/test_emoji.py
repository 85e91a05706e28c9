"""Emoji: things without sentiment at both ends of a text."""

import pytest

from pytest_accept.perturbations.kinds.emoji import EMOJI, emoji
from tests.perturbations.kinds.checks import check_kind, results


def test_both_ends() -> None:
    begun = [f"{each} A film." for each in EMOJI]
    ended = [f"A film. {each}" for each in EMOJI]
    assert results(emoji(), "A film.") == begun + ended


def test_spaces_around_stay() -> None:
    edited = results(emoji(), " a film \n")
    assert (edited[0], edited[-1]) == (f" {EMOJI[0]} a film \n", f" a film {EMOJI[-1]} \n")


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_blank_text_stays(text: str) -> None:
    assert results(emoji(), text) == []


def test_manners() -> None:
    check_kind(emoji, promise="same", language="any")
