"""Hashtags: neutral ones at both ends of a text."""

import pytest

from pytest_accept.perturbations.kinds.hashtags import HASHTAGS, hashtags
from tests.perturbations.kinds.checks import check_kind, results


def test_both_ends() -> None:
    begun = [f"{each} A film." for each in HASHTAGS]
    ended = [f"A film. {each}" for each in HASHTAGS]
    assert results(hashtags(), "A film.") == begun + ended


def test_spaces_around_stay() -> None:
    edited = results(hashtags(), " a film \n")
    assert (edited[0], edited[-1]) == (f" {HASHTAGS[0]} a film \n", f" a film {HASHTAGS[-1]} \n")


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_blank_text_stays(text: str) -> None:
    assert results(hashtags(), text) == []


def test_manners() -> None:
    check_kind(hashtags, promise="same", language="any")
