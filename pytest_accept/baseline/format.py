"""The file of a baseline: a readable header, then a line for each example, sorted by content.

`docs/baseline.md` describes it. The same predictions make the same bytes, and a change of one
prediction changes one line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pytest_accept.baseline.answers import TAGS, Answers, read, rows_of
from pytest_accept.baseline.contents import content_hash
from pytest_accept.errors import DataError

FORMAT = 1
RESTORE = "Restore it from version control, or write it again with --accept-update-baseline."

_TITLE = "# baseline of pytest-model-acceptance, format "
_FIELDS = (
    "model",
    "accepted",
    "accepted fingerprint",
    "data",
    "data fingerprint",
    "examples",
    "says",
    "labels",
)
_FIXED = ("content", "label", "predicted")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_BACK = {each[1]: plain for plain, each in _ESCAPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stored:
    """A baseline as its file holds it: n examples sorted by content.

    `role` is the model as the suite asks for it, `model` and `model_fingerprint` the one that was
    accepted in that role. `contents` and `examples` (n,) are hashes of the texts and their labels
    in the data's words, `answers` what the model said of them.
    """

    role: str
    model: str
    model_fingerprint: str
    data: str
    data_fingerprint: str
    contents: tuple[str, ...]
    examples: tuple[str, ...]
    answers: Answers


def stored(
    predictions: Any,
    inputs: Sequence[str | tuple[str, ...]],
    examples: Sequence[str],
    *,
    role: str,
    data: str,
    data_fingerprint: str,
) -> Stored:
    """Return the baseline that predictions of these inputs, labelled so, would make."""
    contents = [content_hash(each) for each in inputs]
    order = sorted(range(len(contents)), key=lambda i: (contents[i], examples[i], i))
    return Stored(
        role=role,
        model=predictions.model.name,
        model_fingerprint=predictions.model.fingerprint or "",
        data=data,
        data_fingerprint=data_fingerprint,
        contents=tuple(contents[i] for i in order),
        examples=tuple(examples[i] for i in order),
        answers=Answers.of(predictions).take(np.array(order, np.int64)),
    )


def written(baseline: Stored) -> str:
    """Return the text of a baseline's file."""
    answers = baseline.answers
    values = (
        _escaped(baseline.role),
        _escaped(baseline.model),
        baseline.model_fingerprint or "none",
        _escaped(baseline.data),
        baseline.data_fingerprint,
        str(len(baseline.contents)),
        answers.kind,
        json.dumps(answers.labels, ensure_ascii=False),
    )
    header = [f"# {field}: {value}" for field, value in zip(_FIELDS, values, strict=True)]
    columns = "\t".join([*_FIXED, *map(_escaped, answers.columns)])
    rows = zip(baseline.contents, baseline.examples, rows_of(answers), strict=True)
    lines = ("\t".join(map(_escaped, (content, label, *row))) for content, label, row in rows)
    title = f"{_TITLE}{FORMAT}: what the last accepted model predicted"
    return "\n".join([title, *header, columns, *lines]) + "\n"


def parsed(text: str, file: str) -> Stored:
    """Return the baseline that a file's text holds; DataError if it is damaged or of another kind.

    `file` names it in errors.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    _check_title(lines[0], file)
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = dict(line[2:].split(": ", 1) for line in lines[1:count] if ": " in line[2:])
    columns = [_unescaped(each) for each in lines[count].split("\t")] if count < len(lines) else []
    missing = [each for each in _FIELDS if each not in header]
    if missing or tuple(columns[:3]) != _FIXED or len(columns) < 4:
        what = f"its header lacks {missing[0]!r}" if missing else "its columns are not named"
        raise DataError(f"The baseline {file!r} is damaged: {what}. {RESTORE}")
    rows = [[_unescaped(each) for each in line.split("\t")] for line in lines[count + 1 :]]
    _check_rows(rows, columns, header["examples"], count + 2, file)
    try:
        labels = _labels(header["labels"], header["says"], columns[3:])
        answers = read([row[2:] for row in rows], header["says"], labels, first=count + 2)
    except ValueError as error:
        raise DataError(f"The baseline {file!r} is damaged: {error}. {RESTORE}") from error
    fingerprint = header["accepted fingerprint"]
    return Stored(
        role=_unescaped(header["model"]),
        model=_unescaped(header["accepted"]),
        model_fingerprint="" if fingerprint == "none" else fingerprint,
        data=_unescaped(header["data"]),
        data_fingerprint=header["data fingerprint"],
        contents=tuple(row[0] for row in rows),
        examples=tuple(row[1] for row in rows),
        answers=answers,
    )


def _labels(written: str, says: str, columns: list[str]) -> tuple[str, ...]:
    """Return the labels of a header; ValueError if they are none, or not those of the columns."""
    try:
        labels = json.loads(written)
    except RecursionError as error:
        raise ValueError("its labels are nested too deep") from error
    if not isinstance(labels, list) or not all(isinstance(each, str) for each in labels):
        raise ValueError("its labels are no list of names")
    if says != TAGS and columns != labels:
        raise ValueError("its columns of numbers are not named by its labels")
    return tuple(labels)


def _check_title(line: str, file: str) -> None:
    if not line.startswith(_TITLE):
        raise DataError(f"Expected {file!r} to be a baseline, but its first line is {line[:60]!r}.")
    version = line.removeprefix(_TITLE).split(":")[0]
    if version != str(FORMAT):
        raise DataError(
            f"The baseline {file!r} has format {version}, but this version reads format {FORMAT}. "
            "Write it again with --accept-update-baseline, or update the package."
        )


def _check_rows(
    rows: list[list[str]], columns: list[str], promised: str, first: int, file: str
) -> None:
    for at, row in enumerate(rows):
        if len(row) != len(columns):
            raise DataError(
                f"The baseline {file!r} is damaged: line {first + at} has {len(row)} columns "
                f"instead of {len(columns)}. {RESTORE}"
            )
    if str(len(rows)) != promised:
        raise DataError(
            f"The baseline {file!r} is damaged: its header promises {promised} examples, but it "
            f"holds {len(rows)}. {RESTORE}"
        )


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(each, each) for each in text)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    parts = iter(text)
    return "".join(_BACK.get(next(parts, ""), "") if each == "\\" else each for each in parts)
