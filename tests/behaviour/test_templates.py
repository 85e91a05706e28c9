"""Templates: which cases they make, what an even draw is, and bad input."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from pytest_accept import DataError, SettingError, template, templates

GOOD, NOUNS = ["good", "odd", "fine"], ["film", "book"]


def test_every_combination_in_order() -> None:
    cases = template("The {adj} {noun}.", adj=GOOD, noun=NOUNS, label="pos")
    assert cases.inputs == [f"The {adj} {noun}." for adj, noun in product(GOOD, NOUNS)]
    assert cases.columns == ("text", "label", "template", "adj", "noun")
    assert cases.column("adj") == [adj for adj, _ in product(GOOD, NOUNS)]
    assert set(cases.column("template")) == {"The {adj} {noun}."}
    assert [cases.label_text(i) for i in range(6)] == ["pos"] * 6
    assert cases.cluster == "template"
    assert cases.cases_in_all == 6


def test_a_name_used_twice_is_the_same_value_and_a_number_makes_it_another() -> None:
    same = template("{adj} and {adj}", adj=GOOD)
    assert same.inputs == ["good and good", "odd and odd", "fine and fine"]
    other = template("{adj1} and {adj2} and {adj1}", adj=GOOD)
    assert other.inputs == [f"{one} and {two} and {one}" for one, two in product(GOOD, GOOD)]
    assert other.columns == ("text", "template", "adj1", "adj2")
    assert not other.labelled


def test_a_numbered_list_of_its_own_wins() -> None:
    assert template("{adj1}, {adj2}", adj1=["a"], adj=["b", "c"]).inputs == ["a, b", "a, c"]


def test_articles_braces_empty_values_and_numbers() -> None:
    cases = template("{A:adj} {noun} of {a:noun}", adj=["odd", "new"], noun=["hour", "film"])
    assert cases.inputs[0] == "An odd hour of an hour"
    assert cases.inputs[3] == "A new film of a film"
    assert template("{{x}} {n} {n}", n=[1, 2.5]).inputs == ["{x} 1 1", "{x} 2.5 2.5"]
    optional = template("A {how} good film, {how}", how=["", "very"])
    assert optional.inputs == ["A good film, ", "A very good film, very"]
    assert template("{how} good.", how=["", "Very"]).inputs == ["good.", "Very good."]


def test_labels_of_the_filled_values() -> None:
    seen: list[dict[str, str]] = []

    def label(values: dict[str, str]) -> str:
        seen.append(values)
        return "neg" if values["adj"] == "odd" else "pos"

    cases = template("{adj} {noun}", adj=GOOD, noun=["film"], label=label)
    assert [cases.label_text(i) for i in range(3)] == ["pos", "neg", "pos"]
    assert seen[0] == {"adj": "good", "noun": "film"}


def test_several_patterns_share_their_lists() -> None:
    patterns = ["A {adj} film.", "{noun}: {adj}", "Nothing."]
    cases = template(patterns, adj=GOOD, noun=NOUNS, label="pos")
    assert len(cases) == 3 + 6 + 1
    assert cases.column("noun") == [None] * 3 + ["film"] * 3 + ["book"] * 3 + [None]
    codes = cases.clusters()
    assert codes is not None
    assert len(set(codes.tolist())) == 3


def test_a_draw_is_even_and_seeded_and_builds_nothing_else() -> None:
    words = [f"w{i}" for i in range(1000)]
    drawn = template("{x1} {x2} {x3} {x4} {x5} {x6} {x7}", x=words, limit=50, seed=3)
    assert len(set(drawn.inputs)) == 50
    assert drawn.cases_in_all == 1000**7
    assert f"a random 50 of {1000**7:,} cases (seed 3)" in drawn.notes
    again = template("{x1} {x2} {x3} {x4} {x5} {x6} {x7}", x=words, limit=50, seed=3)
    assert again.inputs == drawn.inputs
    other = template("{x1} {x2} {x3} {x4} {x5} {x6} {x7}", x=words, limit=50, seed=4)
    assert other.inputs != drawn.inputs


def test_each_case_is_drawn_equally_often() -> None:
    patterns, lists = ["{a} {b}", "so {a}"], {"a": ["x", "y", "z"], "b": ["p", "q"]}
    whole: list[Any] = list(template(patterns, **lists).inputs)
    counts = Counter(
        text
        for seed in range(900)
        for text in template(patterns, limit=3, seed=seed, **lists).inputs
    )
    assert set(counts) == set(whole)
    # 900 draws of 3 among 9: 300 each, with a standard deviation of 14.
    assert all(abs(count - 300) < 60 for count in counts.values())


def test_a_limit_of_all_or_more_is_no_draw() -> None:
    cases = template("{adj}", adj=GOOD, limit=3)
    assert (len(cases), cases.cases_in_all, cases.notes) == (3, 3, ())
    assert len(template("{adj}", adj=GOOD, limit=2)) == 2


def test_joined_templates() -> None:
    good = template("A {adj} film.", adj=["good"], label="pos")
    bad = template("A {adj} film.", adj=["bad"], label="neg")
    drawn = template("It is {how} dull.", how=GOOD, label="neg", limit=2)
    joined = templates([good, bad, drawn], name="opinions")
    assert joined.population == "opinions"
    assert joined.inputs[:2] == ["A good film.", "A bad film."]
    assert [joined.label_text(i) for i in range(4)] == ["pos", "neg", "neg", "neg"]
    codes = joined.clusters()
    assert codes is not None
    assert codes[0] == codes[1] != codes[2] == codes[3]  # one pattern is one cluster
    assert "of 'It is {how} dull.' a random 2 of 3 cases" in joined.notes
    assert joined.cases_in_all == joined.total == 4
    assert templates([good, bad.where(adj="bad")]).population == "A {adj} film. and 1 more"
    assert templates(["One.", "Two."]).inputs == ["One.", "Two."]


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("A {adj} {nuon}.", {"adj": GOOD, "noun": NOUNS}, "slot 'nuon'. Did you mean 'noun'?"),
        ("A {adj}.", {}, "There is no list for the slot 'adj'"),
        ("A {adj}.", {"adj": []}, "`adj` to be a list of values for the slot {adj}, at least one"),
        ("A {adj}.", {"adj": "good"}, "`adj` to be a list of values"),
        ("A {adj}.", {"adj": ["a", "b", "a"]}, "'a' is in the list `adj` twice"),
        ("A {adj}.", {"adj": [None]}, "texts or numbers, but got None"),
        (
            "A {adj}.",
            {"adj": GOOD, "noun": NOUNS},
            "No slot uses the list `noun`. The slots: {adj}",
        ),
        ("A {adj", {"adj": GOOD}, "Cannot read the pattern 'A {adj'"),
        ("A {}.", {"adj": GOOD}, "'' is no name for a slot"),
        ("A {adj!r}.", {"adj": GOOD}, "{adj!r} is no slot"),
        ("A {an:adj}.", {"adj": GOOD}, "only {a:adj} and {A:adj} have a colon"),
        ("A {text}.", {"text": GOOD}, "cannot be named 'text'"),
        ("", {}, "`pattern` to be a text with slots"),
        ([], {}, "`pattern` to be a text with slots, or a list"),
        (["A.", "A."], {}, "a list of patterns that differ"),
        ("A {adj}.", {"adj": GOOD, "limit": 0}, "`limit` to be a number of cases"),
        ("A {adj}.", {"adj": GOOD, "seed": 1.5}, "`seed` to be an integer"),
        ("{a1}{a2}{a3}", {"a": range(50)}, "These are 125,000 cases. Pass limit="),
        (
            "A {adj}.",
            {"adj": GOOD, "label": lambda _: None},
            "for {'adj': 'good'} it returned None",
        ),
    ],
)
def test_bad_templates(pattern: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError) as caught:
        template(pattern, **options)
    assert message in str(caught.value)


def test_bad_joins() -> None:
    with pytest.raises(DataError, match="'B.' has none. Pass label="):
        templates([template("A.", label="pos"), template("B.")])
    for wrong in ([], "A.", [3], template("A.")):
        with pytest.raises(SettingError, match="what template\\(...\\) returned"):
            templates(wrong)  # type: ignore[arg-type]
