"""Synonyms: words of the same meaning, guarded against antonyms and turned sentiment."""

import pytest

from pytest_accept.errors import SettingError
from pytest_accept.perturbations.kinds.synonyms import guard, synonyms
from pytest_accept.perturbations.language.sentiment import signs
from pytest_accept.perturbations.word_lists import read_rows
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw the film.", ["I saw the movie."]),
        ("FILM of a large dog", ["MOVIE of a large dog", "FILM of a big dog"]),
        ("They bought it quickly.", ["They purchased it quickly.", "They bought it rapidly."]),
        ("an apartment", ["a flat"]),
        ("An enormous dog", ["A huge dog"]),
        ("a so-called entire day", ["a so-called whole day"]),
        ("It is very hilarious", []),
    ],
)
def test_synonyms(text: str, expected: list[str]) -> None:
    assert results(synonyms(), text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "at large",
        "To begin with",
        "a good buy",
        "The Film Society",
        "our Big Kids",
        "a film-maker",
        "http://film.com #film @film film.org film/tape",
        "it's film for my camera",
        "I film it",
        "film and movie",
        "like the last show, right at present",
        "it may start, kind of",
        "ill give up",
        "repair seems to be an issue",
        "I bought myself one",
    ],
)
def test_other_senses_stay(text: str) -> None:
    assert results(synonyms(), text) == []


def test_own_lexicon() -> None:
    own = synonyms(lexicon={"Waiter": ["server", "attendant"]})
    assert results(own, "A waiter!") == ["A server!", "An attendant!"]
    assert results(own, "One waiter!") == ["One server!", "One attendant!"]


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ({"hot": ["warm", "cold"]}, "Expected synonyms, but 'hot' → 'cold' are antonyms."),
        ({"seldom": ["often"]}, "'seldom' → 'often' are antonyms"),
        ({"bad": ["not good"]}, "'bad' → 'not good' differ by the negation 'not'"),
        ({"few": ["hardly any"]}, "differ by the negation 'hardly'"),
        ({"lovely": ["awful"]}, "'lovely' → 'awful' are of opposite sentiment"),
        ({}, "Expected `lexicon` to be a mapping from words to lists of their synonyms"),
        ({"film": "movie"}, "Expected `lexicon` to be a mapping"),
        ({"film": [1]}, "Expected `lexicon` to be a mapping"),
        (["film"], "Expected `lexicon` to be a mapping"),
    ],
)
def test_own_lexicon_is_guarded(lexicon: object, message: str) -> None:
    with pytest.raises(SettingError, match=message.replace("(", r"\(")):
        synonyms(lexicon=lexicon)  # type: ignore[arg-type]


def test_our_list_holds_what_it_promises() -> None:
    entries = {word: others.split(", ") for word, _, others in read_rows("synonyms")}
    assert len(entries) >= 200
    guard(entries)
    known = signs()
    for word, others in entries.items():
        for other in others:
            assert known.get(other, known.get(word)) == known.get(word), word


def test_manners() -> None:
    check_kind(synonyms, promise="same", language="en")
