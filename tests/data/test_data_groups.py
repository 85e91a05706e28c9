"""Groups of examples: by columns, intersections and functions, and what is refused."""

import re
from typing import Any

import pytest

import pytest_accept as pa
from pytest_accept.data.groups import groups_of

ROWS = [
    {"text": f"text {i}", "label": "pos", "gender": "mf"[i % 2], "age": 20 + i % 3, "words": ["a"]}
    for i in range(12)
]


def members(data: pa.Data, *arguments: Any, **options: Any) -> dict[str, pa.Data]:
    return {each.name: each.data for each in groups_of(data, *arguments, **options)}


@pytest.fixture(scope="module")
def people() -> pa.Data:
    return pa.load_data(ROWS, name="people", group="gender")


def test_every_example_is_in_one_group_under_its_own_name(people: pa.Data) -> None:
    found = members(people)
    assert list(found) == ["f", "m"]
    assert found["f"].population == "people[gender=f]"
    assert found["f"].inputs == people.where(gender="f").inputs
    assert list(members(people, "age")) == ["20", "21", "22"]


def test_several_columns_make_intersections_that_can_be_taken_again(people: pa.Data) -> None:
    found = groups_of(people.where(age=[20, 21]), ["gender", "age"])
    assert [each.name for each in found] == [
        "gender=f & age=20", "gender=f & age=21", "gender=m & age=20", "gender=m & age=21",
    ]  # fmt: skip
    assert found[0].where == "{'gender': 'f', 'age': 20}"
    again = people.where({"gender": "f", "age": 20})
    assert found[0].data.inputs == again.inputs
    assert found[0].data.population == "people[age=20|21, gender=f, age=20]"


def test_a_function_of_the_row_says_the_group(people: pa.Data) -> None:
    found = groups_of(people, lambda row: row["age"] > 20)
    assert [(each.name, len(each.data), each.where) for each in found] == [
        ("False", 4, ""),
        ("True", 8, ""),
    ]


def test_declared_groups_that_are_there_change_nothing(people: pa.Data) -> None:
    assert list(members(people, groups=["m"])) == ["f", "m"]
    assert len(members(people, ["gender", "age"], [("f", 20), ("m", "21")])) == 6
    with pytest.raises(pa.DataError, match=r"Group 'fm' is declared .* 'people' .*Did you mean"):
        members(people, groups=["m", "fm"])
    with pytest.raises(pa.DataError, match=r"Groups there: 'gender=f & age=20' \(2\), "):
        members(people, ["gender", "age"], [("f", 23)])


@pytest.mark.parametrize("gap", [None, " "])
def test_a_missing_value_is_refused_and_named(gap: object) -> None:
    rows = [{**row, "city": gap if i in (4, 7) else "xy"[i % 2]} for i, row in enumerate(ROWS)]
    data = pa.load_data(rows, name="people")
    message = re.escape("2 of 12 examples of 'people' have no group by column 'city' (first: ")
    with pytest.raises(pa.DataError, match=message + r"people row 5\)\. Fill them in"):
        members(data, "city")
    assert len(members(data.where(lambda row: row["text"] not in ("text 4", "text 7")), "city"))


@pytest.mark.parametrize(
    ("group", "groups", "error", "message"),
    [
        (3, None, pa.SettingError, "Expected `group` to be a column name, several, or None"),
        ("sex", None, pa.DataError, "There is no column 'sex'."),
        ("label", None, pa.DataError, "all 12 examples of 'people' are of one group, 'pos' (col"),
        ("text", None, pa.DataError, "has 12 different values in 12 examples, which makes no gr"),
        ("words", None, pa.DataError, "hold one group an example, but it holds values such as ["),
        (lambda row: row["x"], None, pa.DataError, "that says the group failed on people row 1: "),
        (lambda row: None, None, pa.DataError, "12 of 12 examples of 'people' have no group by f"),
        ("gender", "f", pa.SettingError, "Expected `groups` to be a list of the groups that must"),
        ("gender", [], pa.SettingError, "Expected `groups` to be a list of the groups that must"),
        (["age", "age"], None, pa.SettingError, "Expected `group` to be columns that differ"),
        (["gender", "age"], ["f"], pa.SettingError, "a list of tuples, a value of each of 'gend"),
    ],
)
def test_what_makes_no_groups_is_one_clear_error(
    people: pa.Data, group: object, groups: object, error: type, message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        members(people, group, groups)  # type: ignore[arg-type]


def test_no_group_named_anywhere_is_refused() -> None:
    with pytest.raises(pa.SettingError, match=r"no group of 'people' is named\. Pass group='col"):
        members(pa.load_data(ROWS, name="people"))
