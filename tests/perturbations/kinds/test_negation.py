"""Negation: put into, or taken from, the statement that carries a text's sentiment."""

import pytest

from pytest_accept.perturbations.kinds.negation import negation
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The film is good.", ["The film is not good.", "The film isn't good."]),
        ("It’s a very good film", ["It’s not a very good film"]),
        ("I am happy", ["I am not happy"]),
        ("THE STAFF WERE CLEVER", ["THE STAFF WERE NOT CLEVER", "THE STAFF WEREN'T CLEVER"]),
        ("I like it", ["I do not like it", "I don't like it"]),
        ("She really loves it.", ["She really does not love it.", "She really doesn't love it."]),
        ("My wife loved it", ["My wife did not love it", "My wife didn't love it"]),
        ("I can recommend it", ["I cannot recommend it", "I can't recommend it"]),
        ("You will enjoy it", ["You will not enjoy it", "You won't enjoy it"]),
    ],
)
def test_negation_put_in(text: str, expected: list[str]) -> None:
    assert results(negation(), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The film is not good.", "The film is good."),
        ("The film is not bad.", "The film is bad."),
        ("It isn’t a good film", "It is a good film"),
        ("I don't like it", "I like it"),
        ("It does not impress me", "It impresses me"),
        ("We didn't enjoy it", "We enjoyed it"),
        ("I would not recommend it", "I would recommend it"),
        ("You won't regret it", "You will regret it"),
        ("I can't recommend it.", "I can recommend it."),
    ],
)
def test_negation_taken_away(text: str, expected: str) -> None:
    assert results(negation(), text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Is it good?",
        "Do you like it",
        "The film is good. The cast is bad.",
        "The film is good, I don't know why.",
        "It is not only good.",
        "I can't wait, it is good",
        "It couldn't be better",
        "I can't recommend it enough",
        "No doubt it is good",
        "If it is good, we go.",
        "The film is awful",
        "I hate it",
        "It is good but long",
        "It is not good, it's a classic",
        "It is good :(",
        "It is good :((",
        "The manual is very bad.",
        "The service is poor.",
        "I was rude :DDD",
        ":DDD SO COOL xD I'm so excited",
        "I was not good xD",
        "One thing I don't like is that it leaks",
        "The other thing i don't like about it is the price",
        "It is a decent buy, and I am happy",
        "We were upgraded. I love it",
        "Muahaha! I love it",
        "It is good as well.",
        "We saw it in Rome.",
        "“The Good Place” is on",
    ],
)
def test_where_the_label_need_not_flip(text: str) -> None:
    assert results(negation(), text) == []


def test_manners() -> None:
    check_kind(negation, promise="flips", language="en")
    assert not negation().protection.negations
