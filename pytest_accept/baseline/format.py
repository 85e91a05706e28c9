"""The file of a baseline: a readable header, then a line for each example, sorted by content.

`docs/baseline.md` describes it. The same predictions make the same bytes, and a change of one
prediction changes one line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_accept.baseline.contents import content_hash
from pytest_accept.errors import DataError
from pytest_accept.prediction import Predictions

FORMAT = 1
_TITLE = "# baseline of pytest-model-acceptance, format "
_DIGITS = 5
_MOST_DIGITS = 17
_FIXED = ("content", "label", "predicted")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_BACK = {each[1]: plain for plain, each in _ESCAPES.items()}
_RESTORE = "Restore it from version control, or write it again with --accept-update-baseline."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stored:
    """A baseline as its file holds it: n examples sorted by content, k labels.

    `role` is the model as the suite asks for it, `model` and `model_fingerprint` the one that was
    accepted in that role. `contents` and `examples` (n,) are hashes of the texts and their labels
    in the data's words, `probabilities` is (n, k).
    """

    role: str
    model: str
    model_fingerprint: str
    data: str
    data_fingerprint: str
    labels: tuple[str, ...]
    multi_label: bool
    contents: tuple[str, ...]
    examples: tuple[str, ...]
    probabilities: npt.NDArray[np.float64]


def stored(
    predictions: Predictions,
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
        labels=predictions.labels,
        multi_label=predictions.multi_label,
        contents=tuple(contents[i] for i in order),
        examples=tuple(examples[i] for i in order),
        probabilities=predictions.probabilities[order],
    )


def written(baseline: Stored) -> str:
    """Return the text of a baseline's file."""
    header = (
        f"{_TITLE}{FORMAT}: what the last accepted model predicted",
        f"# model: {_escaped(baseline.role)}",
        f"# accepted: {_escaped(baseline.model)}",
        f"# accepted fingerprint: {baseline.model_fingerprint or 'none'}",
        f"# data: {_escaped(baseline.data)}",
        f"# data fingerprint: {baseline.data_fingerprint}",
        f"# examples: {len(baseline.contents)}",
        f"# labels: {'several' if baseline.multi_label else 'one'} an example",
    )
    columns = "\t".join([*_FIXED, *map(_escaped, baseline.labels)])
    rows = zip(baseline.contents, baseline.examples, baseline.probabilities, strict=True)
    lines = (
        "\t".join([content, _escaped(label), *_row(baseline, probabilities)])
        for content, label, probabilities in rows
    )
    return "\n".join([*header, columns, *lines]) + "\n"


def parsed(text: str, file: str) -> Stored:
    """Return the baseline that a file's text holds; DataError if it is damaged or of another kind.

    `file` names it in errors.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    _check_title(lines[0], file)
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = dict(line[2:].split(": ", 1) for line in lines[1:count] if ": " in line)
    columns = [_unescaped(each) for each in lines[count].split("\t")] if count < len(lines) else []
    needed = ("model", "accepted", "accepted fingerprint", "data", "data fingerprint", "examples")
    missing = [each for each in needed if each not in header]
    if missing or tuple(columns[:3]) != _FIXED or len(columns) < 4:
        what = f"its header lacks {missing[0]!r}" if missing else "its columns are not named"
        raise DataError(f"The baseline {file!r} is damaged: {what}. {_RESTORE}")
    rows = [line.split("\t") for line in lines[count + 1 :]]
    _check_rows(rows, columns, header["examples"], count + 2, file)
    several = header.get("labels", "").startswith("several")
    labels = tuple(columns[3:])
    values = _numbers(rows, count + 2, file).reshape(len(rows), len(labels))
    if not several:
        said = [_unescaped(row[2]) for row in rows]
        best = [labels[int(i)] for i in values.argmax(axis=1)]
        wrong = next((i for i in range(len(said)) if said[i] != best[i]), None)
        if wrong is not None:
            raise DataError(
                f"The baseline {file!r} is damaged: line {wrong + count + 2} says {said[wrong]!r}, "
                f"but the largest of its probabilities is that of {best[wrong]!r}. {_RESTORE}"
            )
    fingerprint = header["accepted fingerprint"]
    return Stored(
        role=_unescaped(header["model"]),
        model=_unescaped(header["accepted"]),
        model_fingerprint="" if fingerprint == "none" else fingerprint,
        data=_unescaped(header["data"]),
        data_fingerprint=header["data fingerprint"],
        labels=labels,
        multi_label=several,
        contents=tuple(row[0] for row in rows),
        examples=tuple(_unescaped(row[1]) for row in rows),
        probabilities=values,
    )


def _row(baseline: Stored, probabilities: npt.NDArray[np.float64]) -> list[str]:
    """Return what was predicted and the rounded probabilities, which predict the same."""
    if baseline.multi_label:
        said = probabilities > 0.5
        names = [name for name, yes in zip(baseline.labels, said, strict=True) if yes]
        numbers = _rounded(probabilities, lambda r: bool(((r > 0.5) == said).all()))
        return [_escaped(", ".join(names)), *numbers]
    best = int(probabilities.argmax())
    numbers = _rounded(probabilities, lambda r: int(r.argmax()) == best)
    return [_escaped(baseline.labels[best]), *numbers]


def _rounded(
    probabilities: npt.NDArray[np.float64], same: Callable[[npt.NDArray[np.float64]], bool]
) -> list[str]:
    # A label that leads by less than the rounding must lead after it.
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        numbers = [f"{each:.{digits}g}" for each in probabilities.tolist()]
        if same(np.array(numbers, np.float64)):
            break
    return numbers


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
                f"instead of {len(columns)}. {_RESTORE}"
            )
    if str(len(rows)) != promised:
        raise DataError(
            f"The baseline {file!r} is damaged: its header promises {promised} examples, but it "
            f"holds {len(rows)}. {_RESTORE}"
        )


def _numbers(rows: list[list[str]], first: int, file: str) -> npt.NDArray[np.float64]:
    found = np.empty((len(rows), len(rows[0]) - 3 if rows else 0))
    for at, row in enumerate(rows):
        try:
            found[at] = [float(each) for each in row[3:]]
        except ValueError:
            found[at] = np.nan
        if not ((found[at] >= 0) & (found[at] <= 1)).all():
            raise DataError(
                f"The baseline {file!r} is damaged: line {first + at} holds something else than "
                f"probabilities ({', '.join(row[3:][:5])}). {_RESTORE}"
            )
    return found


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(each, each) for each in text)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    parts = iter(text)
    return "".join(_BACK.get(next(parts, ""), "") if each == "\\" else each for each in parts)
