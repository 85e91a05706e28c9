"""Doubled letters: one typed twice."""

import pytest

from pytest_accept.perturbations.kinds.doubled_letters import doubled_letters
from tests.perturbations.kinds.checks import check_kind, results


def test_every_letter_of_longer_words_once() -> None:
    assert results(doubled_letters(), "a bee") == ["a bbee", "a beee"]


def test_capitals() -> None:
    assert results(doubled_letters(), "Ebb") == ["Eebb", "Ebbb"]
    assert results(doubled_letters(), "EBB") == ["EEBB", "EBBB"]


@pytest.mark.parametrize("text", ["", "a", "as", "to", "2nd", "not", ":-D", "#tag", "你好世界"])
def test_left_alone(text: str) -> None:
    assert results(doubled_letters(), text) == []


def test_makes_no_other_words_of_weight() -> None:
    made = " ".join(results(doubled_letters(), "god but con"))
    assert not set(made.split()) & {"good", "butt", "coon"}


def test_accents_stay_with_their_letter() -> None:
    assert results(doubled_letters(), "afe\u0301") == ["aafe\u0301", "affe\u0301"]


def test_manners() -> None:
    check_kind(doubled_letters, promise="same", language="any")
