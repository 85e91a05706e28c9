"""One metric on many slices of one population: which there are, and how much worse each is."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept import settings
from pytest_accept.assertions.asked import Options, as_data, check_options
from pytest_accept.assertions.contributions import Values
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.regression import unwrapped
from pytest_accept.errors import DataError, SettingError, check_count, expected
from pytest_accept.records import Estimate, Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.data import Data
    from pytest_accept.slices.candidate import Candidate
    from pytest_accept.slices.candidates import Candidates
    from pytest_accept.statistics.slice_gaps import Gaps
    from pytest_accept.statistics.slice_search import SliceSearch

Metric = Callable[..., Estimate]

_FEWEST = 10
_OWN = ("columns", "over", "pairs", "min_size", "words")


class SliceOptions(Options, total=False):
    """The options of a search for weak slices, beside those of its metric.

    `columns`: those whose values make slices; None takes all but texts, labels and clusters, name
    them to have those too. `over`: what slices are made of, of "columns", "length" (of the text, in
    quarters), "words" (that a text has) and "confidence" (of a classifier, in quarters). `pairs`:
    also of two at once. `min_size`: how many examples a slice must have, and leave out: a number,
    or a share below 0.5. `words`: how many of the most frequent ones.
    """

    columns: Sequence[str] | None
    over: Iterable[str] | None
    pairs: bool
    min_size: float | None
    words: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """The slices of a population, and what is known of each; `overall` is of all examples.

    `again(positions)` asks the metric of these examples alone.
    """

    overall: Measurement
    again: Callable[[NDArray[np.int64]], Any]
    data: Data
    candidates: Candidates
    gaps: Gaps
    search: SliceSearch
    asked: tuple[str, ...]

    @property
    def slices(self) -> list[Candidate]:
        """The slices, in the order of the search's arrays."""
        return self.candidates.slices

    @property
    def name(self) -> str:
        """The metric with its options."""
        return self.overall.name

    def size(self, k: int) -> int:
        """Return the number of examples of a slice."""
        return int(self.slices[k].members.sum())

    def value(self, k: int) -> float:
        """Return the metric of a slice."""
        return self.gaps.measure(self.slices[k].members)

    def bounds(self, k: int) -> tuple[float, float]:
        """Return simultaneous bounds of how much worse a slice is, within what is possible."""
        low, high = metric_range(self.overall.metric)
        span = high - low
        return max(float(self.search.low[k]), -span), min(self.search.high(k), span)

    def part(self, k: int) -> Part:
        """Return a slice as evidence: how much worse it is, with simultaneous bounds."""
        low, high = self.bounds(k)
        return Part(
            name=f"{self.slices[k].name} ({self.value(k):.3f})",
            value=float(self.search.values[k]),
            low=low,
            high=high,
            n=self.size(k),
            where=self.slices[k].expression.removeprefix("where="),
        )

    def telling(self, places: Sequence[int]) -> list[int]:
        """Return these slices without the pairs that add nothing to one of their halves.

        A pair stays if it is worse than the rest of every half that is among them, by as many
        standard errors as the search asks of a slice.
        """
        among = set(places)

        def adds(pair: int) -> bool:
            halves = [half for half in self.slices[pair].of if half in among]
            return all(self._excess(pair, half) > self.search.critical for half in halves)

        return [k for k in places if adds(k)]

    def _excess(self, pair: int, half: int) -> float:
        """Return by how many standard errors a pair is worse than the rest of a half."""
        import numpy as np

        inside = self.slices[pair].members
        parts = [self.gaps.worse[inside], self.gaps.worse[self.slices[half].members & ~inside]]
        if min(map(len, parts)) < 2:
            return 0.0
        error = math.sqrt(sum(float(np.var(each, ddof=1)) / len(each) for each in parts))
        gap = float(parts[0].mean() - parts[1].mean())
        return gap / error if error else math.copysign(math.inf, gap)

    def reach(self, size: int) -> float:
        """Return how much worse a slice of this size must be to be shown, 4 times in 5."""
        import numpy as np
        from scipy import stats

        n = len(self.data)
        sizes = np.array([self.size(k) for k in range(len(self.slices))])
        unit = float(np.median(self.search.errors / np.sqrt(1 / sizes - 1 / n)))
        quantiles = self.search.critical + float(stats.norm.ppf(0.8))
        return quantiles * unit * math.sqrt(1 / size - 1 / n)

    def looked_at(self) -> str:
        """Return what was searched, in words."""
        over = self.asked
        listed = " and ".join([", ".join(over[:-1]), over[-1]]) if len(over) > 1 else over[0]
        pairs = ", and pairs" if any(each.of for each in self.slices) else ""
        return (
            f"{len(self.slices):,} slices of {self.candidates.least:,} examples or more "
            f"(over {listed}{pairs})"
        )


