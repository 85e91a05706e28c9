"""Does this tagger find personal data well enough to mask it?

    pytest -m acceptance example_suites/ner
    pytest -m acceptance example_suites/ner --accept-model path/to/checkpoint

`sentences.conll` holds 62 made-up documents: e-mails, tickets, chats, forms, notes. Nearly half of
their sentences have nothing to mask, many have numbers that are nobody's. All people, numbers and
firms in it are invented. What is labelled how:

GIVEN_NAME, SURNAME   of persons, wherever they stand; not titles, nor names of firms and prizes
EMAIL, URL, PHONE     whole, extensions aside
BUILDING_NUMBER, STREET_NAME, SECONDARY_ADDRESS, CITY, STATE, ZIP_CODE
                      parts of addresses ("Flat 3" is secondary; a hotel room is none), and cities
                      and states on their own; not countries
BANK_ACCOUNT          account numbers and IBANs; ROUTING_NUMBER also the British sort code
TAX_ID, PASSPORT, DRIVERS_LICENSE, GOVERNMENT_ID
                      the last: other numbers by which a state knows a person

Sentences of a document share their people and habits, so documents are the clusters.
"""

from pathlib import Path

import pytest

from pytest_accept import (
    assert_entity_f1_above,
    assert_entity_precision_above,
    assert_entity_recall_above,
    assert_token_accuracy_above,
    assert_token_cross_entropy_below,
    entity_recall,
)

pytestmark = pytest.mark.acceptance

HERE = Path(__file__).parent
NAMES = ["GIVEN_NAME", "SURNAME"]
ADDRESSES = ["BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS", "CITY", "STATE", "ZIP_CODE"]


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(HERE / "runs" / "rampart", task="token-classification")


@pytest.fixture(scope="session")
def sentences(load_data):
    return load_data(HERE / "sentences.conll")


@pytest.mark.parametrize(("type", "bar"), [("GIVEN_NAME", 0.78), ("SURNAME", 0.62)])
def test_hardly_a_name_is_missed(model, sentences, type, bar):
    assert_entity_recall_above(model, sentences, bar, type=type, cluster="document")


def test_names(model, sentences):
    assert_entity_f1_above(model, sentences, 0.72, types=NAMES, cluster="document")


def test_addresses(model, sentences):
    """Half an address masked is half as good."""
    assert_entity_recall_above(
        model, sentences, 0.68, types=ADDRESSES, match="partial", cluster="document"
    )


def test_telephone_numbers(model, sentences):
    """Numbers of seven digits are beyond it: they look like American postcodes."""
    assert entity_recall(model, sentences, type="PHONE", cluster="document") >= 0.40


def test_what_is_personal_is_masked_whatever_it_is_called(model, sentences):
    """Bank accounts are taken for tax numbers, but a mask hides them all the same."""
    assert_entity_recall_above(model, sentences, 0.75, match="boundary", cluster="document")


def test_what_is_not_personal_is_left_alone(model, sentences):
    """Page numbers, prices and versions stay readable."""
    assert_entity_precision_above(model, sentences, 0.75, match="boundary", cluster="document")


def test_every_type(model, sentences):
    """E-mail and web addresses too, for which its makers rely on patterns beside it."""
    assert_entity_f1_above(model, sentences, 0.64, cluster="document")
    assert_entity_f1_above(model, sentences, 0.47, average="macro", cluster="document")


def test_words(model, sentences):
    assert_token_accuracy_above(model, sentences, 0.93, cluster="document")
    assert_token_cross_entropy_below(model, sentences, 0.50, cluster="document")
