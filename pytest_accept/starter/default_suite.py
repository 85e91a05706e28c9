"""A model and data by name -> the default criteria for the model's task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import DataError, LabelError, ModelError
from pytest_accept.starter import documents, sentences, texts
from pytest_accept.starter.asked import Asked, columns_of
from pytest_accept.starter.literals import literal
from pytest_accept.starter.plan import Plan
from pytest_accept.starter.source import FEW
from pytest_accept.starter.suite import EXAMPLES, Line, Suite

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading.glance import Glance
    from pytest_accept.records import ModelDescription

MOST = 5000
"""Of more examples a random part is judged: it shows an accuracy to within a point."""

TASKS: dict[str, Callable[[Plan], None]] = {
    "text-classification": texts.plan,
    "token-classification": sentences.plan,
    "causal-lm": documents.plan,
}


def default_suite(asked: Asked, described: ModelDescription | None = None) -> Suite:
    """Return the default criteria, their bars computed on the data.

    The model is looked at but not loaded; `described` is one that is not there to be looked at.
    Raises AcceptanceError, once, for whatever would keep all of them from being judged: no such
    file, columns under other names, labels that do not match.
    """
    from pytest_accept.loading.glance import Glance, glance

    if described is None:
        seen = glance(asked.found(asked.model))
    else:
        seen = Glance(
            task=described.task, labels=described.labels, multi_label=described.multi_label
        )
    if seen.task not in TASKS:
        known = ", ".join(TASKS)
        raise ModelError(
            f"The model {asked.model!r} is one for {seen.task}, for which there are no default "
            f"criteria (there are for {known}). Write a test file: python -m pytest_accept init."
        )
    options = _options(asked, seen)
    data = _load(asked, options)
    groups = () if asked.group is None else _groups(asked, data)
    plan = Plan(asked=asked, glance=seen, data=data, groups=groups)
    try:
        TASKS[seen.task](plan)
    except LabelError as error:
        raise LabelError(
            f"{error} On the command line: --accept-label-names DATA=MODEL,… (of init, "
            "--label-names)."
        ) from error
    return Suite(
        model=asked.written(asked.model),
        data=asked.written(asked.data),
        name=data.name,
        data_options=tuple((name, literal(value)) for name, value in options.items()),
        task=seen.task,
        n=len(data),
        lines=tuple(_of_all(plan.lines) if len(data) <= FEW else plan.lines),
        left_out=tuple(plan.left_out),
    )


def _options(asked: Asked, seen: Glance) -> dict[str, Any]:
    """Return the keywords of `load_data`, those that are not the usual ones."""
    columns, rows = _look(asked)
    unlabelled = seen.task == "causal-lm"
    found: dict[str, Any] = {} if asked.split is None else {"split": asked.split}
    text: tuple[str, ...] = ("text",)
    if asked.text is not None:
        text = columns_of(asked.text, "--accept-text", columns, asked.data)
        found["text"] = text[0] if len(text) == 1 else text
    label: tuple[str, ...] = () if unlabelled else ("label",)
    if asked.label is not None and not unlabelled:
        label = columns_of(asked.label, "--accept-label", columns, asked.data)
        found["label"] = label[0] if len(label) == 1 else list(label)
    renamed = None if unlabelled else asked.renamed()
    if renamed is not None:
        found["label_names"] = renamed
    _check_there(asked, columns, text, label)
    if unlabelled:
        found["label"] = None
    if seen.task == "token-classification" and "document" in columns:
        found["cluster"] = "document"
    if rows > MOST:
        found["limit"] = MOST
    return found


def _look(asked: Asked) -> tuple[tuple[str, ...], int]:
    """Return the columns of the data, and how many rows there are."""
    from pytest_accept.data.options import Options
    from pytest_accept.data.sources import read_source

    try:
        table = read_source(asked.found(asked.data), Options(split=asked.split)).table
    except DataError as error:
        if "several splits" not in str(error):
            raise
        raise DataError(f"{error} On the command line: --accept-split NAME.") from error
    if table.num_rows == 0:
        raise DataError(f"{asked.data!r} has no rows: expected at least one example.")
    return tuple(table.column_names), int(table.num_rows)


def _check_there(
    asked: Asked, columns: tuple[str, ...], text: tuple[str, ...], label: tuple[str, ...]
) -> None:
    """Raise a DataError that names the columns there are, and the options that name them."""
    remedies = [
        f"{option} COLUMN for the {what} (there is no {missing[0]!r})"
        for option, what, wanted in (
            ("--accept-text", "texts", text),
            ("--accept-label", "labels", label),
        )
        if (missing := [each for each in wanted if each not in columns])
    ]
    if remedies:
        there = ", ".join(map(repr, columns))
        has = "column" if len(columns) == 1 else "columns"
        raise DataError(f"{asked.data!r} has the {has} {there}. Say {' and '.join(remedies)}.")


def _load(asked: Asked, options: dict[str, Any]) -> Data:
    from pytest_accept.data import load_data

    return load_data(asked.found(asked.data), **options)


def _of_all(lines: list[Line]) -> list[Line]:
    """Return the criteria with all of the data where a part of it was meant."""
    return [replace(line, data=EXAMPLES) for line in lines]


def _groups(asked: Asked, data: Data) -> tuple[str, ...]:
    return columns_of(str(asked.group), "--accept-group", data.columns, asked.data)
