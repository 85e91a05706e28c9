"""The interval of a change on the same examples, as `metric_drop` has it within one run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pytest_accept.assertions.contributions import Contributions, Sums, Values, change_interval
from pytest_accept.assertions.drops import other_tokens
from pytest_accept.baseline.contents import content_hash
from pytest_accept.comparison.common import Common, common
from pytest_accept.comparison.kept import Kept, kept
from pytest_accept.comparison.tables import TABLES, table_drop
from pytest_accept.comparison.values import SAME_MODEL, Paired
from pytest_accept.errors import DataError
from pytest_accept.explanation import ALL_CASES, STOPPED_EARLY
from pytest_accept.matching import Judged
from pytest_accept.records import Example
from pytest_accept.statistics import (
    COMPUTED,
    Interval,
    extended_bounds,
    paired_proportion_interval,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 5
_NOTHING_KEPT = "--accept-keep-predictions was not given"
_NOT_BY_EXAMPLE = "the estimate is not one to which each example adds something"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """A criterion in two runs, with the examples that they have in common."""

    old: Judged
    new: Judged
    both: Common

    def measured(self, confidence: float, *, among: int = 1) -> Interval:
        """Return the interval of the drop: how much worse the newer run is.

        It is at the confidence, or, `among` several, at that at which all of them hold together:
        computed where it can be, else extended, since what is drawn holds no quantiles so far out.
        """
        alone = self._drop(confidence)
        if among == 1:
            return alone
        surer = 1 - (1 - confidence) / among
        if alone.method in COMPUTED:
            return self._drop(surer)
        ends = [each.added.bounds for each in (self.both.old, self.both.new)]
        reach = max(high for _, high in ends) - min(low for low, _ in ends)
        level = np.array([stats.norm.ppf(surer)])
        low, high = extended_bounds(alone, level, bounds=(-reach, reach))
        return replace(alone, low=float(low[0]), high=float(high[0]), confidence=surer)

    def _drop(self, confidence: float) -> Interval:
        old, new = self.both.old.added, self.both.new.added
        estimate = self.new.criterion.verdict.estimate
        seed = self.new.record.settings.get("seed")
        seed = seed if isinstance(seed, int) and 0 <= seed < 2**63 else 0
        if estimate.metric == "accuracy" and isinstance(old, Values) and isinstance(new, Values):
            right = [each.values == 1 for each in (new, old)]
            return paired_proportion_interval(*right, confidence=confidence, clusters=new.clusters)
        if estimate.metric in TABLES and isinstance(old, Sums) and isinstance(new, Sums):
            return table_drop(self.old, self.new, old, new, confidence=confidence, seed=seed)
        better, worse = (old, new) if estimate.higher_is_better else (new, old)
        change = _minus(better, worse)
        return change_interval(change, change.bounds, confidence=confidence, seed=seed)

    def notes(self) -> tuple[str, ...]:
        """Return what must be known of the change: tokens that are not the same."""
        old, new = self.both.old.added, self.both.new.added
        if isinstance(old, Values) or isinstance(new, Values):
            return ()
        return other_tokens(self.new.criterion.verdict.estimate.metric, old.minus(new))

    def moved(self) -> NDArray[np.float64] | None:
        """Return by how much each example got worse (n,), None if the metric is no mean."""
        old, new = self.both.old.added, self.both.new.added
        if not isinstance(old, Values) or not isinstance(new, Values):
            return None
        rose = new.values - old.values
        return -rose if self.new.criterion.verdict.estimate.higher_is_better else rose


def _minus(one: Contributions, other: Contributions) -> Contributions:
    if isinstance(one, Values) and isinstance(other, Values):
        return one.minus(other)
    if isinstance(one, Sums) and isinstance(other, Sums):
        return one.minus(other)
    raise DataError("the runs keep the metric in different forms.")


def pair(old: Judged, new: Judged) -> Pair | str:
    """Return the two with their common examples, or why a paired interval cannot be had.

    Raises DataError for records whose examples are damaged.
    """
    estimates = [each.criterion.verdict.estimate for each in (old, new)]
    if same_model(old, new) and old.table.fingerprint == new.table.fingerprint:
        return SAME_MODEL
    if any(each.method in STOPPED_EARLY for each in estimates):
        return "how many examples it took depended on what they were (sequential)"
    for judged in (old, new):
        if judged.criterion.each is None:
            said = judged.record.contents or judged.record.settings.get("keep_predictions")
            return _NOT_BY_EXAMPLE if said else _NOTHING_KEPT
    methods = [each.method for each in estimates]
    if any(each.startswith(f"{ALL_CASES}, ") for each in methods):
        return "it is about edits drawn of exactly these cases, which has no paired interval"
    if len({each == ALL_CASES for each in methods}) > 1:
        return "it is about exactly these cases in one run only"
    before, now = kept(old), kept(new)
    assert isinstance(before, Kept)
    assert isinstance(now, Kept)
    both = common(before, now)
    return both if isinstance(both, str) else Pair(old=old, new=new, both=both)


def same_model(old: Judged, new: Judged) -> bool:
    """Return whether two runs judged one model, computing in the same way on the same device."""
    one, other = (replace(each.described, name="", source="") for each in (old, new))
    return one == other and one.fingerprint is not None


def paired(pair: Pair, confidence: float, *, among: int = 1) -> Paired | str:
    """Return the change of the estimate on the same examples, or why there is none.

    `confidence` is that of each bound by itself, or of all of them together, `among` so many. Of
    exactly these cases it is no estimate, so the bounds are the change.
    """
    estimate = pair.new.criterion.verdict.estimate
    try:
        drop = pair.measured(confidence, among=among)
    except (ValueError, DataError) as error:
        return f"no interval of the change: {error}"
    if estimate.method == ALL_CASES:
        drop = replace(drop, low=drop.value, high=drop.value, method=ALL_CASES, clusters=None)
    sign = -1 if estimate.higher_is_better else 1
    ends = sorted((sign * drop.low, sign * drop.high))
    moved = pair.moved()
    return Paired(
        value=sign * drop.value + 0.0,
        low=ends[0] + 0.0,
        high=ends[1] + 0.0,
        confidence=drop.confidence,
        n=drop.n,
        clusters=drop.clusters,
        method=drop.method,
        lost=None if moved is None else int((moved > 0).sum()),
        gained=None if moved is None else int((moved < 0).sum()),
        left_out=pair.both.only_new + pair.both.relabelled,
        worse_examples=() if moved is None else tuple(_worse(pair, moved)),
    )


def _worse(pair: Pair, moved: NDArray[np.float64]) -> Iterable[Example]:
    """Return evidence of the newer run on examples that got worse, the most first."""
    texts = pair.both.new.texts
    order = np.argsort(-moved, kind="stable")
    worse = {int(texts[at]): place for place, at in enumerate(order.tolist()) if moved[at] > 0}
    found: dict[int, Example] = {}
    for evidence in pair.new.criterion.verdict.evidence:
        for example in evidence.examples:
            text = int(content_hash(example.text), 16)
            if text in worse:
                found.setdefault(text, example)
    return [found[text] for text in sorted(found, key=worse.__getitem__)][:_SHOWN]
