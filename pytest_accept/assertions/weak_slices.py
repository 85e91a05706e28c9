"""Where is the model worse than overall?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack, overload

from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.judgement import (
    Measurement,
    declare_range,
    metric_range,
    require,
)
from pytest_accept.assertions.regression import unwrapped
from pytest_accept.assertions.slice_question import Metric, Searched, SliceOptions, search
from pytest_accept.errors import SettingError, expected
from pytest_accept.explanation import printable
from pytest_accept.records import Direction, Estimate, Evidence, Verdict, decide

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.slices import Condition

_PRINTED = 12
_SHOWN = 6


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

    given: dict[str, Any] = dict(options)
    over = _over(given, ("columns", "length", "words", "confidence"))
    found = search(model, data, metric=metric, over=over, share=0.02, fewest=50, **given)
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


def assert_no_weak_slice(
    model: Model | Predictions | Any,
    data: Data,
    *,
    metric: Metric = accuracy,
    worse_by: float = 0.1,
    **options: Unpack[SliceOptions],
) -> Verdict:
    """Require that a metric is in no slice worse than overall by more than `worse_by`.

    Accepted if the upper bound of every slice allows it: each at the plain confidence, since all
    must hold. Rejected if some slice is shown to be worse by more, with the search allowed for (see
    `find_weak_slices`). Else inconclusive: it says which slices, and which `worse_by` these data
    would have accepted.

    Slices are those of `find_weak_slices` with at least 10 % of the examples and 100 of them, so
    that 2,000 to 4,000 examples can decide, without pairs and without how sure the model is (where
    it is unsure, a sound model is wrong more often). `min_size=`, `pairs=` and `over=` change that:
    the criterion is about slices of that size. Returns the Verdict; raises AcceptanceFailure if the
    criterion is rejected or (by default) inconclusive.

        def test_no_weak_spot(model, reviews):
            assert_no_weak_slice(model, reviews, worse_by=0.1)
    """
    import numpy as np

    _check(metric, worse_by)
    given: dict[str, Any] = {"pairs": False, **options}
    over = _over(given, ("columns", "length", "words"))
    found = search(model, data, metric=metric, over=over, share=0.1, fewest=100, **given)
    values, lows, highs = found.search.values, found.search.low, found.search.highs(worse_by)
    low, high = float(lows.max()), float(highs.max())
    point = found.overall.method == "point"
    if point:
        lows, highs, low, high = values, values, *[float(values.max())] * 2
    undecided = [k for k in np.argsort(-highs, kind="stable").tolist() if highs[k] > worse_by]
    status = decide(low, high, worse_by, "below")
    notes = [f"the worst of {found.looked_at()}", *found.candidates.notes]
    if status == "inconclusive":
        names = [found.slices[k].name for k in undecided]
        notes.insert(0, _undecided(names, high))
    shown = {
        "rejected": found.telling(
            [k for k in np.argsort(-lows, kind="stable").tolist() if lows[k] > 0]
        ),
        "inconclusive": undecided,
        "accepted": np.argsort(-highs, kind="stable").tolist()[:3],
    }[status]
    binding = int(highs.argmax())

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        from pytest_accept.statistics import Interval, needed_examples

        interval = Interval(
            value=float(values[binding]),
            low=float(lows[binding]),
            high=high,
            confidence=found.overall.confidence,
            n=found.overall.n,
            clusters=found.overall.clusters,
            method=found.search.method,
        )
        return needed_examples(interval, bar), None

    measured = Measurement(
        metric=_title(found.overall),
        value=float(values.max()),
        low=low,
        high=high,
        confidence=found.overall.confidence,
        n=len(found.data),
        clusters=found.overall.clusters,
        method="point" if point else found.search.method,
        higher_is_better=False,
        population=found.data.population,
        options=found.overall.options,
        notes=(*notes, *found.overall.notes),
        model=found.overall.model,
        data=found.overall.data,
        asked=found.overall.asked,
        find_evidence=lambda: _evidence(found, shown[:_SHOWN]),
        plan=plan,
    )
    verdict = measured.judge(float(worse_by), "below")
    require(verdict)
    return verdict


def _over(given: dict[str, Any], usual: tuple[str, ...]) -> tuple[str, ...]:
    over = given.pop("over", None)
    if over is None:
        return usual
    return (over,) if isinstance(over, str) else tuple(over)


def _check(metric: Any, worse_by: Any) -> None:
    """Raise SettingError for a bar that is none for the metric."""
    low, high = metric_range(unwrapped(metric, {})[0].__name__)
    span = high - low
    number = isinstance(worse_by, int | float) and not isinstance(worse_by, bool)
    if number and 0 <= worse_by < span:
        return
    hint = f" Did you mean {worse_by / 100:g}?" if number and 1 <= worse_by <= 100 else ""
    what = "a number of 0 or more" + (f", and less than {span:g}" if span < math.inf else "")
    raise SettingError(expected("worse_by", what, worse_by) + hint)


def _title(overall: Measurement) -> str:
    """Return what is judged, with its range declared."""
    low, high = metric_range(overall.metric)
    kind = "drop" if overall.higher_is_better else "rise"
    title = f"{kind} of {overall.metric} in the worst slice"
    declare_range(title, low - high, high - low)
    return title


def _finding(found: Searched, k: int) -> WeakSlice:
    return WeakSlice(
        name=found.slices[k].name,
        where=found.slices[k].where,
        expression=found.slices[k].expression,
        value=found.value(k),
        overall=found.overall.value,
        worse_by=float(found.search.values[k]),
        low=float(found.search.low[k]),
        high=found.search.high(k),
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
    sizes = sorted({least, min(n // 2, max(least, n // 5))})
    parts = [f"one of {size:,} examples if worse by {found.reach(size):.3f}" for size in sizes]
    return f"a slice would be shown, 4 times in 5: {', '.join(parts)}"


def _undecided(names: list[str], high: float) -> str:
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    enough = math.ceil(high * 1000) / 1000
    return f"undecided: {listed}; worse_by={enough:g} would have been accepted"


def _evidence(found: Searched, places: list[int]) -> tuple[Evidence, ...]:
    """Return the slices by how much worse they are, and what is wrong in the first of them."""
    import numpy as np

    overall = found.overall
    title = f"slices by how much worse {found.name} is than {overall.value:.3f} overall"
    table = Evidence(title=title, parts=tuple(found.part(k) for k in places))
    if not places:
        return ()
    worst = found.slices[places[0]]
    of_worst = found.again(np.flatnonzero(worst.members))
    return (
        table,
        *(
            Evidence(title=f"in {worst.name}: {each.title}", examples=each.examples)
            for each in of_worst.find_evidence()
            if each.examples
        ),
    )
