"""The JSON Schema of a Record, generated from the dataclasses; `docs/record.schema.json` holds it.

`python -m pytest_accept.reports.schema FILE` writes it anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from pytest_accept.records import SCHEMA_VERSION, Record
from pytest_accept.reports.json import NOT_FINITE
from pytest_accept.whole_files import write_whole


def record_schema() -> dict[str, Any]:
    """Return what JSON written by `--accept-report json:FILE` looks like, as JSON Schema 2020-12.

    Fields that are not named may be there: later versions of this package add some.
    """
    generated = json.loads(msgspec.json.encode(msgspec.json.schema(Record)))
    for each in generated["$defs"].values():
        each["description"] = _unwrapped(each["description"])
        for name, field in each["properties"].items():
            if name in NOT_FINITE:
                _allow_null(field)
    generated["$defs"]["Record"]["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Record of a run of pytest-model-acceptance, schema version {SCHEMA_VERSION}",
        **generated,
    }


def _allow_null(field: dict[str, Any]) -> None:
    """Let a number be null, or those in a list: JSON has no word for those that are not finite."""
    number = field["items"] if field["type"] == "array" else field
    number["type"] = [number["type"], "null"]


def _unwrapped(docstring: str) -> str:
    return "\n\n".join(" ".join(each.split()) for each in docstring.split("\n\n"))


if __name__ == "__main__":
    write_whole(Path(sys.argv[1]), json.dumps(record_schema(), indent=2) + "\n")
