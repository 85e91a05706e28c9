"""Behavioural suites kept in files: cases with a functionality, as HateCheck has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import DataError, SettingError, expected, unknown

if TYPE_CHECKING:
    from pytest_accept.data import Data

# What the columns are called in suites that are around, HateCheck's names first.
_GUESSES = {
    "case": ("test_case", "case", "text", "sentence", "input"),
    "label": ("label_gold", "label", "gold_label", "gold", "expected"),
    "functionality": ("functionality", "test_name", "test", "capability"),
    "template": ("templ_id", "template_id", "template", "case_templ"),
    "identity": ("target_ident", "identity", "target"),
}
_NEEDED = ("case", "label", "functionality")


@dataclass(frozen=True, eq=False)
class BehaviouralSuite:
    """Cases by functionality, as `load_behavioural_suite` reads them.

    Iterating gives (functionality, its cases as Data) in the order of the file; `suite[name]` is
    one of them, `suite.data` all. `functionality`, `template` and `identity` are the columns' names
    (None: there is none). The cases' cluster is their template.
    """

    data: Data
    functionality: str
    template: str | None = None
    identity: str | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The functionalities, in the order of the file."""
        return tuple(dict.fromkeys(str(each) for each in self.data.column(self.functionality)))

    def __iter__(self) -> Iterator[tuple[str, Data]]:
        return ((name, self[name]) for name in self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> Data:
        if name not in self.names:
            raise SettingError(unknown("functionality", name, self.names))
        return self.data.where({self.functionality: name})

    def __repr__(self) -> str:
        cases = f"{len(self.data):,} cases of {len(self):,} functionalities"
        return f"<BehaviouralSuite {self.data.population!r}: {cases}>"

    def where(self, *condition: Any, **equals: Any) -> BehaviouralSuite:
        """Return the suite with those cases alone that fulfil a condition: see `Data.where`."""
        return replace(self, data=self.data.where(*condition, **equals))


def load_behavioural_suite(
    path: Any,
    *,
    case: str | None = None,
    label: str | None = None,
    functionality: str | None = None,
    template: str | None = None,
    identity: str | None = None,
    **options: Any,
) -> BehaviouralSuite:
    """Read a behavioural suite: cases with a label, each testing a functionality.

    Args:
        path: A csv, tsv, json, jsonl or parquet file, or anything that `load_data` takes.
        case: The column with the texts. For None, here and below, a usual name is looked for:
            HateCheck's ("test_case", "label_gold", "functionality", "templ_id", "target_ident")
            and some plain ones ("text", "label", …).
        label: The column with the right labels.
        functionality: The column that says what a case tests.
        template: The column that says which template a case was made from: those cases are one
            cluster. Without one, every case counts as independent of the others.
        identity: The column that says whom a case speaks of, for `suite.where(...)`.
        **options: Those of `load_data`: `label_names` where the model calls the labels otherwise,
            `name`, `delimiter`, …

    Raises:
        DataError: A column that is needed is not there (the message lists those that are), or a
            case has no functionality; whatever `load_data` raises.

    Source: Röttger et al. 2021, HateCheck: Functional Tests for Hate Speech Detection Models.

    >>> suite = load_behavioural_suite("test_suite_cases.csv")  # doctest: +SKIP
    >>> for name, cases in suite: ...  # doctest: +SKIP
    """
    from pytest_accept.data.cases import as_cases, columns_of
    from pytest_accept.data.load import load_data

    for taken, instead in (("text", "case"), ("cluster", "template")):
        if taken in options:
            what = "left out: here the column is named by " + instead
            raise SettingError(expected(taken, what, options[taken]))
    asked = {
        "case": case,
        "label": label,
        "functionality": functionality,
        "template": template,
        "identity": identity,
    }
    for argument, column in asked.items():
        if column is not None and not isinstance(column, str):
            raise SettingError(expected(argument, "a column's name, or None", column))
    there = columns_of(path, **options)
    found = {argument: _column(argument, column, there) for argument, column in asked.items()}
    data = load_data(
        path, text=str(found["case"]), label=found["label"], cluster=found["template"], **options
    )
    suite = BehaviouralSuite(
        as_cases(data, in_all=len(data)),
        str(found["functionality"]),
        found["template"],
        found["identity"],
    )
    _check_functionalities(suite)
    return suite


def _column(argument: str, column: str | None, there: Sequence[str]) -> str | None:
    if column is not None:
        if column in there:
            return column
        raise DataError(unknown("column", column, there) + f" It was asked for as {argument}=.")
    guess = next((name for name in _GUESSES[argument] if name in there), None)
    if guess is None and argument in _NEEDED:
        tried = ", ".join(map(repr, _GUESSES[argument]))
        columns = ", ".join(map(repr, there)) or "none"
        raise DataError(
            f"No column holds the {argument} of the cases (looked for: {tried}). "
            f"Name it: {argument}='…'. The columns found: {columns}."
        )
    return guess


def _check_functionalities(suite: BehaviouralSuite) -> None:
    cells = suite.data.column(suite.functionality)
    empty = [at for at, cell in enumerate(cells) if cell is None or not str(cell).strip()]
    if empty:
        raise DataError(
            f"{len(empty):,} of {len(cells):,} cases of {suite.data.name!r} have no functionality "
            f"in column {suite.functionality!r} (first: {suite.data.origin(empty[0])})."
        )
