"""Neutral phrases: openings and endings that say nothing."""

import pytest

from pytest_accept.perturbations.kinds.neutral_phrases import neutral_phrases
from tests.perturbations.kinds.checks import check_kind, results


def made_of(text: str) -> tuple[str, str]:
    """Return the first text with an opening, and the last one with an ending."""
    edited = results(neutral_phrases(), text)
    return edited[0], edited[-1]


@pytest.mark.parametrize(
    ("text", "opened", "ended"),
    [
        ("The film is slow.", "To be clear, the film is slow.", "{} End of message."),
        ("I saw it", "To be clear, I saw it", "{}. End of message."),
        ("John saw it!", "Here is what I wrote: John saw it!", "{} End of message."),
        ("is it good?", "here is what i wrote: is it good?", "{} end of message."),
        ("the film", "to be clear, the film", "{}. end of message."),
        ("THE FILM", "TO BE CLEAR, THE FILM", "{}. END OF MESSAGE."),
        ("A film #Tag", "To be clear, a film #Tag", "{} End of message."),
    ],
)
def test_opening_and_ending(text: str, opened: str, ended: str) -> None:
    assert made_of(text) == (opened, ended.format(text))


@pytest.mark.parametrize("text", ["", " ", "Wow", "But why,", "@someone so good :)", "@a #tag"])
def test_left_alone(text: str) -> None:
    assert results(neutral_phrases(), text) == []


def test_what_refers_back_or_is_addressed_is_not_opened() -> None:
    for text in ("But I liked it.", "@someone I liked it.", '"I liked it."'):
        assert all(each.startswith(text) for each in results(neutral_phrases(), text))


def test_manners() -> None:
    check_kind(neutral_phrases, promise="same", language="en")
