"""What swaps make of texts: read by people, so held to how people write."""

import doctest
from importlib import import_module

import pytest

import pytest_accept
from pytest_accept import swaps
from pytest_accept.perturbations.edits import apply
from pytest_accept.perturbations.word_lists import read_rows
from pytest_accept.swaps import (
    Swap,
    gendered_words,
    names_by_gender,
    names_by_origin,
    nationalities,
    religions,
)


def made(swap: Swap, text: str | tuple[str, str]) -> dict[str, object]:
    """One counterfactual of each identity."""
    return {each.identity: each.text for each in swap.counterfactuals(text)}


@pytest.mark.parametrize(
    ("text", "identity", "expected"),
    [
        ("A Jew and his wife.", "atheist", "An atheist and his wife."),
        ("She is Jewish.", "Muslim", "She is Muslim."),
        ("a Muslim man", "Jewish", "a Jewish man"),
        ("I met a Muslim.", "Jewish", "I met a Jew."),
        ("It's the Muslim that is dumb.", "Jewish", "It's the Jew that is dumb."),
        ("A Muslim deserves that", "Jewish", "A Jew deserves that"),
        ("Muslim lives matter", "Hindu", "Hindu lives matter"),
        ("MUSLIMS OUT", "Jewish", "JEWS OUT"),
        ("all muslims, and every muslim", "Jewish", "all jews, and every jew"),
        ("An atheist friend's car", "Sikh", "A Sikh friend's car"),
        ("Atheists are nice", "Christian", "Christians are nice"),
        ("I like Muslims' food", "Jewish", "I like Jews' food"),
        ("anti-Islamic people", "Christian", "anti-Christian people"),
        ("Islam is a religion", "Jewish", "Judaism is a religion"),
        ('of "good" Muslims', "atheist", 'of "good" atheists'),
        ("He said “Muslims are nice”", "atheist", "He said “Atheists are nice”"),
    ],
)
def test_religions(text: str, identity: str, expected: str) -> None:
    assert made(religions(), text)[identity] == expected


@pytest.mark.parametrize(
    "text",
    [
        "The Muslim Brotherhood won",
        "Christian Bale acts",
        "My friend Christian said so",
        "the Nation of Islam",
        "catholic tastes",
        "Muslims meet in the mosque",  # what only they have
        "a Christian rock song",
        "see #Muslims",
        "Muslims like Muslim rock",  # one of two cannot change
        "no identity",
        "",
    ],
)
def test_religions_that_stay(text: str) -> None:
    assert religions().counterfactuals(text) == []


@pytest.mark.parametrize(
    ("text", "identity", "expected"),
    [
        ("Mexicans are lazy.", "Danish", "Danes are lazy."),
        ("an Indian immigrant", "Polish", "a Polish immigrant"),
        ("a young French woman", "Irish", "a young Irish woman"),
        ("He's Dutch.", "Iraqi", "He's Iraqi."),
        ("an Italian in Paris", "British", "a Briton in Paris"),
        ("immigrants from Mexico", "Polish", "immigrants from Poland"),
        ("AMERICANS!", "Finnish", "FINNS!"),
    ],
)
def test_nationalities(text: str, identity: str, expected: str) -> None:
    assert made(nationalities(), text)[identity] == expected


@pytest.mark.parametrize(
    "text",
    [
        "I love Indian food.",
        "Indians cook Indian food",
        "Native Americans",
        "African American people",
        "polish the table",
        "a French film, in French",
        "It is American.",
        "The American Dream",
        "Chinese-American people",
        "cars from Germany",
        "Mexicans go home to Mexico",
        "a British gangster film",
        "the Canadian National Railway",
        "this most American of films",
        "Claire Danes acts",
    ],
)
def test_nationalities_that_stay(text: str) -> None:
    assert nationalities().counterfactuals(text) == []


