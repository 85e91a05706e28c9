"""What a run without a suite is asked to judge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pytest_accept.errors import DataError, SettingError, expected, unknown

GROUPS = (
    "group",
    "gender",
    "sex",
    "race",
    "ethnicity",
    "religion",
    "nationality",
    "origin",
    "dialect",
    "age_group",
    "disability",
)
"""Columns of these names are taken for groups of people, if no column is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A model and data by name, and the columns where they are not the usual ones.

    `text`, `label` and `group` are as on the command line: one column, or several with commas
    between them. `label_names` are pairs such as "1=positive,0=negative": what labels of the data
    are called by the model. `root` is the folder that relative paths are looked for in, after the
    current one.
    """

    model: str
    data: str
    text: str | None = None
    label: str | None = None
    group: str | None = None
    split: str | None = None
    label_names: str | None = None
    root: Path

    def renamed(self) -> dict[str, str] | None:
        """Return `label_names` as `load_data` takes them; SettingError if they are no pairs."""
        if self.label_names is None:
            return None
        pairs = [each.partition("=") for each in self.label_names.split(",")]
        if not all(old.strip() and new.strip() for old, _, new in pairs):
            what = "pairs with commas between them, such as 1=positive,0=negative"
            raise SettingError(expected("label_names", what, self.label_names))
        return {old.strip(): new.strip() for old, _, new in pairs}

    def found(self, source: str) -> str:
        """Return a source as it is found from here: itself, or below the root."""
        rooted = self.root / source
        return str(rooted) if not Path(source).exists() and rooted.exists() else source

    def written(self, source: str) -> str:
        """Return a source as a file can say it, from wherever pytest is called: from the root."""
        path = Path(source)
        if path.is_absolute() or not path.exists():
            return source
        # A link stays what it is called: it may lead to another checkpoint tomorrow.
        inside = Path(os.path.abspath(path))
        if not inside.is_relative_to(self.root):
            return str(inside)
        return inside.relative_to(self.root).as_posix()


def columns_of(given: str, option: str, columns: tuple[str, ...], data: str) -> tuple[str, ...]:
    """Return the columns that an option names; DataError for one that is not there."""
    if given in columns:  # a name may hold a comma
        return (given,)
    named = tuple(each.strip() for each in given.split(","))
    for each in named:
        if each not in columns:
            raise DataError(f"{option} {given}: {data!r}: {unknown('column', each, columns)}")
    return named
