"""What must the sentiment model be able to do at the very least?

Behavioural tests in the manner of CheckList: cases from templates (MFT), edits that must not matter
(INV), and edits that must move the probability one way (DIR).
"""

from pathlib import Path

import pytest

from pytest_accept import (
    assert_directional,
    assert_invariant,
    assert_minimum_functionality,
    lexicon,
    template,
)
from pytest_accept.perturbations import locations, negation, person_names

pytestmark = pytest.mark.acceptance

HERE = Path(__file__).parent

PATTERNS = [
    "The {noun} was {adj}.",
    "It is {a:adj} {noun}.",
    "I saw {a:adj} {noun} yesterday.",
    "This {noun} is really {adj}.",
]
PRAISE = ["good", "great", "wonderful", "funny", "charming", "clever", "brilliant", "lovely"]
NOUNS = ["film", "story", "cast", "ending"]


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(HERE / "runs" / "final", task="text-classification")


@pytest.mark.parametrize("label", ["pos", "neg"])
def test_plain_words(model, label):
    words = lexicon({"pos": "positive_adjectives", "neg": "negative_adjectives"}[label])
    cases = template(PATTERNS, adj=words, noun=NOUNS, label=label)
    assert_minimum_functionality(
        model, cases, 0.80, only_these=True, capability="vocabulary", name=f"{label} adjectives"
    )


def test_names_and_places(model):
    cases = template(
        "{name} saw the {noun} in {city} and found it {adj}.",
        name=["Anna", "Ahmed", "Laura", "Jamal"],
        city=["Paris", "Chicago", "Lagos"],
        noun=NOUNS,
        adj=["wonderful", "awful", "dull", "charming"],
    )
    assert_invariant(model, cases, person_names() | locations(), 0.90, capability="names")


def test_negation(model):
    cases = template("The {noun} is {adj}.", noun=NOUNS, adj=PRAISE, label="pos")
    assert_directional(model, cases, negation(), bar=0.9, capability="negation")
