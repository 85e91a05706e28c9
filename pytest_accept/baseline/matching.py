"""A baseline and today's data: which examples are in both, and what changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_accept.baseline.contents import content_hash, labels_of
from pytest_accept.baseline.format import Stored
from pytest_accept.data import Data
from pytest_accept.errors import DataError

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """How the examples of some data (n,) are found in a baseline.

    `lines` (n,) is each example's position in the baseline, -1 for one whose text it lacks.
    `added` and `removed` count examples that only the data, or only the baseline has, `relabelled`
    (r,) are examples whose text had another label, `before` (r,) that label.
    """

    lines: npt.NDArray[np.int64]
    added: int
    removed: int
    relabelled: tuple[int, ...]
    before: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether the data are those of the baseline, in whatever order."""
        return not (self.added or self.removed or self.relabelled)


def match(stored: Stored, data: Data) -> Match:
    """Find each example of (whole) data in a baseline by its text, however the rows are ordered.

    Of equal texts with equal labels the first is found at the first, and so on; those beyond take
    the last. A label "" (of data without labels) differs from none.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for line, content in enumerate(stored.contents):
        places[content].append(line)
    contents = [content_hash(each) for each in data.inputs]
    labels = labels_of(data)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, content in enumerate(contents):
        rows[content].append(row)
    lines = np.full(len(data), -1, np.int64)
    added = 0
    removed = sum(len(places[content]) for content in places.keys() - rows.keys())
    relabelled: list[tuple[int, str]] = []
    for content, at in rows.items():
        if content not in places:
            added += len(at)
            continue
        lines[at] = _paired(places[content], at, stored.examples, labels)
        then, now = _unlike([stored.examples[i] for i in places[content]], [labels[i] for i in at])
        changed = min(then.total(), now.total())
        added += now.total() - changed
        removed += then.total() - changed
        relabelled += zip(_rows_of(at, labels, now, changed), then.elements(), strict=False)
    relabelled.sort()
    return Match(
        lines=lines,
        added=added,
        removed=removed,
        relabelled=tuple(row for row, _ in relabelled),
        before=tuple(label for _, label in relabelled),
    )


def check(found: Match, stored: Stored, data: Data, file: str, *, allow_relabelled: bool) -> None:
    """Raise DataError, saying what changed, if today's data cannot be judged by a baseline."""
    if not (found.lines >= 0).any():
        raise DataError(
            f"Nothing of {data.name!r} is in its baseline {file!r}: none of the {len(data):,} "
            f"texts is among the {len(stored.contents):,} there. If these are the data to judge on "
            "from now on, write the baseline anew with --accept-update-baseline."
        )
    if not found.relabelled or allow_relabelled:
        return
    pairs = list(zip(found.relabelled, found.before, strict=True))[:_SHOWN]
    labels = labels_of(data)
    shown = "; ".join(
        f"{data.origin(row)} is {labels[row]!r}, was {before!r}" for row, before in pairs
    )
    more = "; …" if len(found.relabelled) > _SHOWN else ""
    raise DataError(
        f"The labels of {data.name!r} are not those that its baseline {file!r} was accepted on: "
        f"{len(found.relabelled):,} {_are(len(found.relabelled))} relabelled ({shown}{more}), "
        f"{found.added:,} added, {found.removed:,} removed. If the new labels are right, write the "
        "baseline anew with --accept-update-baseline, or judge both models by them with "
        "allow_relabelled=True."
    )


def notes(found: Match, kept: int, n: int) -> tuple[str, ...]:
    """Return sentences on what is not compared: `kept` of `n` examples are."""
    said = []
    if kept < n:
        said.append(f"{n - kept:,} of {n:,} examples are not in the baseline and are left out")
    if found.removed:
        are = "example of the baseline is" if found.removed == 1 else "examples of the baseline are"
        said.append(f"{found.removed:,} {are} no longer in the data")
    if found.relabelled:
        count = len(found.relabelled)
        said.append(
            f"{count:,} {_are(count)} labelled otherwise than when the baseline was accepted; both "
            "models are judged by today's labels"
        )
    return tuple(said)


def _paired(
    lines: list[int], rows: list[int], then: Sequence[str], now: Sequence[str]
) -> list[int]:
    """Return a line for each row of one text: of the same label if there is one."""
    if len(lines) == 1:
        return lines * len(rows)
    by_label: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        by_label[then[line]].append(line)
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        among = by_label.get(now[row], lines)
        found.append(among[min(seen[now[row]], len(among) - 1)])
        seen[now[row]] += 1
    return found


def _unlike(then: list[str], now: list[str]) -> tuple[Counter[str], Counter[str]]:
    """Return the labels that only the one side has, as often as it has them more."""
    if "" in then or "" in now:
        both = min(len(then), len(now))
        return Counter(then[both:]), Counter(now[both:])
    before, after = Counter(then), Counter(now)
    return before - after, after - before


def _rows_of(rows: list[int], labels: list[str], now: Counter[str], count: int) -> list[int]:
    left = Counter(now)
    found = []
    for row in reversed(rows):
        if left[labels[row]] > 0:
            left[labels[row]] -= 1
            found.append(row)
    return sorted(found)[:count]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
