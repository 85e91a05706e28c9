"""Person names: within the same gender, everywhere in the text, and only where it is clear."""

import pytest

from pytest_accept.errors import SettingError
from pytest_accept.perturbations.kinds.person_names import person_names
from tests.perturbations.kinds.checks import check_kind, results

OWN = {"Mia": "f", "Zoe": "f", "Finn": "m", "Otto": "m", "Lind": "last", "Berg": "last"}


def test_names_change_within_their_type() -> None:
    own = person_names(names=OWN)
    assert results(own, "Mia Lind saw it.") == ["Zoe Lind saw it.", "Mia Berg saw it."]
    assert results(own, "Finn's film, MIA") == ["Otto's film, MIA"]


def test_all_mentions_change_together() -> None:
    own = person_names(names=OWN)
    assert results(own, "Mia came. I like Mia.") == ["Zoe came. I like Zoe."]
    assert results(own, "Mia Kowal came. I like Mia.") == []


def test_no_name_comes_twice_and_articles_fit() -> None:
    assert results(person_names(names=OWN), "Finn and Otto") == []
    assert results(person_names(names=OWN), "Such a Finn!") == []


def test_our_list_keeps_gender() -> None:
    for edited in results(person_names(), "John forgot his hat."):
        assert edited.split()[0] not in ("Mary", "Emma", "Alex", "John")
    assert "Ahmed forgot his hat." in results(person_names(), "John forgot his hat.")


@pytest.mark.parametrize(
    "text",
    [
        "Grace is what we need, and Will agrees.",
        "Papa John's pizza",
        "Harry Potter and Ben & Jerry's",
        "John 3:16",
        "St. John and Paul of Tarsus",
        "@John http://John.org #John",
        "Like Mike",
        "a Mrs. Robinson complex",
        "the Ryan series",
        "we saw Jackie Brown",
    ],
)
def test_what_may_be_no_person_stays(text: str) -> None:
    assert results(person_names(), text) == []


def test_words_are_names_next_to_names_and_titles() -> None:
    assert "Mr. Smith left." in results(person_names(), "Mr. Brown left.")
    assert "John Smith left." in results(person_names(), "Will Smith left.")
    assert "Mary F. Jones left." in results(person_names(), "Anna F. Jones left.")


@pytest.mark.parametrize("names", [{}, ["Mia"], {"Mia": "female"}, {"": "f"}, {"Mia": 1}])
def test_own_names_are_checked(names: object) -> None:
    with pytest.raises(SettingError, match="Expected `names` to be a mapping from names"):
        person_names(names=names)  # type: ignore[arg-type]


def test_manners() -> None:
    check_kind(person_names, promise="same", language="en")
