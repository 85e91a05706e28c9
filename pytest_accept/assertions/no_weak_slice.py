"""Is the model nowhere much worse than overall?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Unpack

from pytest_accept import dry_run
from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.judgement import (
    Measurement,
    declare_range,
    metric_range,
    require,
)
from pytest_accept.assertions.regression import title_of_change, unwrapped
from pytest_accept.assertions.slice_question import Metric, Searched, SliceOptions, search
from pytest_accept.errors import SettingError, expected
from pytest_accept.records import Direction, Evidence, Verdict, decide

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

_SHOWN = 6


@dry_run.required(
    "below", lambda given: float(given["worse_by"]), lambda given: _planned(given["metric"])
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
    _check(metric, worse_by)
    options.setdefault("pairs", False)
    found = search(
        model,
        data,
        metric=metric,
        usual=("columns", "length", "words"),
        share=0.1,
        fewest=100,
        **options,
    )
    verdict = _worst(found, float(worse_by)).judge(float(worse_by), "below")
    require(verdict)
    return verdict


def _worst(found: Searched, worse_by: float) -> Measurement:
    """Return how much worse the worst slice is than overall."""
    import numpy as np

    values, lows, highs = found.search.values, found.search.low, found.search.highs(worse_by)
    least, most = metric_range(found.overall.metric)
    low, high = max(float(lows.max()), least - most), min(float(highs.max()), most - least)
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
        # Not by `highs`: those far below the bar are not exact.
        "accepted": np.argsort(-values, kind="stable").tolist()[:3],
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

    return Measurement(
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


def _planned(metric: Any) -> str:
    """Return what would be judged of a metric that nobody has measured yet."""
    change = title_of_change(unwrapped(metric, {})[0])
    title = f"{change} in the worst slice"
    declare_range(title, *metric_range(change))
    return title


def _title(overall: Measurement) -> str:
    """Return what is judged, with its range declared."""
    low, high = metric_range(overall.metric)
    kind = "drop" if overall.higher_is_better else "rise"
    title = f"{kind} of {overall.metric} in the worst slice"
    declare_range(title, low - high, high - low)
    return title


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
