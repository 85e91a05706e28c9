"""Does this small language model know English, and a little of the world?

    pytest -m acceptance example_suites/language_model
    pytest -m acceptance example_suites/language_model --accept-model path/to/checkpoint

All texts were written for this suite:

documents.jsonl   42 of six kinds: news, how-to, fiction, dialogue, essays, technical prose
choices.jsonl     124 beginnings with four ways to go on, one of them sensible; eleven topics
pairs.jsonl       156 pairs of a good and a bad sentence; thirteen phenomena of grammar
answers.jsonl     52 beginnings whose next words everybody knows

The tokenizer has a BOS token but does not write it: `bos="always"` scores the first token, too.
"""

import re
from pathlib import Path

import pytest

from pytest_accept import (
    assert_bits_per_byte_below,
    assert_exact_match_above,
    assert_multiple_choice_accuracy_above,
    assert_perplexity_below,
    assert_preference_rate_above,
)

pytestmark = pytest.mark.acceptance

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(HERE / "runs" / "smollm2", task="causal-lm")


@pytest.fixture(scope="session")
def documents(load_data):
    return load_data(HERE / "documents.jsonl", label=None)


@pytest.fixture(scope="session")
def choices(load_data):
    return load_data(HERE / "choices.jsonl")


@pytest.fixture(scope="session")
def pairs(load_data):
    return load_data(HERE / "pairs.jsonl", text=("good", "bad"), label=None)


@pytest.fixture(scope="session")
def answers(load_data):
    return load_data(HERE / "answers.jsonl", label="answer")


def test_documents(model, documents):
    assert_perplexity_below(model, documents, 32, bos="always")
    assert_bits_per_byte_below(model, documents, 1.20, bos="always")


@pytest.mark.parametrize("kind", ["news", "how-to", "fiction", "dialogue", "essay", "technical"])
def test_kinds_of_documents(model, documents, kind):
    assert_bits_per_byte_below(model, documents.where(kind=kind), 1.4, bos="always")


def test_common_sense(model, choices):
    assert_multiple_choice_accuracy_above(model, choices, 0.72)
    assert_multiple_choice_accuracy_above(model, choices, 0.67, normalise="characters")


def test_grammar(model, pairs):
    """Phenomena, not sentences, are what the pairs are a sample of."""
    assert_preference_rate_above(model, pairs, 0.88, bos="always", cluster="phenomenon")


def first_word(text):
    """It never knows when to stop: the word that comes first is its answer."""
    found = re.search(r"\w+", text)
    return found.group().lower() if found else ""


def test_what_everybody_knows(model, answers):
    assert_exact_match_above(model, answers, 0.53, normalise=first_word, max_new_tokens=5)
