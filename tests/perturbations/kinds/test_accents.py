"""Accents: put on, and taken away."""

from unicodedata import normalize

import pytest

from pytest_accept.perturbations.kinds.accents import accents
from tests.perturbations.kinds.checks import check_kind, results


def test_one_character_first_then_a_mark_after_the_letter() -> None:
    assert results(accents(), "ok 1") == [
        *("ók 1", "òk 1", "ôk 1", "õk 1", "ök 1"),
        *("o\u0301k 1", "o\u0300k 1", "o\u0302k 1", "o\u0303k 1", "o\u0308k 1"),
        "oḱ 1",
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_taken_away(form: str) -> None:
    text = normalize(form, "é ñ Ç ά")
    made = [normalize("NFC", each) for each in results(accents(), text)]
    assert made == ["e ñ Ç ά", "é n Ç ά", "é ñ C ά", "é ñ Ç α"]


def test_stress_on_greek_and_cyrillic() -> None:
    assert results(accents(), "α δ") == ["ά δ"]
    assert results(accents(), "дар") == ["да\u0301р"]


@pytest.mark.parametrize(
    "text", ["", "12", "not", "йј", "İ", "שָׁלוֹם", "한국", "がぎ", "@me www.x.org", "\ud83d"]
)
def test_left_alone(text: str) -> None:
    assert results(accents(), text) == []


def test_manners() -> None:
    check_kind(accents, promise="same", language="any")
