"""White space: more of it, of another sort, or none after a comma."""

import pytest

from pytest_accept.perturbations.kinds.whitespace import whitespace
from tests.perturbations.kinds.checks import check_kind, results


def test_every_space() -> None:
    assert results(whitespace(), "a b") == [
        *(" a b", "a  b", "a\u00a0b", "a\tb", "a\nb"),
        *("a b ", "a b\n"),
    ]


def test_missing_after_a_comma_but_not_between_numbers() -> None:
    assert "a,b" in results(whitespace(), "a, b")
    assert "1,2" not in results(whitespace(), "1, 2")


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_nothing_to_change(text: str) -> None:
    assert results(whitespace(), text) == []


def test_runs_of_white_space_stay() -> None:
    assert results(whitespace(), "a  b") == [" a  b", "a  b ", "a  b\n"]


def test_split_words() -> None:
    perturbation = whitespace(split_words=True)
    assert repr(perturbation) == "whitespace(split_words=True)"
    made = results(perturbation, "unfair films never")
    assert made[-4:] == [
        *("unf air films never", "unfa ir films never"),
        *("unfair fi lms never", "unfair fil ms never"),
    ]


def test_split_words_say_nothing_else() -> None:
    made = results(whitespace(split_words=True), "therapist notable useless")
    assert not [t for t in made if "the rapist" in t or "not able" in t or "use less" in t]


def test_manners() -> None:
    check_kind(whitespace, promise="same", language="any")
