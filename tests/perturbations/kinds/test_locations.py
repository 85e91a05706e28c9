"""Locations: cities for cities, countries for countries, nothing inside of longer names."""

import pytest

from pytest_accept.errors import SettingError
from pytest_accept.perturbations.kinds.locations import locations
from pytest_accept.perturbations.word_lists import read_rows
from tests.perturbations.kinds.checks import check_kind, results

OWN = {"Bree": "town", "Old Forest": "wood", "Dale": "town", "Mirkwood": "wood"}


def test_places_change_within_their_type() -> None:
    own = locations(names=OWN)
    assert results(own, "From Bree to the Old Forest: Bree!") == [
        "From Dale to the Old Forest: Dale!",
        "From Bree to the Mirkwood: Bree!",
    ]


def test_cities_and_countries_of_ours() -> None:
    types = dict(read_rows("locations"))
    for edited in results(locations(), "We met in New York."):
        assert types[edited.removeprefix("We met in ").removesuffix(".")] == "city"
    assert "We met in Germany." in results(locations(), "We met in France.")


def test_countries_with_the_change_among_themselves() -> None:
    changed = results(locations(), "in the Netherlands")
    assert "in the Philippines" in changed
    assert "in the France" not in changed


@pytest.mark.parametrize(
    "text",
    [
        "Paris Hilton",
        "the Bank of England",
        "the New York Times",
        "Boston Legal",
        "Paris, France",
        "Austin and Boston, MA",
        "French and Parisian",
        "New England, North London",
        "#Paris @London http://Rome.it",
        "Brussels sprouts",
        "New York's finest",
        "we saw “Paris”",
    ],
)
def test_other_names_stay(text: str) -> None:
    assert results(locations(), text) == []


def test_no_other_name_of_a_place_in_the_text() -> None:
    changed = results(locations(), "#Spotify US, but in the UK")
    assert "#Spotify US, but in the Netherlands" in changed
    assert not any("USA" in each or "United" in each for each in changed)


def test_lists_and_compounds_change() -> None:
    assert "Rome, Chicago" in results(locations(), "Rome, Paris")
    assert "a Paris-based firm" in results(locations(), "a Rome-based firm")


@pytest.mark.parametrize("names", [{}, "Bree", {"Bree": None}])
def test_own_names_are_checked(names: object) -> None:
    with pytest.raises(SettingError, match="Expected `names` to be a mapping from names"):
        locations(names=names)  # type: ignore[arg-type]


def test_manners() -> None:
    check_kind(locations, promise="same", language="en")
