"""The published JSON Schema is current, and holds for what is written: no more and no less."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_accept.reports.json import write
from pytest_accept.reports.schema import record_schema
from pytest_accept.settings import OF_THE_MACHINE, Settings
from tests.reports.made_records import make_record

PUBLISHED = Path(__file__).parents[2] / "docs" / "record.schema.json"

VALIDATOR = Draft202012Validator(record_schema())


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    """Return a Record with figures, a training and numbers that are not finite, as written."""
    write(make_record(), tmp_path / "record.json")
    content: dict[str, Any] = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    return content


def test_the_published_schema_is_current() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == record_schema(), (
        "run: python -m pytest_accept.reports.schema docs/record.schema.json"
    )


def test_it_is_a_schema_with_a_description_of_every_kind_of_object() -> None:
    Draft202012Validator.check_schema(record_schema())
    kinds = record_schema()["$defs"]
    assert {"Record", "Verdict", "Figures", "Training", "Part"} <= set(kinds)
    assert all(len(each["description"]) > 20 for each in kinds.values())


def test_the_description_names_every_field() -> None:
    described = PUBLISHED.with_name("record.md").read_text(encoding="utf-8")
    named = [name for kind in record_schema()["$defs"].values() for name in kind["properties"]]
    named += [each.name for each in fields(Settings) if each.name not in OF_THE_MACHINE]
    assert [name for name in dict.fromkeys(named) if f"`{name}`" not in described] == []


def test_a_record_is_valid(written: dict[str, Any]) -> None:
    assert written["criteria"][5]["verdict"]["estimate"]["high"] is None
    assert written["trainings"][0]["validation_losses"] == [0.7, None]
    assert written["criteria"][2]["verdict"]["figures"]["curve"]["thresholds"]
    VALIDATOR.validate(written)


def test_fields_of_later_versions_are_allowed(written: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(written | {"mood": "good"})


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("schema_version",), 2),
        (("criteria", 0, "verdict", "status"), "fine"),
        (("criteria", 0, "verdict", "bar"), None),
        (("criteria", 0, "verdict", "estimate", "n"), 1.5),
        (("criteria", 0, "verdict", "estimate", "value"), "0.8"),
        (
            ("criteria", 0, "verdict", "figures"),
            {"confusion": {"labels": ["a"], "counts": [["b"]]}},
        ),
        (("criteria", 0, "model"), None),
        (("models", 0, "labels"), "neg, pos"),
        (("trainings", 0, "steps", 0, "learning_rate"), None),
    ],
)
def test_what_is_no_record_is_refused(
    written: dict[str, Any], place: tuple[str | int, ...], wrong: object
) -> None:
    where: Any = written
    for step in place[:-1]:
        where = where[step]
    where[place[-1]] = wrong
    (problem,) = VALIDATOR.iter_errors(written)
    assert tuple(problem.absolute_path) == place


@pytest.mark.parametrize("field", ["started", "settings"])
def test_a_field_that_is_always_there_is_required(written: dict[str, Any], field: str) -> None:
    del written[field]
    assert not VALIDATOR.is_valid(written)
