"""Cases from templates: every combination of the values of their slots, as Data."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any

from pytest_accept.behaviour.patterns import Pattern, list_of, parse
from pytest_accept.errors import SettingError, expected

if TYPE_CHECKING:
    from pytest_accept.data import Data

Values = Sequence[str | float]
Label = str | float | Callable[[dict[str, str]], Any]

_RESERVED = ("text", "template")
_MOST = 100_000


def template(
    pattern: str | Sequence[str],
    /,
    *,
    label: Label | None = None,
    limit: int | None = None,
    seed: int = 0,
    **slots: Values,
) -> Data:
    """Return the cases of a template, or of a list of templates: every combination of its values.

    In a pattern, `{adj}` is a slot that takes each value of the list `adj`. A name used twice is
    the same value both times; `{adj1}` and `{adj2}` draw from the list `adj` independently of each
    other. `{a:noun}` puts "a" or "an" before the value ("A" or "An": `{A:noun}`). An empty value
    leaves its slot out. `{{` and `}}` are braces. A list of patterns shares its lists.

    Args:
        pattern: One pattern or several.
        label: The right label of all cases, or a function of a case's values (a dict from slot to
            value). None: the cases have no labels, which invariance does not need.
        limit: At most so many cases, drawn evenly among all of them by `seed`, without building
            the others.
        seed: Starts the draw.
        **slots: The values of each slot, in a list: see `lexicon` and `suggest`.

    The Data has the columns `text`, `label`, `template` (the pattern) and one for each slot. Its
    cluster is the template: cases that differ in a word stand and fall together, so that a
    hundred of one template say little of another template. Where all are of one template there is
    nothing to say of others; `minimum_functionality` and its kin are then about exactly these
    cases, and their reports say so. Any other metric can demonstrate nothing on one template.

    Raises:
        SettingError: A slot without a list, a list that no slot uses, that is empty or repeats a
            value, a pattern that cannot be read, or more than 100,000 cases without a `limit`.

    Source: Ribeiro et al. 2020, Beyond Accuracy: Behavioral Testing of NLP Models with CheckList.

    >>> cases = template("It was {a:adj} {noun}.", adj=["odd", "good"], noun=["film"], label="pos")
    >>> cases.inputs
    ['It was an odd film.', 'It was a good film.']
    """
    from pytest_accept.data.cases import as_cases
    from pytest_accept.data.load import load_data

    patterns = _patterns(pattern)
    lists = {name: _checked(name, values) for name, values in slots.items()}
    _check_use(patterns, lists)
    _check_draw(limit, seed)
    grids = [_Grid(each, lists) for each in patterns]
    total = sum(grid.size for grid in grids)
    if limit is None and total > _MOST:
        raise SettingError(
            f"These are {total:,} cases. Pass limit= to draw so many of them evenly; "
            f"limit={total} builds them all."
        )
    columns = dict.fromkeys(slot for each in patterns for slot in each.slots)
    rows = [_row(grid, at, label, columns) for grid, at in _chosen(grids, total, limit, seed)]
    more = f" and {len(patterns) - 1:,} more" if len(patterns) > 1 else ""
    data = load_data(
        rows,
        label=None if label is None else "label",
        cluster="template",
        name=patterns[0].text + more,
    )
    drawn = len(rows) < total
    note = f"a random {len(rows):,} of {total:,} cases (seed {seed})"
    return as_cases(data, in_all=total, notes=(note,) if drawn else ())


def templates(cases: Iterable[Data | str], *, name: str | None = None) -> Data:
    """Return the cases of several templates as one Data, clustered by template.

    `cases` are what `template` returned, or parts of it, or patterns without slots (which have no
    label). Either all have labels or none has. A slot that a template lacks is empty in its cases.
    `name` is what reports call them; by default the first template's. Columns as `template` has
    them.

    Raises SettingError for something else than cases of templates, and DataError if only some have
    labels.
    """
    from pytest_accept.data.cases import as_cases
    from pytest_accept.data.data import Data
    from pytest_accept.data.load import load_data
    from pytest_accept.errors import DataError

    what = "a list of what template(...) returned"
    if isinstance(cases, str | Data) or not isinstance(cases, Iterable):
        raise SettingError(expected("cases", what, cases))
    parts = [template(each) if isinstance(each, str) else each for each in cases]
    for part in parts:
        if not isinstance(part, Data) or part.cluster != "template":
            raise SettingError(expected("cases", what, part))
    if not parts:
        raise SettingError(expected("cases", what, list(parts)))
    unlabelled = [part for part in parts if not part.labelled]
    if unlabelled and len(unlabelled) < len(parts):
        raise DataError(
            f"Some templates have labels, but {unlabelled[0].name!r} has none. "
            "Pass label= to each template, or to none."
        )
    columns = dict.fromkeys(column for part in parts for column in part.columns)
    rows = [row for part in parts for row in _rows(part, columns)]
    more = f" and {len(parts) - 1:,} more" if len(parts) > 1 else ""
    data = load_data(
        rows,
        label=None if unlabelled else "label",
        cluster="template",
        name=name or parts[0].name + more,
    )
    notes = [
        f"of {part.name!r} a random {part.total:,} of {part.cases_in_all:,} cases"
        for part in parts
        if part.cases_in_all not in (None, part.total)
    ]
    return as_cases(data, in_all=len(rows), notes=notes)


class _Grid:
    """The cases of one pattern, counted from 0 with the last slot moving fastest."""

    def __init__(self, pattern: Pattern, lists: Mapping[str, list[str]]) -> None:
        self.pattern = pattern
        self.values = {slot: lists[list_of(slot, lists)] for slot in pattern.slots}
        self.size = math.prod(map(len, self.values.values()))

    def case(self, at: int) -> dict[str, str]:
        """Return the values of case number `at`."""
        filled = {}
        for slot, values in reversed(self.values.items()):
            at, which = divmod(at, len(values))
            filled[slot] = values[which]
        return {slot: filled[slot] for slot in self.values}


def _chosen(
    grids: Sequence[_Grid], total: int, limit: int | None, seed: int
) -> Iterator[tuple[_Grid, int]]:
    """Yield all cases, or `limit` of them drawn evenly, in their order."""
    if limit is None or limit >= total:
        yield from ((grid, at) for grid in grids for at in range(grid.size))
        return
    random, drawn = Random(seed), set[int]()
    while len(drawn) < limit:  # not `sample`: it takes no range beyond 2 ** 63
        drawn.add(random.randrange(total))
    ends = list(accumulate(grid.size for grid in grids))
    for number in sorted(drawn):
        which = bisect_right(ends, number)
        yield grids[which], number - (ends[which] - grids[which].size)


def _row(grid: _Grid, at: int, label: Label | None, columns: Iterable[str]) -> dict[str, Any]:
    values = grid.case(at)
    row: dict[str, Any] = {"text": grid.pattern.fill(values)}
    if label is not None:
        row["label"] = label(dict(values)) if callable(label) else label
        if row["label"] is None:
            raise SettingError(
                f"Expected `label` to return a label, but for {values!r} it returned None."
            )
    return row | {"template": grid.pattern.text} | {each: values.get(each) for each in columns}


def _rows(part: Data, columns: Iterable[str]) -> Iterator[dict[str, Any]]:
    there = {column: part.column(column) for column in part.columns}
    for at in range(len(part)):
        yield {column: there[column][at] if column in there else None for column in columns}


def _patterns(pattern: Any) -> list[Pattern]:
    if isinstance(pattern, str):
        return [parse(pattern)]
    if not isinstance(pattern, Sequence) or not pattern:
        raise SettingError(expected("pattern", "a text with slots, or a list of such", pattern))
    parsed = [parse(each) for each in pattern]
    if len({each.text for each in parsed}) < len(parsed):
        raise SettingError(expected("pattern", "a list of patterns that differ", pattern))
    return parsed


def _checked(name: str, values: Any) -> list[str]:
    what = f"a list of values for the slot {{{name}}}"
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise SettingError(expected(name, what, values))
    listed = list(values)
    if not listed:
        raise SettingError(expected(name, f"{what}, at least one", values))
    for value in listed:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise SettingError(expected(name, f"{what}, texts or numbers", value))
    made = [str(value) for value in listed]
    twice = next((value for at, value in enumerate(made) if value in made[:at]), None)
    if twice is not None:
        raise SettingError(f"{twice!r} is in the list `{name}` twice: expected values that differ.")
    return made


def _check_use(patterns: Sequence[Pattern], lists: Mapping[str, list[str]]) -> None:
    slots = dict.fromkeys(slot for each in patterns for slot in each.slots)
    for slot in slots:
        if slot in (*_RESERVED, "label"):
            raise SettingError(f"A slot cannot be named {slot!r}: that is a column of every Data.")
    used = {list_of(slot, lists) for slot in slots}
    unused = next((name for name in lists if name not in used), None)
    if unused is not None:
        known = ", ".join(f"{{{slot}}}" for slot in slots) or "none"
        raise SettingError(f"No slot uses the list `{unused}`. The slots: {known}.")


def _check_draw(limit: Any, seed: Any) -> None:
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise SettingError(expected("limit", "a number of cases, at least 1, or None", limit))
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise SettingError(expected("seed", "an integer", seed))
