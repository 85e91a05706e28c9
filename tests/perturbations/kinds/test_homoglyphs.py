"""Homoglyphs: look-alikes from other scripts."""

from unicodedata import name, normalize

import pytest

from pytest_accept.perturbations.kinds.homoglyphs import homoglyphs
from pytest_accept.perturbations.word_lists import read_rows
from tests.perturbations.kinds.checks import check_kind, results


def test_other_scripts_first_then_wide_and_mathematical_forms() -> None:
    assert results(homoglyphs(), "a") == ["а", "α", "ａ", "𝖺", "𝚊", "𝐚"]
    assert results(homoglyphs(), "Z")[:2] == ["Ζ", "Ｚ"]
    assert results(homoglyphs(), "f") == ["ｆ", "𝖿", "𝚏", "𝐟"]


def test_back_to_latin() -> None:
    assert results(homoglyphs(), "дом") == ["дoм"]


def test_every_form_is_of_its_letter() -> None:
    for latin, *others in read_rows("homoglyphs"):
        assert name(latin).startswith("LATIN")
        assert all(name(other).startswith(("CYRILLIC", "GREEK")) for other in others)
        forms = results(homoglyphs(), latin)[-4:]
        assert {normalize("NFKC", form) for form in forms} == {latin}


@pytest.mark.parametrize("text", ["", "12", "never", "你好", "e\u0301", "https://example.org/a"])
def test_left_alone(text: str) -> None:
    assert results(homoglyphs(), text) == []


def test_manners() -> None:
    check_kind(homoglyphs, promise="same", language="any")
