"""`where`: which examples it keeps, what it calls them, and what it says when none is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pytest_accept.data import Data, load_data
from pytest_accept.errors import DataError, SettingError

SOURCES = ["tweets", "amazon", "yelp", "tweets"]


@pytest.fixture
def reviews() -> Data:
    rows = [
        {
            "text": f"text {i}",
            "label": i % 2,
            "source": source,
            "stars": i + 1,
            "share": i / 2,
            "tags": ["x", f"t{i}"],
            "name": "Bob" if i else None,
            "checked": i > 1,
            "zip": f"0{i}",
        }
        for i, source in enumerate(SOURCES)
    ]
    return load_data(rows, name="reviews")


@pytest.mark.parametrize(
    ("equals", "rows", "population"),
    [
        ({"source": "tweets"}, [0, 3], "reviews[source=tweets]"),
        ({"source": ["amazon", "yelp"]}, [1, 2], "reviews[source=amazon|yelp]"),
        ({"source": {"yelp", "amazon"}}, [1, 2], "reviews[source=amazon|yelp]"),
        ({"source": ("tweets",), "stars": 4}, [3], "reviews[source=tweets, stars=4]"),
        ({"stars": "4"}, [3], "reviews[stars=4]"),
        ({"stars": 4.0}, [3], "reviews[stars=4.0]"),
        ({"stars": np.int64(4)}, [3], "reviews[stars=4]"),
        ({"stars": np.array([1, 2])}, [0, 1], "reviews[stars=1|2]"),
        ({"stars": range(1, 3)}, [0, 1], "reviews[stars=1|2]"),
        ({"share": 1}, [2], "reviews[share=1]"),
        ({"share": "0.5"}, [1], "reviews[share=0.5]"),
        ({"tags": "t2"}, [2], "reviews[tags=t2]"),
        ({"tags": ["t2", "t3"]}, [2, 3], "reviews[tags=t2|t3]"),
        ({"checked": True}, [2, 3], "reviews[checked=True]"),
        ({"zip": "02"}, [2], "reviews[zip=02]"),
    ],
)
def test_equals(reviews: Data, equals: dict[str, Any], rows: list[int], population: str) -> None:
    for data in (reviews.where(**equals), reviews.where(equals)):
        assert data.rows.tolist() == rows
        assert data.population == population
        assert data.column("source") == [SOURCES[row] for row in rows]
        assert (data.total, data.name) == (4, "reviews")


def test_a_missing_value_is_found_and_is_not_the_word(reviews: Data) -> None:
    assert reviews.where({"name": None}).rows.tolist() == [0]
    with pytest.raises(DataError, match="No example"):
        reviews.where({"name": "None"})


def test_leading_zeros_are_part_of_a_name(reviews: Data) -> None:
    with pytest.raises(DataError, match=r"has 2 in column 'zip'"):
        reviews.where(zip=2)


def test_conditions(reviews: Data) -> None:
    def long(row: dict[str, Any]) -> bool:
        return bool(row["stars"] > 2)

    assert reviews.where(long).population == "reviews[long]"
    assert reviews.where(long).rows.tolist() == [2, 3]
    assert reviews.where(lambda row: row["stars"] > 2).population == "reviews[<condition>]"
    named = reviews.where(long, name="many stars", source="tweets")
    assert (named.population, named.rows.tolist()) == ("reviews[source=tweets, many stars]", [3])


def test_chaining_adds_up(reviews: Data) -> None:
    data = reviews.where(source="tweets").where(stars=4)
    assert data.population == "reviews[source=tweets, stars=4]"
    assert data.inputs == ["text 3"]
    assert data.origin(0) == "reviews row 4"
    assert reviews.population == "reviews"


def test_an_unknown_column(reviews: Data) -> None:
    with pytest.raises(DataError, match=r"no column 'sorce'\. Did you mean 'source'\?"):
        reviews.where(sorce="tweets")


def test_an_empty_slice_shows_values_counts_and_the_nearest(reviews: Data) -> None:
    with pytest.raises(DataError) as caught:
        reviews.where(source="twets")
    assert str(caught.value) == (
        "No example of 'reviews' has 'twets' in column 'source'. Did you mean 'tweets'? "
        "Its values there: 'tweets' (2), 'amazon' (1), 'yelp' (1)."
    )


def test_an_empty_slice_of_a_slice_shows_what_is_left(reviews: Data) -> None:
    expected = r"No example of 'reviews\[source=tweets\]' has 2 .* '1' \(1\), '4' \(1\)\."
    with pytest.raises(DataError, match=expected):
        reviews.where(source="tweets", stars=2)


def test_only_the_commonest_values_are_shown() -> None:
    data = load_data([{"text": "x", "label": 0, "id": i} for i in range(30)])
    with pytest.raises(DataError, match=r"'9' \(1\) and 20 more\."):
        data.where(id=99)


def test_no_value_at_all(reviews: Data) -> None:
    with pytest.raises(DataError, match="has one of no values in column 'source'"):
        reviews.where(source=[])


def test_a_condition_that_nothing_fulfils(reviews: Data) -> None:
    with pytest.raises(DataError, match=r"No example of 'reviews' fulfils the condition none \(4"):
        reviews.where(lambda row: False, name="none")


def test_a_condition_that_fails_names_the_row_and_the_keys(reviews: Data) -> None:
    with pytest.raises(DataError, match=r"failed on reviews row 1: KeyError\('lenght'\).*'text'"):
        reviews.where(lambda row: row["lenght"] > 1)


def test_arguments_that_make_no_condition(reviews: Data) -> None:
    with pytest.raises(SettingError, match=r"where\(\) needs a condition"):
        reviews.where()
    with pytest.raises(SettingError, match=r"pass a dict: where\(\{'name': 'Bob'\}\)"):
        reviews.where(name="Bob")
    with pytest.raises(SettingError, match="Expected `condition` to be a function of a row"):
        reviews.where("tweets")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="Column 'source' is asked for twice"):
        reviews.where({"source": "tweets"}, source="yelp")