def search(
    model: Any,
    data: Data,
    *,
    metric: Metric,
    usual: tuple[str, ...],
    share: float,
    fewest: int,
    over: Iterable[str] | None = None,
    columns: Sequence[str] | None = None,
    pairs: bool = True,
    min_size: float | None = None,
    words: int = 50,
    **options: Any,
) -> Searched:
    """Measure a metric on every slice.

    `usual` is what slices are made of if `over` does not say, and `share` and `fewest` how large
    they must be if `min_size` does not. Raises SettingError for arguments that are none, and a
    metric that does not say what each example adds to it; DataError for data without slices that
    are large enough, or of which the metric is defined.
    """
    import numpy as np

    from pytest_accept.slices.candidates import candidates
    from pytest_accept.statistics.slice_search import search_slices

    if not callable(metric):
        what = "a metric such as pytest_accept.accuracy or pytest_accept.f1"
        raise SettingError(expected("metric", what, metric))
    check_options("a search for weak slices", _OWN, unwrapped(metric, {})[0], options)
    check_count("words", words, least=0)
    if isinstance(columns, str):
        columns = [columns]
    data = as_data(data, options.pop("where", None))
    least = _least(min_size, len(data), share, fewest)
    subject = model.for_data(data) if hasattr(model, "for_data") else model
    overall = metric(subject, data, **options)
    added = contributions_of(overall, len(data))
    assert isinstance(overall, Measurement)
    if over is None:
        sure = _classifies(model)
        over = [each for each in usual if sure or each != "confidence"]
    asked = (over,) if isinstance(over, str) else tuple(over)
    found = candidates(
        model, data, named=columns, over=asked, words=words, pairs=pairs, least=least
    )
    gaps = _gaps(added, overall.higher_is_better)
    found = _defined(found, gaps, overall.metric)
    searched = search_slices(
        gaps.worse,
        np.array([each.members for each in found.slices]),
        gaps.of,
        confidence=overall.confidence,
        seed=settings.current().seed,
        clusters=added.clusters,
    )
    return Searched(
        overall=overall,
        again=lambda positions: metric(
            subject.take(positions) if hasattr(subject, "take") else subject,
            data.take(positions),
            **options,
        ),
        data=data,
        candidates=found,
        gaps=gaps,
        search=searched,
        asked=asked,
    )


def contributions_of(estimate: Estimate, n: int) -> Contributions:
    """Return what each of n examples adds to a metric; SettingError if it does not say."""
    says = getattr(estimate, "contributions", None)
    added: Contributions | None = None if says is None else says()
    if added is not None and len(added.values if isinstance(added, Values) else added.rows) == n:
        return added
    raise SettingError(
        f"{estimate.metric} does not say what each example adds to it, so it cannot be searched "
        "for slices where it is worse. Name the slices and judge each: where=..., or group_gap."
    )


def _gaps(added: Contributions, higher_is_better: bool) -> Gaps:
    from pytest_accept.statistics.slice_gaps import formula_gaps, mean_gaps

    if isinstance(added, Values):
        return mean_gaps(
            added.values, higher_is_better=higher_is_better, bounds=added.bounds, **added.unseen
        )
    return formula_gaps(
        added.rows, added.formula, higher_is_better=higher_is_better, possible=added.possible
    )


def _defined(found: Candidates, gaps: Gaps, metric: str) -> Candidates:
    """Return the slices in which the metric is defined, with a note on the others."""
    from pytest_accept.slices.candidate import without

    lost = {k for k, each in enumerate(found.slices) if math.isnan(gaps.of(each.members).value)}
    if not lost:
        return found
    kept = without(found.slices, lost)
    if not kept:
        raise DataError(f"{metric} is not defined in any slice of these data.")
    names = ", ".join(found.slices[k].name for k in sorted(lost)[:5])
    note = f"{metric} is not defined in {len(lost):,} slices, which are not judged: {names}"
    return replace(found, slices=kept, notes=(*found.notes, note))


def _least(min_size: Any, n: int, share: float, fewest: int) -> int:
    if min_size is None:
        return max(fewest, math.ceil(share * n))
    number = isinstance(min_size, numbers.Real) and not isinstance(min_size, bool)
    if number and 0 < min_size < 0.5:
        return max(_FEWEST, math.ceil(float(min_size) * n))
    if isinstance(min_size, int) and number and min_size >= _FEWEST:
        return min_size
    what = f"a number of examples, {_FEWEST} or more, or a share between 0 and 0.5"
    raise SettingError(expected("min_size", what, min_size))


def _classifies(model: Any) -> bool:
    task = getattr(model, "task", None) or getattr(getattr(model, "model", None), "task", None)
    return task == "text-classification"
