"""Swaps of a user's own: lists of terms in any language, and functions."""

from typing import Any

import pytest

from pytest_accept.errors import DataError, SettingError
from pytest_accept.swaps import religions, terms
from pytest_accept.swaps.swap import as_swap

GROUPS = terms(
    {
        "women": ["woman", "women"],
        "migrants": ["immigrant", "immigrants"],
        "trans people": ["trans person", "trans people"],
    }
)


def made(swap: Any, text: str) -> dict[str, object]:
    return {each.identity: each.text for each in as_swap(swap).counterfactuals(text)}


@pytest.mark.parametrize(
    ("text", "identity", "expected"),
    [
        ("A woman knows women's rights.", "migrants", "An immigrant knows immigrants' rights."),
        ("an immigrant's immigrants'", "women", "a woman's women's"),
        ("all 'immigrants'", "women", "all 'women'"),
        ("the immigrants' lives", "women", "the women's lives"),
        ("Trans people and TRANS PEOPLE", "women", "Women and WOMEN"),
        ("“Women” said a woman", "trans people", "“Trans people” said a trans person"),
    ],
)
def test_terms_keep_case_number_possessive_and_article(
    text: str, identity: str, expected: str
) -> None:
    assert made(GROUPS, text)[identity] == expected


@pytest.mark.parametrize("text", ["a womanly #women @women", "http://women.org"])
def test_terms_that_are_parts_of_others_stay(text: str) -> None:
    assert "women" not in made(GROUPS, text)
    assert "migrants" not in made(GROUPS, text)


def test_other_languages_and_scripts() -> None:
    german = terms({"w": ["Frau", "Frauen"], "m": ["Mann", "Männer"]}, language="any")
    assert made(german, "Frauen und eine FRAU, a Frau")["m"] == "Männer und eine MANN, a Mann"
    chinese = terms({"Muslim": "穆斯林", "women": "女人"}, language="any")
    assert made(chinese, "我恨穆斯林。") == {"women": "我恨女人。"}


def test_acronyms_and_forms_that_are_spelled_alike() -> None:
    countries = terms({"US": "US", "UK": "UK"})
    assert made(countries, "The US and us") == {"UK": "The UK and us"}
    rows = {"Muslim": ["Muslim", "Muslim"], "Jewish": ["Jew", "Jewish"], "Sikh": ["Sikh", "Sikh"]}
    assert made(terms(rows), "a Muslim man") == {"Sikh": "a Sikh man"}
    assert made(terms(rows), "a Jewish man")["Muslim"] == "a Muslim man"


@pytest.mark.parametrize(
    ("identities", "problem"),
    [
        ({"women": ["woman"]}, "Expected `identities` to be a mapping of two or more"),
        (["women", "men"], "Expected `identities` to be a mapping of two or more"),
        ({"women": [], "men": []}, "Expected `identities`"),
        ({"women": ["woman", "women"], "men": "man"}, "lists of forms of equal length"),
        ({"women": "woman", "ladies": "Woman"}, "'Woman' is listed for both 'women' and 'ladies'"),
    ],
)
def test_bad_lists(identities: Any, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        terms(identities)


def test_functions_return_texts_or_texts_by_identity() -> None:
    def others(text: str) -> list[str]:
        return [text, text.replace("Anna", "Aisha"), text.replace("Anna", "Mei")]

    found = as_swap(others).counterfactuals("Hi Anna!")
    assert [(each.text, each.edits[0].kind) for each in found] == [
        ("Hi Aisha!", "others"),
        ("Hi Mei!", "others"),
    ]
    assert made(lambda text: {"m": text.replace("She", "He")}, "She left.") == {"m": "He left."}


@pytest.mark.parametrize("returned", [3, "one text", [1], {"m": None}])
def test_functions_that_return_no_texts(returned: Any) -> None:
    with pytest.raises(DataError, match="Expected swap to return a list of texts, or a dict"):
        made(lambda text: returned, "a text")


def test_a_function_that_fails_says_on_which_text() -> None:
    with pytest.raises(DataError, match=r"The swap swap failed on 'a text': KeyError\('her'\)"):
        made(lambda text: {}["her"], "a text")


def test_what_is_no_swap() -> None:
    with pytest.raises(SettingError, match="call it, as in swap=religions"):
        as_swap(religions)
    with pytest.raises(SettingError, match="Expected `swap` to be a swap such as religions"):
        as_swap("religions")


def test_a_function_joins_a_swap() -> None:
    def shout(text: str) -> list[str]:
        return [text.upper()]

    both = GROUPS | shout
    assert repr(both) == "terms(women, migrants, trans people) | shout"
    assert made(both, "hi")[""] == "HI"
