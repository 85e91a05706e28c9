"""Templates that the data bring: texts with the same words, and an identity in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.counterfactuals import Alternatives
from pytest_accept.errors import DataError, SettingError, expected
from pytest_accept.records import PAIR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.question import Question
    from pytest_accept.data import Data
    from pytest_accept.prediction.predictions import Input

Columns = str | Sequence[str]
"""A column, or several: the first names the template, the others say what else differs."""


def templated(
    question: Question,
    template: Columns,
    identity: str,
    *,
    allow_single: bool,
    options: Mapping[str, Any],
) -> Alternatives:
    """Return each template with its texts, one or several an identity.

    Of several columns the first one names the template, the others what else differs. Raises
    DataError for missing values, a template with one identity (unless `allow_single`, which leaves
    such templates out), or one that lies in several clusters.
    """
    import numpy as np

    data = question.data
    columns = _columns(template, identity)
    names = _names(data, columns)
    identities = _filled(data, identity, "identity")
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        groups.setdefault(name, []).append(row)
    single = [name for name, some in groups.items() if len({identities[i] for i in some}) < 2]
    if single and not allow_single:
        raise DataError(_one_identity(data, single, groups, identities))
    kept = groups
    for name in single:
        del kept[name]
    if not kept:
        raise DataError(
            f"No template in column {columns[0]!r} of {data.population!r} has texts of two "
            f"identities in column {identity!r}: nothing can be compared."
        )
    rows = np.array([row for some in kept.values() for row in some])
    sizes = np.array([len(some) for some in kept.values()])
    notes = [f"each of the {len(kept):,} templates is one observation, of {len(rows):,} texts"]
    if single:
        several = "templates have" if len(single) > 1 else "template has"
        notes.append(f"{len(single):,} {several} texts of one identity and cannot be compared")
    several_of_one = sum(len({identities[i] for i in some}) < len(some) for some in kept.values())
    if several_of_one:
        have = "templates have" if several_of_one > 1 else "template has"
        notes.append(
            f"{several_of_one:,} {have} several texts of one identity, which must be "
            "predicted alike, too. If they differ in more than the identity, name the columns that "
            f"say so: template={[columns[0], '…']!r}"
        )
    # Repeated texts are no clusters here: what repeats is compared.
    column = options.get("cluster") or data.cluster
    by_template = question.by_text or column is None or columns == (column,)
    clusters = None if by_template else _clusters(question, kept, columns, str(column))
    dry_run.about([some[0] for some in kept.values()], clusters)
    return Alternatives(
        question=replace(question, clusters=None, by_text=False),
        starts=np.cumsum(sizes) - sizes,
        rows=rows,
        identities=[identities[row] for row in rows.tolist()],
        probabilities=question.predictions.probabilities[rows],
        clusters=clusters,
        options=(f"identity={identity}", f"template={'+'.join(columns)}"),
        notes=tuple(notes),
        templates=[_shown(name, data.inputs[some[0]]) for name, some in kept.items()],
    )


def _columns(template: Any, identity: Any) -> tuple[str, ...]:
    columns = (template,) if isinstance(template, str) else template
    listed = isinstance(columns, list | tuple) and bool(columns)
    if not listed or not all(isinstance(each, str) for each in columns):
        raise SettingError(expected("template", "a column, or a list of columns", template))
    if not isinstance(identity, str) or identity in columns:
        raise SettingError(expected("identity", "another column than `template`", identity))
    return tuple(columns)


def _names(data: Data, columns: Sequence[str]) -> list[str]:
    """Return the templates, with what stands in further columns, "" for nothing."""
    first, *others = columns
    names = _filled(data, first, "template")
    for column in others:
        further = ("" if value is None else str(value) for value in data.column(column))
        names = [f"{name} {column}={value}" for name, value in zip(names, further, strict=True)]
    return names


def _filled(data: Data, column: str, role: str) -> list[str]:
    from pytest_accept.data.labels import canonical, is_missing

    values = data.column(column)
    missing = [i for i, value in enumerate(values) if is_missing(value) or value == ""]
    if missing:
        raise DataError(
            f"{len(missing):,} of {len(data):,} examples of {data.population!r} have no {role} in "
            f"column {column!r} (first: {data.origin(missing[0])}). Fill them in, or leave those "
            f"examples out: where=lambda row: row[{column!r}] not in (None, '')."
        )
    return [canonical(value) for value in values]


def _one_identity(
    data: Data, single: Sequence[str], groups: dict[str, list[int]], identities: Sequence[str]
) -> str:
    first = groups[single[0]][0]
    one = len(single) == 1
    return (
        f"{len(single):,} of {len(groups):,} templates of {data.population!r} "
        f"{'has' if one else 'have'} texts of one identity only, such as {single[0]!r} "
        f"({identities[first]!r}, {data.origin(first)}): there is nothing to compare "
        f"{'it' if one else 'them'} with. Add texts of other identities, or leave such templates "
        "out, and count them, with allow_single=True."
    )


def _clusters(
    question: Question, groups: dict[str, list[int]], columns: Sequence[str], column: str
) -> NDArray[np.int64]:
    import numpy as np

    assert question.clusters is not None
    codes, one = question.clusters, len(columns) == 1
    for name, some in groups.items():
        if len(set(codes[some].tolist())) > 1:
            raise DataError(
                f"The texts of template {name!r} lie in several clusters of column {column!r} "
                f"(first: {question.data.origin(some[0])}), but a template is one observation. "
                "Choose a column that holds templates together"
                + (f", or cluster={columns[0]!r} to take each for itself." if one else ".")
            )
    return np.array([int(codes[some[0]]) for some in groups.values()])


def _shown(template: str, text: Input) -> str:
    """Return what a reader knows a template by: itself, or a text of it if it is a mere number."""
    if " " in template:
        return template
    return text if isinstance(text, str) else PAIR.join(text)
