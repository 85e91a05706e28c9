"""The share of attributions on given words, and models that key on what they should not."""

import re

import pytest

import pytest_accept as pa
from pytest_accept.assertions.word_finders import finder_of
from pytest_accept.attributions import input_x_gradient, random_attributions
from tests.linear_models import linear_model

FILLER = {f"w{i}": 0.05 for i in range(12)}
EXACT = {"method": input_x_gradient()}


def linear(**weights: float) -> pa.Model:
    module, tokenizer = linear_model({"good": 2.0, "bad": -2.0, **FILLER, **weights})
    return pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="linear")


def texts(*each: str) -> pa.Data:
    return pa.load_data([{"text": text} for text in each], label=None, name="texts")


def made(n: int = 60) -> pa.Data:
    """Return texts with a name, a word of sentiment, and others."""
    words = list(FILLER)
    return texts(
        *(
            f"Emma {words[i % 12]} {'good' if i % 2 else 'bad'} {words[i % 5]} {words[i % 7]} {i}"
            for i in range(n)
        )
    )


def test_share_in_closed_form() -> None:
    model = linear(emma=1.0)
    data = texts("Emma good w1", "bad Emma, emma", "good w1 w2")
    found = pa.attribution_share(model, data, tokens=["Emma"], **EXACT)
    assert found.value == pytest.approx((1 / 3.05 + 2 / 4) / 2, abs=1e-6)
    assert found.n == 2
    assert found.name == "attribution_share(tokens=Emma, input x gradient)"
    assert "1 of 3 texts have no such word and are left out" in found.notes
    alike = (1 / 3 + 2 / 4) / 2
    assert f"if every token counted alike, the share would be {alike:.3f}" in found.notes


def test_a_model_that_keys_on_a_name_is_caught() -> None:
    data = made()
    assert pa.assert_ignores(linear(), data, tokens="names", **EXACT)
    assert pa.assert_relies_on(linear(), data, 0.7, tokens=["good", "bad"], **EXACT)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_ignores(linear(emma=4.0), data, tokens="names", **EXACT)
    assert "rejected" in str(failure.value)
    assert "most on them (" in str(failure.value)
    assert "[Emma +" in str(failure.value)
    with pytest.raises(pa.AcceptanceFailure, match="rejected"):
        pa.assert_relies_on(linear(emma=4.0), data, 0.7, tokens=["good", "bad"], **EXACT)


def test_nothing_lies_on_words_that_a_blind_model_ignores_or_should_read() -> None:
    blind = linear(good=0.0, bad=0.0, **dict.fromkeys(FILLER, 0.0))
    assert pa.assert_ignores(blind, made(), tokens="names", **EXACT)
    with pytest.raises(pa.AcceptanceFailure, match=r"rejected, measured 0\.000"):
        pa.assert_relies_on(blind, made(), 0.5, tokens=["good", "bad"], **EXACT)
    with pytest.raises(pa.AcceptanceFailure):
        pa.assert_relies_on(
            linear(), made(), 0.5, tokens=["good", "bad"], method=random_attributions()
        )


TEXT = "Mary O'Neil didn't pay 1,200.50 in New  York - :) not in newyork, Mary!"


def numerals(text: str) -> list[tuple[int, int]]:
    """Find what is given in digits."""
    return [match.span() for match in re.finditer(r"\d", text)]


@pytest.mark.parametrize(
    ("tokens", "called", "found"),
    [
        (["mary"], "mary", ["Mary", "Mary"]),
        (["new york", "York", ":)"], "new york|York|:)", ["New  York", ":)"]),
        (["didn't"], "didn't", ["didn't"]),
        ("names", "names", ["Mary", "Mary"]),
        ("numbers", "numbers", ["1,200.50"]),
        ("punctuation", "punctuation", [",", ".", "-", ":)", ",", "!"]),
        (re.compile(r"M\w+"), r"/M\w+/", ["Mary", "Mary"]),
        (numerals, "numerals", list("120050")),
        ([*"abcde"], "a|b|c|… (5 words)", []),
    ],
)
def test_words_may_be_given_in_many_ways(tokens, called: str, found: list[str]) -> None:
    name, find = finder_of(tokens)
    assert name == called
    assert [TEXT[start:stop] for start, stop in find(TEXT)] == found


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("name", "There is no kind of tokens 'name'. Did you mean 'names'?"),
        ("terrible", "A word of your own goes into a list: tokens=['terrible']."),
        ([], "Expected `tokens` to be a list of one or more words, but got [] (list)."),
        ([" "], "Expected `tokens` to be a list of one or more words"),
        (3, "Expected `tokens` to be a list of words, 'names', 'punctuation', 'numbers', a"),
        (lambda text: [(5, 900)], "to return (start, stop) pairs with 0 <= start < stop <= 12"),
        (lambda text: "ab", "to return (start, stop) pairs"),
    ],
)
def test_words_that_are_none_are_refused(tokens, message: str) -> None:
    with pytest.raises(pa.SettingError) as error:
        pa.attribution_share(linear(), texts("Emma good w1"), tokens=tokens)
    assert message in str(error.value)


def test_words_that_no_text_has_are_an_error() -> None:
    with pytest.raises(pa.DataError, match=r"None of the 1 texts of 'texts' has any of the words"):
        pa.assert_ignores(linear(), texts("good w1"), tokens="names")
    with pytest.raises(pa.SettingError, match="between 0 and 1, the range of attribution_share"):
        pa.assert_ignores(linear(), texts("good w1"), 10, tokens="names")
