"""Contractions: written out, and contracted."""

import pytest

from pytest_accept.perturbations.kinds.contractions import contractions
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("I don't like it", "I do not like it"),
        ("Don't buy one", "Do not buy one"),
        ("DON'T BUY ONE", "DO NOT BUY ONE"),
        ("it won't start", "it will not start"),
        ("they can't see", "they cannot see"),
        ("It's good", "It is good"),
        ("i'm glad", "i am glad"),
        ("I'M GLAD", "I AM GLAD"),
        ("and they'll come", "and they will come"),
        ("It's been good", "It has been good"),
        ("I've never seen one", "I have never seen one"),
        ("I'd like one", "I would like one"),
        ("I'd better go", "I had better go"),
        ("there's a catch", "there is a catch"),
    ],
)
def test_both_directions(short: str, long: str) -> None:
    assert results(contractions(), short) == [long]
    assert short in results(contractions(), long)


def test_a_negation_has_two_short_forms() -> None:
    assert results(contractions(), "It is not bad.") == ["It's not bad.", "It isn't bad."]


def test_apostrophes_as_in_the_text() -> None:
    assert results(contractions(), "I’m glad, do not ask") == [
        "I am glad, do not ask",
        "I’m glad, don’t ask",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes, it is.",
        "Yes, it is and",
        "I know what it is about",
        "Don't you like it",
        "Isn't life great",
        "Why don't people listen",
        "a film, isn't it",
        "John's book, let's go, the dog's here",
        "on it's home page",
        "It's picture quality",
        "who's camera",
        "he'd put one there",
        "it's finished",
        "do NOT stop",
        "not only is not only",
        "I have mixed feelings",
        "I have a cat",
        "could've's ain't",
        "https://example.org/it's",
        "playing Countries That Don't End in a Vowel",
    ],
)
def test_left_alone(text: str) -> None:
    assert results(contractions(), text) == []


def test_a_sentence_begins_after_a_handle() -> None:
    assert results(contractions(), "@me You're right") == ["@me You are right"]
    assert results(contractions(), "x://y.z You're right") == ["x://y.z You are right"]


def test_a_word_that_the_user_protects_stays() -> None:
    assert results(contractions(protect=["not"]), "I do not know, I can't say") == [
        "I do not know, I cannot say"
    ]
    assert results(contractions(protect=["don't"]), "I don't know") == []


def test_manners() -> None:
    check_kind(contractions, promise="same", language="en")
