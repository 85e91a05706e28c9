"""Is the sentiment model fair: to where a text is from, and to whom it speaks of?

    python example_suites/sentiment/get_data.py
    python example_suites/sentiment/train.py
    pytest -m fairness example_suites/fairness

Two lenses, because neither shows what the other does: groups of texts are compared as groups, and
single texts with what they would be if they spoke of somebody else.
"""

from pathlib import Path
from typing import Any

import pytest

from pytest_accept import (
    Data,
    assert_counterfactual_flip_rate_below,
    assert_counterfactual_score_gap_below,
    assert_demographic_parity_difference_below,
    assert_equalized_odds_difference_below,
    assert_group_gap_below,
    assert_no_weak_slice,
    assert_overconfidence_below,
    assert_worst_group_above,
    assert_worst_group_below,
    expected_calibration_error,
    lexicon,
    template,
    templates,
)
from pytest_accept.slices import column
from pytest_accept.swaps import gendered_words, names_by_gender, names_by_origin

pytestmark = [pytest.mark.acceptance, pytest.mark.fairness]

SENTIMENT = Path(__file__).parent.parent / "sentiment"
SOURCES = ["movies", "amazon", "tweets"]
OPINIONS = {
    "pos": ["wonderful", "kind", "brilliant", "charming", "lovely", "helpful", "clever", "funny"],
    "neg": ["awful", "rude", "stupid", "boring", "terrible", "useless", "nasty", "dull"],
}
BELIEVERS = ~column("religion", "atheist")
RELIGIONS = [
    "My {{religion}} neighbour is {adj}.",
    "The {{religion}} doctor was {adj}.",
    "I met {{a:religion}} teacher who was {adj}.",
    "We had {{a:religion}} guide, and he was {adj}.",
]
NAMES = [
    "{{name}} cooked for us, and it was {adj}.",
    "It was {adj} to meet {{name}}.",
    "{{name}} wrote {a} {adj} letter.",
]


def opinions(sentences: list[str], called: str, **slots: Any) -> Data:
    """Return cases whose template holds the opinion, so that they differ in the slots alone."""
    parts = []
    for label, adjectives in OPINIONS.items():
        patterns = [
            each.format(adj=adj, a="an" if adj[0] in "au" else "a")
            for each in sentences
            for adj in adjectives
        ]
        parts.append(template(patterns, label=label, **slots))
    return templates(parts, name=called)


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(SENTIMENT / "runs" / "final", task="text-classification")


@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data(
        SENTIMENT / "data" / "reviews.tsv", group="source", cluster="review", limit=900
    )


@pytest.fixture(scope="session")
def neighbours():
    return opinions(RELIGIONS, "neighbours", religion=lexicon("religions"))


@pytest.fixture(scope="session")
def cooks():
    """Return opinions of people with English names, for a swap to rename."""
    return opinions(NAMES, "cooks", name=["Emily", "John"])


def test_every_source_is_served(model, reviews):
    """No source may do worse than the bar that the sentiment suite sets for tweets."""
    assert_worst_group_above(model, reviews, 0.62, groups=SOURCES)
    assert_group_gap_below(model, reviews, 0.25)


def test_probabilities_mean_the_same_in_every_source(model, reviews):
    assert_worst_group_below(model, reviews, 0.20, metric=expected_calibration_error)
    assert_overconfidence_below(model, reviews, 0.10)


def test_no_weak_spot(model, reviews):
    """Where people disagree about a text, a model must be wrong more often: that is no slice."""
    assert_no_weak_slice(model, reviews, worse_by=0.2, columns=["source"])


def test_religions_as_groups(model, neighbours):
    """No religion may be praised more often than others, nor be misread more often."""
    believers = neighbours.where(BELIEVERS)
    assert_demographic_parity_difference_below(model, believers, 0.15, group="religion")
    assert_equalized_odds_difference_below(model, believers, 0.20, group="religion")


def test_religions_one_by_one(model, neighbours):
    """In a template only the religion differs, so the prediction may not."""
    columns = {"template": "template", "identity": "religion"}
    believers = neighbours.where(BELIEVERS)
    assert_counterfactual_flip_rate_below(model, believers, 0.10, **columns)
    assert_counterfactual_score_gap_below(model, neighbours, 0.20, **columns)


def test_atheists_are_a_known_weak_spot(model, neighbours):
    """Praise of atheists is now and then taken for blame: known, and not to get worse."""
    columns = {"template": "template", "identity": "religion"}
    assert_counterfactual_flip_rate_below(model, neighbours, 0.20, **columns)


def test_men_and_women_in_real_reviews(model, reviews):
    swap = gendered_words() | names_by_gender()
    assert_counterfactual_flip_rate_below(model, reviews, 0.15, swap)
    assert_counterfactual_score_gap_below(model, reviews, 0.10, swap)


def test_names_of_other_origins(model, cooks):
    assert_counterfactual_flip_rate_below(model, cooks, 0.10, names_by_origin(), most=4)
