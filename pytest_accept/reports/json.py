"""The Record as JSON: what a machine keeps. `docs/record.md` describes the fields."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from pytest_accept.errors import DataError
from pytest_accept.records import SCHEMA_VERSION, Record
from pytest_accept.whole_files import write_whole

NOT_FINITE = {  # numbers that JSON has no words for are null: which one each stands for
    "value": math.inf,
    "low": -math.inf,
    "high": math.inf,
    "loss": math.nan,
    "validation_losses": math.nan,
}


def write(record: Record, path: Path) -> None:
    """Write a Record, all of it or nothing.

    Half a character, as a file name may have it, is written as Python would show it: JSON has none.
    """
    try:
        content = msgspec.json.encode(record)
    except UnicodeEncodeError:
        content = msgspec.json.encode(_whole_characters(msgspec.to_builtins(record)))
    write_whole(path, msgspec.json.format(content, indent=2) + b"\n")


def read_record(path: str | Path) -> Record:
    """Read a Record that `--accept-report json:FILE` wrote; DataError if it is none.

    What is read equals what was written, to the last bit of every number.
    """
    try:
        content = Path(path).read_bytes()
        version = msgspec.json.decode(content, type=_Versioned).schema_version
        if version != SCHEMA_VERSION:
            raise DataError(
                f"{path} is a Record of schema version {version}, but this version of "
                f"pytest-model-acceptance reads version {SCHEMA_VERSION}."
            )
        record = msgspec.convert(_restored(msgspec.json.decode(content)), Record)
    except RecursionError:
        raise DataError(f"{path} is not a Record of an acceptance run: nested too deep") from None
    except FileNotFoundError:
        raise DataError(f"There is no file {path}: expected the Record of a run.") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder: expected the Record of a run, a file.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise DataError(f"{path} is not a Record of an acceptance run: {error}") from error
    _check_places(path, record)
    return record


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_whole_characters(each) for each in value]
    return value


def _check_places(path: str | Path, record: Record) -> None:
    """Raise DataError for a Record whose criteria point at models or data that it lacks."""
    for each in record.criteria:
        there = 0 <= each.model < len(record.models) and 0 <= each.data < len(record.data)
        if not there:
            raise DataError(f"{path} is damaged: {each.test} is of a model or data that it lacks.")


def _restored(value: Any, name: str = "") -> Any:
    """Return what was decoded, with the numbers that JSON has no words for in place of null."""
    if isinstance(value, dict):
        return {key: _restored(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_restored(each, name) for each in value]
    return NOT_FINITE.get(name) if value is None else value


class _Versioned(msgspec.Struct):
    schema_version: int
