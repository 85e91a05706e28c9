"""OCR errors: letters of like shape."""

import pytest

from pytest_accept.perturbations.kinds.ocr_errors import ocr_errors
from tests.perturbations.kinds.checks import check_kind, results


def test_single_letters_and_pairs() -> None:
    assert results(ocr_errors(), "warn cloy") == [
        *("vvarn cloy", "wam cloy"),
        *("warn eloy", "warn doy", "warn c1oy", "warn cIoy", "warn cl0y"),
    ]


def test_numbers_and_i() -> None:
    assert results(ocr_errors(), "I saw 10") == [
        *("l saw 10", "1 saw 10"),
        *("I savv 10", "I saw l0", "I saw 1O"),
    ]


@pytest.mark.parametrize("text", ["", "a", "on", "never", "23", "юля", "www.example.org"])
def test_left_alone(text: str) -> None:
    assert results(ocr_errors(), text) == []


def test_makes_no_rude_words_and_no_other_opinions() -> None:
    made = " ".join(results(ocr_errors(), "click burn had tucked"))
    assert not set(made.split()) & {"dick", "bum", "bad", "fucked"}


def test_manners() -> None:
    check_kind(ocr_errors, promise="same", language="any")
