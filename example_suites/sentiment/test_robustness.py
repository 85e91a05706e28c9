"""Does the sentiment model stand what happens to texts on their way to it?

    pytest -m robustness example_suites/sentiment

A rate says how often a text that is edited at random is predicted otherwise; a search says whether
an edit exists that flips a text, and which is the smallest.
"""

from pathlib import Path

import pytest

from pytest_accept import (
    assert_accuracy_drop_below,
    assert_attack_success_below,
    assert_flip_rate_below,
    assert_no_flip_within,
    assert_probability_shift_below,
    assert_robust_accuracy_above,
    for_each_example,
)
from pytest_accept.perturbations import (
    accents,
    casing,
    contractions,
    emoji,
    handles,
    hashtags,
    punctuation,
    synonyms,
    typos,
    urls,
    whitespace,
    zero_width,
)

pytestmark = [pytest.mark.acceptance, pytest.mark.robustness]

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(HERE / "runs" / "final", task="text-classification")


@pytest.fixture(scope="session")
def movies(load_data):
    some = load_data(HERE / "data" / "reviews.tsv", limit=500, name="some reviews")
    return some.where(source="movies")


@pytest.fixture(scope="session")
def few(load_data):
    """A search asks some dozens of questions a text."""
    return load_data(HERE / "data" / "reviews.tsv", limit=80, name="few reviews").where(
        source="movies"
    )


def test_typos(model, movies):
    assert_flip_rate_below(model, movies, typos(max_edits=2), 0.15)
    assert_robust_accuracy_above(model, movies, typos(max_edits=2), 0.72)


def test_spelling_out_and_synonyms(model, movies):
    """Not every text has a contraction or a word with a synonym: a fifth is enough to judge."""
    assert_flip_rate_below(model, movies, contractions() | synonyms(), 0.15, min_changed=0.2)


def test_layout_costs_no_accuracy(model, movies):
    assert_accuracy_drop_below(model, movies, punctuation() | whitespace(), 0.05)


def test_additions_hardly_move_it(model, movies):
    additions = urls() | handles() | hashtags() | emoji()
    assert_probability_shift_below(model, movies, additions, 0.15)


def test_what_the_tokenizer_normalises_never_flips(model, few):
    assert_no_flip_within(model, few, casing() | accents() | zero_width(), max_examples=30)


def test_an_attacker_with_two_typos(model, few):
    assert_attack_success_below(model, few, typos(max_edits=2), 0.80, max_examples=30)


def test_typos_in_capitals_are_typos(model, few):
    """A property of our own, for whatever Hypothesis draws."""

    def reads_capitals_alike(model, example, edit):
        edited = edit(example.text)
        assert model.label(edited.upper()) == model.label(edited)

    for_each_example(model, few, typos(max_edits=3), reads_capitals_alike, max_examples=10)
