"""Organisations: a company for a company of its trade, a newspaper for a newspaper."""

import pytest

from pytest_accept.perturbations.kinds.organizations import organizations
from pytest_accept.perturbations.word_lists import read_rows
from tests.perturbations.kinds.checks import check_kind, results


def test_organisations_change_within_their_type() -> None:
    own = organizations(names={"Acme": "maker", "Initech": "maker", "The Bugle": "newspaper"})
    assert results(own, "Acme sells it. The Bugle says so.") == [
        "Initech sells it. The Bugle says so."
    ]


def test_our_list() -> None:
    types = dict(read_rows("organizations"))
    for edited in results(organizations(), "My Toyota broke down."):
        assert types[edited.split()[1]] == "carmaker"
    assert "the Washington Post" in results(organizations(), "the New York Times")
    assert "the University of Chicago" in results(organizations(), "the University of Vienna")


def test_apostrophes() -> None:
    changed = results(organizations(), "KFC's fries")
    assert "Burger King's fries" in changed
    assert not any("'s's" in each for each in changed)
    assert "KFC fries" in results(organizations(), "McDonald’s fries")


@pytest.mark.parametrize(
    "text",
    [
        "a Toyota Corolla",
        "an apple, a target and a gap",
        "Apple",
        "@Sony",
        "an Audi",
        "a Hilton",
        "‘Sony’ or 'Sony'",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert results(organizations(), text) == []


def test_manners() -> None:
    check_kind(organizations, promise="same", language="en")
