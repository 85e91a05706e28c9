"""Sentence order: neighbours change places, or one moves to the end."""

import pytest

from pytest_accept.perturbations.kinds.sentence_order import sentence_order
from pytest_accept.perturbations.language.sentences import find_sentences
from tests.perturbations.kinds.checks import check_kind, results


def test_two_sentences() -> None:
    text = "I loved the film. The cast was great!"
    assert results(sentence_order(), text) == ["The cast was great! I loved the film."]


def test_three_sentences() -> None:
    one, two, three = "I loved the film.", "The cast was great.", "My wife hated Mr. X."
    assert results(sentence_order(), f"{one} {two} {three}") == [
        f"{two} {one} {three}",
        f"{two} {three} {one}",
        f"{one} {three} {two}",
    ]


def test_what_goes_around_stays() -> None:
    assert results(sentence_order(), "@a I was glad. We won a prize.  #tag\nWe ate.") == [
        "@a We won a prize. I was glad.  #tag\nWe ate."
    ]


@pytest.mark.parametrize(
    "second",
    [
        "But the cast was great.",
        "It was great fun.",
        "However, the cast was bad.",
        "This was great fun.",
        "So we went home.",
        "My wife hated it.",
        "The other cast was bad.",
        "Was the cast great?",
        "The cast was great...",
        "The cast was “great fun.",
        "The cast was great",
        "Great.",
        "3.5 stars are enough.",
        "I loved that cast.",
        "The cast was used to that film.",
        "The cast was correct.",
    ],
)
def test_what_refers_back_or_is_no_whole_statement_stays(second: str) -> None:
    assert results(sentence_order(), f"I loved the film. {second}") == []


@pytest.mark.parametrize("text", ["", "I loved the film.", "I saw a film. The film was bad."])
def test_left_alone(text: str) -> None:
    assert results(sentence_order(), text) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dr. No paid $3.50. He left.", ["Dr. No paid $3.50.", "He left."]),
        ("J. R. Smith came, e.g. today.", ["J. R. Smith came, e.g. today."]),
        ("He said “no.” Then he left…", ["He said “no.”", "Then he left…"]),
        ("Well... maybe. No. 5 is it!", ["Well... maybe.", "No. 5 is it!"]),
        ("1. The first.\n2. The other.", ["1. The first.", "2. The other."]),
        ("all small. no capitals... none", ["all small.", "no capitals... none"]),
        ("Mixed. no capital", ["Mixed. no capital"]),
        ("  ", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:stop] for start, stop in find_sentences(text)] == parts


def test_manners() -> None:
    check_kind(sentence_order, promise="same", language="en")
