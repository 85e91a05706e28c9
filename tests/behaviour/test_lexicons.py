"""The lexicons: usable in a slot, from a list with a source, and not to be changed by a user."""

from importlib.resources import files

import pytest

from pytest_accept import SettingError, lexicon, template
from pytest_accept.behaviour import lexicons
from pytest_accept.perturbations.word_lists import read_rows


@pytest.mark.parametrize("name", lexicons.NAMES)
def test_each_fills_a_slot(name: str) -> None:
    words = lexicon(name)
    assert len(words) >= 5
    assert all(word == word.strip() and word for word in words)
    assert template("{word}", word=words).inputs == words  # raises if a word is there twice
    assert name in (lexicon.__doc__ or "")


def test_own_lists_say_where_they_are_from() -> None:
    texts = {p.name: p.read_text() for p in files(lexicons).iterdir() if p.name.endswith(".txt")}
    assert {f"{name}.txt" for name in lexicons._OWN} == set(texts)
    assert all(
        text.startswith("# ") and "Source: " in text.splitlines()[0] for text in texts.values()
    )


def test_polarities_agree_with_those_of_the_perturbations() -> None:
    known = {row[0]: row[2] for row in read_rows("gradable")}
    for polarity in ("positive", "negative"):
        for word in lexicon(f"{polarity}_adjectives"):
            assert known.get(word, polarity) == polarity
    assert not set(known) & set(lexicon("neutral_adjectives"))
    opinions = {name: set(lexicon(f"{name}_adjectives")) for name in ("positive", "negative")}
    assert not opinions["positive"] & opinions["negative"]


def test_parts_of_word_lists() -> None:
    assert {"Paris", "Tokyo"} <= set(lexicon("cities"))
    assert "Paris" not in lexicon("countries")
    assert {"love", "enjoy"} <= set(lexicon("positive_verbs"))
    assert "hated" in lexicon("negative_verbs_past")
    assert "bore" not in lexicon("negative_verbs")
    assert set(lexicon("female_first_names")) < set(lexicon("first_names"))


def test_a_list_is_a_copy() -> None:
    lexicon("objects").clear()
    assert lexicon("objects")


def test_an_unknown_name_gets_a_hand() -> None:
    with pytest.raises(SettingError, match="There is no lexicon 'object'. Did you mean 'objects'?"):
        lexicon("object")
