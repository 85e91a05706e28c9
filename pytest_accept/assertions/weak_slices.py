"""Where is the model worse than overall?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack, overload

from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.slice_question import Metric, Searched, SliceOptions, search
from pytest_accept.errors import SettingError
from pytest_accept.marked_text import printable
from pytest_accept.records import Estimate

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.slices import Condition

_PRINTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakSlice:
    """A population in which a metric is shown to be worse than overall.

    `where` is what to pass as `where=` to any assertion, `expression` the same as text to paste.
    `value` is the metric there, `worse_by` how much worse that is than `overall`, always positive.
    `low` and `high` bound `worse_by`, and hold for all slices that were searched together.
    `p_value` is corrected for the search: how often the worst of so many slices looks as bad if
    none is worse.
    """

    name: str
    where: Condition | Mapping[str, Any]
    expression: str
    value: float
    overall: float
    worse_by: float
    low: float
    high: float
    n: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakSlices(Sequence[WeakSlice]):
    """The weak slices that a search has shown, the surest first. It prints as a table.

    `overall` is the metric of all examples, `searched` the number of slices that were looked at.
    """

    slices: tuple[WeakSlice, ...]
    overall: Estimate
    searched: int
    notes: tuple[str, ...] = ()
    heading: str = field(default="", repr=False)

    @overload
    def __getitem__(self, at: int) -> WeakSlice: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[WeakSlice, ...]: ...
    def __getitem__(self, at: int | slice) -> WeakSlice | tuple[WeakSlice, ...]:
        return self.slices[at]

    def __len__(self) -> int:
        return len(self.slices)

    def __str__(self) -> str:
        shown = self.slices[:_PRINTED]
        cells = [
            (
                printable(each.name, 50),
                f"{each.value:.3f}",
                f"worse by {each.worse_by:.3f}, at least {each.low:.3f}",
                f"n = {each.n:,}",
                printable(each.expression),
            )
            for each in shown
        ]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rows = [
            "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        if len(self.slices) > len(shown):
            rows.append(f"and {len(self.slices) - len(shown):,} more")
        return "\n".join([self.heading, *(f"  {row}" for row in (*rows, *self.notes))])


def find_weak_slices(
    model: Model | Predictions | Any,
    data: Data,
    *,
    metric: Metric = accuracy,
    **options: Unpack[SliceOptions],
) -> WeakSlices:
    """Return the slices of the data in which a metric is shown to be worse than overall.

    Slices are the values of columns, lengths of the text, the words that it has, how sure a
    classifier is, and pairs of these, of at least 2 % of the examples and 50 of them (`min_size`).
    `metric` is any that says what each example adds to it (not roc_auc and
    expected_calibration_error), of any task; options are those of `SliceOptions` and of the metric.

    The search is allowed for: where no slice is worse, something is found in at most
    1 - confidence of all data sets (permutation of the largest Welch statistic; with clusters
    Bonferroni: see `search_slices`). Pairs that add nothing to one of their halves are left out. A
    sound classifier is right less often where it is unsure: with `metric=overconfidence`, slices of
    confidence say where it is not sound.

        for weak in find_weak_slices(model, reviews):
            print(weak.expression, weak.value)

    Raises DataError if no slice is large enough, SettingError for arguments that are none.
    """
    import numpy as np

    if options.get("point"):
        raise SettingError("What is worse is shown by bounds, so find_weak_slices has no point=.")
    found = search(
        model,
        data,
        metric=metric,
        usual=("columns", "length", "words", "confidence"),
        share=0.02,
        fewest=50,
        **options,
    )
    low = found.search.low
    order = [k for k in np.argsort(-low, kind="stable").tolist() if low[k] > 0]
    slices = tuple(_finding(found, k) for k in found.telling(order))
    return WeakSlices(
        slices=slices,
        overall=found.overall.plain(),
        searched=len(found.slices),
        heading=_heading(found, len(slices)),
        notes=(_reach(found), *found.candidates.notes, *found.overall.notes),
    )


def _finding(found: Searched, k: int) -> WeakSlice:
    low, high = found.bounds(k)
    return WeakSlice(
        name=found.slices[k].name,
        where=found.slices[k].where,
        expression=found.slices[k].expression,
        value=found.value(k),
        overall=found.overall.value,
        worse_by=float(found.search.values[k]),
        low=low,
        high=high,
        n=found.size(k),
        p_value=float(found.search.p_values[k]),
    )


def _heading(found: Searched, many: int) -> str:
    said = f"{many:,} of {found.looked_at()} {'is' if many == 1 else 'are'} shown to be worse"
    overall = found.overall
    return (
        f"{found.name} on {overall.population}: {overall.value:.3f} overall (n = {overall.n:,}); "
        f"{said if many else f'none of {found.looked_at()} is shown to be worse'}, all bounds "
        f"together at {100 * overall.confidence:.6g} %"
    )


def _reach(found: Searched) -> str:
    n, least = len(found.data), found.candidates.least
    if math.isinf(found.reach(least)):
        return "with so few clusters no slice could be shown to be worse"
    sizes = sorted({least, min(n // 2, max(least, n // 5))})
    parts = [f"one of {size:,} examples if worse by {found.reach(size):.3f}" for size in sizes]
    return f"a slice would be shown, 4 times in 5: {', '.join(parts)}"