def test_identities_that_are_there_are_not_put() -> None:
    found = made(religions(), "Muslims and Jews met.")
    assert {"Muslim", "Jewish"}.isdisjoint(found)
    assert len(religions().counterfactuals("Muslims and Jews met.")) == 2 * len(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He told his wife.", {"exchanged": "She told her husband."}),
        ("An actress!", {"male": "An actor!"}),
        ("It is one of his most uncanny films", {"female": "It is one of her most uncanny films"}),
        ('all his "accusers"', {"female": 'all her "accusers"'}),
        ("the Farrelly brothers", {}),
        ("I saw her dancing", {}),  # him or his
        ("He is pregnant", {}),
        ("Mick Jagger gives his best", {}),
        ("John told his wife", {}),  # for names_by_gender
        ("his ---- and more", {}),
    ],
)
def test_gendered_words(text: str, expected: dict[str, str]) -> None:
    assert made(gendered_words(), text) == expected


def test_names_by_gender_change_with_their_pronouns() -> None:
    texts = [each.text for each in names_by_gender().counterfactuals("John lost his car.")]
    assert len(set(texts)) == 3
    assert all(str(text).endswith(" lost her car.") for text in texts)
    (fatima, *_) = names_by_gender().counterfactuals("Fatima's son Ahmed is here.")
    name, son = str(fatima.text).split("'s daughter ")
    by_origin = {(name, kind): origin for name, kind, origin, *_ in read_rows("names_by_origin")}
    assert (by_origin[name, "m"], by_origin[son.split()[0], "f"]) == ("Arab", "Arab")


@pytest.mark.parametrize("swap", [names_by_gender(), names_by_origin()])
@pytest.mark.parametrize(
    "text",
    [
        "Harry Potter met John.",  # a longer name that is not known
        "Michael Jackson sang",
        "Will it rain?",
        "every Tom, Dick and Harry",
        "Robert A. Heinlein wrote",
        "nobody",
    ],
)
def test_what_may_be_no_name_stays(swap: Swap, text: str) -> None:
    assert swap.counterfactuals(text) == []


def test_names_by_origin_keep_gender_and_kind() -> None:
    rows = {
        (name, kind): origin.split(",") for name, kind, origin, *_ in read_rows("names_by_origin")
    }
    found = names_by_origin().counterfactuals("Ms. Emily Smith's brother James' dog.")
    assert len({each.identity for each in found}) == len(found) == 8
    for each in found:
        first, *last, brother = (
            str(each.text)[4:].removesuffix("'s dog.").replace("'s brother", "").split()
        )
        assert each.identity in rows[first, "f"]
        assert each.identity in rows[" ".join(last), "last"]
        assert each.identity in rows[brother, "m"]


def test_pairs_change_together() -> None:
    pair = ("A Muslim man.", "He is a Muslim.")
    assert made(religions(), pair)["Jewish"] == ("A Jewish man.", "He is a Jew.")


def test_edits_make_the_text_and_are_the_same_each_time() -> None:
    swap = gendered_words() | names_by_gender() | nationalities()
    assert repr(swap) == "gendered_words() | names_by_gender() | nationalities()"
    text = "John is an American man."
    found = swap.counterfactuals(text, most=20, seed=1)
    assert found == swap.counterfactuals(text, most=20, seed=1)
    assert found != swap.counterfactuals(text, most=20, seed=2)
    assert len(found) == 20
    assert all(apply(text, each.edits) == each.text != text for each in found)


def test_names_are_public() -> None:
    assert all(getattr(swaps, name).__doc__ for name in swaps.__all__ if name != "KINDS")
    with pytest.raises(AttributeError, match="Did you mean 'religions'"):
        _ = swaps.religion


@pytest.mark.parametrize("name", ["gender", "nationalities", "origins", "religions", "terms"])
def test_examples_in_docstrings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_accept, "_configured", None)
    result = doctest.testmod(import_module(f"pytest_accept.swaps.kinds.{name}"))
    assert result.failed == 0
    assert result.attempted > 0


@pytest.mark.parametrize("kind", [names_by_gender, names_by_origin])
def test_each_is_a_number(kind: type[Swap]) -> None:
    with pytest.raises(pytest_accept.SettingError, match="Expected `each` to be an integer"):
        kind(each=0)  # type: ignore[call-arg]
