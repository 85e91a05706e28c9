"""Are the sentiment model's decisions made for reasons, and can they be explained?

    python example_suites/sentiment/get_data.py
    python example_suites/sentiment/train.py
    pytest -m explainability example_suites/explainability

First whether explanations can be trusted at all, then what they say. `rationales.jsonl` holds
sentences of our own, with the words that a person would point at.
"""

from pathlib import Path

import pytest

from pytest_accept import (
    assert_attribution_stability_above,
    assert_comprehensiveness_over_random_above,
    assert_ignores,
    assert_plausibility_above,
    assert_randomization_sensitivity_above,
    assert_relies_on,
    assert_sufficiency_over_random_above,
    lexicon,
)
from pytest_accept.attributions import integrated_gradients
from pytest_accept.perturbations import punctuation, whitespace

pytestmark = [pytest.mark.acceptance, pytest.mark.explainability]

HERE = Path(__file__).parent
SENTIMENT = HERE.parent / "sentiment"
OPINIONS = lexicon("positive_adjectives") + lexicon("negative_adjectives")
METHOD = integrated_gradients(steps=5)  # fewer steps than usual: a suite should be quick


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(SENTIMENT / "runs" / "final", task="text-classification")


@pytest.fixture(scope="session")
def movies(load_data):
    some = load_data(SENTIMENT / "data" / "reviews.tsv", limit=600, name="some reviews")
    return some.where(source="movies")


@pytest.fixture(scope="session")
def explained(load_data):
    return load_data(HERE / "rationales.jsonl")


def test_what_is_named_is_what_counts(model, movies):
    """Taking away, or keeping, the words that an explanation names beats random words."""
    assert_comprehensiveness_over_random_above(model, movies, 0.10, method=METHOD, limit=30)
    assert_sufficiency_over_random_above(model, movies, 0.10, method=METHOD, limit=30)


def test_explanations_stay_when_layout_changes(model, explained):
    layout = punctuation() | whitespace()
    assert_attribution_stability_above(model, explained, layout, 0.7, method=METHOD)


def test_explanations_come_from_what_was_learned(model, explained):
    assert_randomization_sensitivity_above(model, explained, 0.3, method=METHOD, limit=8)


def test_people_would_point_at_the_same_words(model, explained):
    assert_plausibility_above(model, explained, 0.6, method=METHOD)


def test_opinions_decide(model, explained):
    """If every word counted alike, a tenth of an explanation would lie on them."""
    assert_relies_on(model, explained, 0.2, tokens=OPINIONS, method=METHOD)


def test_names_do_not_decide(model, movies):
    assert_ignores(model, movies, 0.20, tokens="names", method=METHOD)


def test_punctuation_does_not_decide(model, explained):
    assert_ignores(model, explained, 0.15, tokens="punctuation", method=METHOD)
