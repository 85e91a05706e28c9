"""What a caller of `load_data` asked for, checked once."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_accept.data.tag_schemes import scheme_named
from pytest_accept.errors import SettingError, expected

LabelNames = Sequence[str] | Mapping[Any, str]

CONLLEVAL = "conlleval"
"""As a scheme: the nearest one, and tags out of place read as conlleval reads them."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The arguments of `load_data` in one form: columns as tuples, values in range.

    `label` stays a string for one column and is a tuple for several.
    """

    split: str | None = None
    text: tuple[str, ...] = ("text",)
    label: str | tuple[str, ...] | None = "label"
    group: tuple[str, ...] = ()
    cluster: str | None = None
    limit: int | None = None
    seed: int = 0
    label_names: LabelNames | None = None
    scheme: str | None = None
    name: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_columns(self)
        _check_limit(self)
        _check_label_names(self.label_names)
        if self.scheme not in (None, CONLLEVAL):
            scheme_named(str(self.scheme))
        if self.delimiter is not None and not _is_character(self.delimiter):
            raise SettingError(expected("delimiter", "one character, such as ';'", self.delimiter))
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            raise SettingError(expected("name", "a non-empty string", self.name))
        if self.split is not None and not isinstance(self.split, str):
            raise SettingError(expected("split", "the name of a split, or None", self.split))
        try:
            codecs.lookup(self.encoding)
        except (LookupError, TypeError) as error:
            what = "an encoding that Python knows, such as 'utf-8' or 'latin-1'"
            raise SettingError(expected("encoding", what, self.encoding)) from error

    @property
    def labels(self) -> tuple[str, ...]:
        """The label columns, whether one, several or none."""
        if self.label is None:
            return ()
        return (self.label,) if isinstance(self.label, str) else self.label

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every column that the caller named, without repeats; "text" as a cluster is no column."""
        cluster = () if self.cluster in (None, "text") else (str(self.cluster),)
        return tuple(dict.fromkeys((*self.text, *self.labels, *self.group, *cluster)))


def text_columns(text: object) -> tuple[str, ...]:
    """Return `text` as a tuple of one or two column names."""
    if isinstance(text, str):
        return (text,)
    if isinstance(text, list | tuple) and len(text) == 2 and _all_strings(text):
        return tuple(text)
    what = "a column name, or a pair of column names for sentence pairs"
    raise SettingError(expected("text", what, text))


def label_columns(label: object) -> str | tuple[str, ...] | None:
    """Return `label` as it was if it is one column or None, a list of columns as a tuple."""
    if label is None or isinstance(label, str):
        return label
    if isinstance(label, list | tuple) and label and _all_strings(label):
        return tuple(label)
    what = "a column name, a list of column names with one number per label each, or None"
    raise SettingError(expected("label", what, label))


def group_columns(group: object) -> tuple[str, ...]:
    """Return `group` as a tuple of column names, empty for None."""
    if group is None:
        return ()
    if isinstance(group, str):
        return (group,)
    if isinstance(group, list | tuple) and _all_strings(group):
        return tuple(group)
    raise SettingError(expected("group", "a column name, several, or None", group))


def _check_columns(options: Options) -> None:
    if options.cluster is not None and not isinstance(options.cluster, str):
        what = "one column name, 'text' or None"
        raise SettingError(expected("cluster", what, options.cluster))
    for argument, columns in (("text", options.text), ("label", options.labels)):
        if len(set(columns)) < len(columns):
            raise SettingError(expected(argument, "columns that differ", list(columns)))


def _check_limit(options: Options) -> None:
    limit, seed = options.limit, options.seed
    if limit is not None and (not _is_integer(limit) or limit < 1):
        raise SettingError(expected("limit", "a number of rows, at least 1, or None", limit))
    if not _is_integer(seed):
        raise SettingError(expected("seed", "an integer", seed))


def _check_label_names(names: object) -> None:
    if names is None:
        return
    what = "a list of names, or a dict from a value in the data to a label of the model"
    if isinstance(names, str) or not isinstance(names, Mapping | Sequence) or not names:
        raise SettingError(expected("label_names", what, names))
    if not _all_strings(names.values() if isinstance(names, Mapping) else names):
        raise SettingError(expected("label_names", f"{what}, all names being strings", names))


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_character(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1


def _all_strings(values: Any) -> bool:
    return all(isinstance(each, str) for each in values)
