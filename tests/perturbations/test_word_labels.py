"""Tags follow the words that are edited, and entities keep their edges."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_accept import DataError
from pytest_accept.perturbations.kinds.locations import locations
from pytest_accept.perturbations.kinds.neutral_phrases import neutral_phrases
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.kinds.whitespace import whitespace
from pytest_accept.perturbations.made_by_users import from_sites
from pytest_accept.perturbations.word_labels import perturb_words

WORDS = ["Anna", "Smith", "flew", "to", "New", "York", "City", "with", "Bob"]
TAGS = ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "I-LOC", "O", "B-PER"]


def edit(start: int, stop: int, replacement: str) -> Any:
    """A script that makes this one edit, if it may."""
    return from_sites(lambda text: [(start, stop, [replacement])], name="one").script((0, 0, 0))


def at(word: str) -> tuple[int, int]:
    start = " ".join(WORDS).index(word)
    return start, start + len(word)


def test_a_changed_word_keeps_its_tag() -> None:
    words, tags = perturb_words(edit(*at("flew"), "walked"), WORDS, TAGS)
    assert (words[2], tags) == ("walked", TAGS)


def test_a_name_of_other_length_is_one_entity() -> None:
    words, tags = perturb_words(edit(*at("New York City"), "Rome"), WORDS, TAGS)
    assert words == ["Anna", "Smith", "flew", "to", "Rome", "with", "Bob"]
    assert tags == ["B-PER", "I-PER", "O", "O", "B-LOC", "O", "B-PER"]
    words, tags = perturb_words(edit(*at("Bob"), "Bob Jones Jr."), WORDS, TAGS)
    assert words[-3:] == ["Bob", "Jones", "Jr."]
    assert tags[-3:] == ["B-PER", "I-PER", "I-PER"]


def test_a_word_split_in_two_stays_one_entity() -> None:
    start, _ = at("Smith")
    words, tags = perturb_words(edit(start + 2, start + 2, " "), WORDS, TAGS)
    assert (words[:3], tags[:3]) == (["Anna", "Sm", "ith"], ["B-PER", "I-PER", "I-PER"])


def test_joined_words_are_of_the_entity_of_the_first() -> None:
    start, _ = at("Smith")
    words, tags = perturb_words(edit(start - 1, start, ""), WORDS, TAGS)
    assert (words[0], tags[:2]) == ("AnnaSmith", ["B-PER", "O"])


def test_what_is_put_between_is_outside_or_inside() -> None:
    words, tags = perturb_words(edit(0, 0, "So "), WORDS, TAGS)
    assert (words[0], tags[:2]) == ("So", ["O", "B-PER"])
    _, begin = at("New")
    words, tags = perturb_words(edit(begin, begin + 1, " great "), WORDS, TAGS)
    assert words[4:8] == ["New", "great", "York", "City"]
    assert tags[4:8] == ["B-LOC", "I-LOC", "I-LOC", "I-LOC"]
    after = at("with")[1]
    words, tags = perturb_words(edit(after, after, " old"), WORDS, TAGS)
    assert tags[-3:] == ["O", "O", "B-PER"]


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (at("Smith")[0] + 2, at("flew")[1]),
        (at("to")[1], at("to")[1] + 1),
        (0, len(" ".join(WORDS))),
    ],
    ids=["over an edge", "the space at an edge", "everything"],
)
def test_an_edge_is_crossed_only_if_asked(start: int, stop: int) -> None:
    script = edit(start, stop, "x")
    assert perturb_words(script, WORDS, TAGS) == (WORDS, TAGS)
    words, tags = perturb_words(script, WORDS, TAGS, cross_entities=True)
    assert words != WORDS
    assert len(words) == len(tags)


def test_a_first_word_that_goes_leaves_the_entity_with_a_beginning() -> None:
    start, stop = at("New ")
    _, tags = perturb_words(edit(start, stop, ""), WORDS, TAGS)
    assert tags == ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O", "B-PER"]


def test_neighbouring_entities_stay_two() -> None:
    words, tags = ["Rome", "Paris", "x"], ["B-LOC", "B-LOC", "O"]
    assert perturb_words(edit(0, 4, "Oslo"), words, tags) == (["Oslo", "Paris", "x"], tags)


@settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    script=typos(max_edits=3) | whitespace() | neutral_phrases() | locations(),
    seed=st.integers(0, 1000),
)
def test_tags_stay_valid_and_entities_are_kept(script: Any, seed: int) -> None:
    random = Random(seed)
    first = random.randrange(len(WORDS))
    words, tags = list(WORDS), list(TAGS)
    if tags[first] == "O":
        words.insert(first, "well")
        tags.insert(first, "O")
    made, named = perturb_words(script, words, tags)
    assert len(made) == len(named)
    assert [tag for tag in named if tag.startswith("B-")] == ["B-PER", "B-LOC", "B-PER"]
    # Valid again, as reading it again shows.
    assert perturb_words(edit(0, 0, ""), made, named) == (made, named)


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        (["a"], ["O", "O"], "Expected as many tags as words, but got 1 words and 2 tags."),
        (["a b"], ["O"], "Expected words without spaces, but got 'a b'."),
        (["a"], ["I-PER"], "Expected IOB2 tags"),
        (["a", "b"], ["B-PER", "I-LOC"], "number 2 of ['B-PER', 'I-LOC'] is 'I-LOC'"),
        (["a"], ["PER"], "Expected IOB2 tags"),
    ],
)
def test_bad_input(words: list[str], tags: list[str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        perturb_words(edit(0, 0, "x"), words, tags)
    assert message in str(caught.value)
