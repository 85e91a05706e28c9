"""What a criterion of a plan has in prospect: from which true values on this data decide it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from pytest_accept.explanation import ALL_CASES, SEARCH, SEQUENTIAL, SEQUENTIAL_OF_DATA
from pytest_accept.planning.history import Past
from pytest_accept.planning.posed import PosedCriterion
from pytest_accept.records import Direction, Estimate
from pytest_accept.statistics import Interval, needed_examples, smallest_shown
from pytest_accept.statistics.confidence_sequences import level_of_plans, level_when_looking
from pytest_accept.statistics.power import FEWEST
from pytest_accept.statistics.prospects import (
    best_bound,
    chance_to_show,
    independent_examples,
    moved,
    resized,
    unmeasured_share,
)

Basis = Literal["exact", "spread", "worst", "none"]
"""Where the numbers come from: a binomial law; the width of an earlier interval; the widest that
an interval of a mean in its range can be; or there are none."""

_LIKE_SHARES = (
    "Korn-Graubard", "tilted bootstrap", "placement values", "Dirichlet", "Dirichlet, clustered",
    "Dirichlet, by cluster", "betting", SEQUENTIAL, SEQUENTIAL_OF_DATA,
)  # fmt: skip
"""Methods of intervals that are as wide as those of a share of as many examples as tell as much."""

Decides = Literal["yes", "no", "perhaps", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A line of a plan.

    `accepted_from` and `rejected_from` are true values at or beyond which the criterion would be
    accepted (rejected) 4 times in 5; None if there is none. `true` is a value taken for true, as
    `given` or else as measured before, `accepts` and `rejects` how probable the verdicts are then,
    and `needed` how many examples would decide it 4 times in 5. `reason` says why it is not sure to
    be decidable, or that nothing can be said. `seconds` is what it took, at as many examples.
    """

    posed: PosedCriterion
    past: Past | None
    n: int | None
    basis: Basis
    accepted_from: float | None = None
    rejected_from: float | None = None
    true: float | None = None
    given: bool = False
    accepts: float | None = None
    rejects: float | None = None
    needed: int | None = None
    seconds: float | None = None
    decides: Decides
    reason: str = ""

    @property
    def name(self) -> str:
        """The metric with its options, as the earlier run spelled them."""
        known = None if self.past is None else self.past.criterion.verdict.estimate
        return self.posed.name if known is None else known.name


@dataclass(frozen=True, slots=True)
class _Spread:
    """An interval that stands for those to come, of values in `span` taken to 0..1 if `scaled`."""

    interval: Interval
    basis: Basis
    examples_each: float = 1.0
    scaled: tuple[float, float] | None = None

    def inside(self, value: float) -> float:
        if self.scaled is None:
            return value
        low, high = self.scaled
        return (value - low) / (high - low)

    def outside(self, value: float | None) -> float | None:
        if self.scaled is None or value is None:
            return value
        low, high = self.scaled
        return low + value * (high - low)


def prospect(posed: PosedCriterion, past: Past | None, true: float | None) -> Prospect:
    """Return what a criterion has in prospect; `true` is what a user takes for the true value.

    `past` is the same criterion in an earlier run. Else the true value is what that measured.
    """
    known = None if past is None else past.criterion.verdict.estimate
    n = _observations(posed, known, past)
    about = Prospect(
        posed=posed,
        past=past,
        n=n,
        basis="none",
        true=true if true is not None else None if known is None else known.value,
        given=true is not None,
        seconds=_seconds(posed, past, n),
        decides="unknown",
    )
    if posed.nothing:
        return replace(about, decides="no", reason=posed.nothing)
    these = posed.certain or posed.sequential == "data"
    if these or (known is not None and known.method == ALL_CASES):
        return replace(about, decides="yes", reason="exactly these cases: no value is left open")
    if posed.searched or (known is not None and known.method == SEARCH):
        return replace(
            about, decides="yes", reason="a search: one counterexample rejects, no power to state"
        )
    if posed.point:
        return replace(about, decides="yes", reason="a point estimate: no interval, at any risk")
    wide = posed
    if posed.sequential:
        wide = replace(posed, confidence=level_of_plans(posed.confidence))
    spread = _spread(wide, known, n)
    if spread is None:
        return replace(about, decides=_undecided(posed, n), reason=_unknown(posed, n))
    return replace(_judged(replace(about, posed=wide), spread), posed=posed)


def _judged(about: Prospect, spread: _Spread) -> Prospect:
    """Return the prospect with what the spread tells."""
    posed = about.posed
    bar, interval = spread.inside(posed.bar), spread.interval
    opposite: Direction = "below" if posed.direction == "above" else "above"
    span = (0.0, 1.0) if spread.scaled is not None else posed.span
    accepted = smallest_shown(interval, bar, direction=posed.direction, bounds=span)
    rejected = smallest_shown(interval, bar, direction=opposite, bounds=span)
    decides, reason = _decides(about, spread, accepted)
    judged = replace(
        about,
        basis=spread.basis,
        accepted_from=spread.outside(accepted),
        rejected_from=spread.outside(rejected),
        decides=decides,
        reason=reason,
    )
    if about.true is None:
        return judged
    true = spread.inside(about.true)
    around = moved(interval, true)
    needed = needed_examples(around, bar)
    return replace(
        judged,
        accepts=chance_to_show(around, bar, direction=posed.direction, true=true),
        rejects=chance_to_show(around, bar, direction=opposite, true=true),
        needed=None if needed is None else math.ceil(needed * spread.examples_each),
    )


def _decides(about: Prospect, spread: _Spread, accepted: float | None) -> tuple[Decides, str]:
    posed = about.posed
    only_if = "only if the values vary less than they could"
    if posed.clusters is not None:
        only_if += ", and clusters are not each of one kind"
    shown = spread.outside(accepted)
    if shown is not None:
        # A drop that must be below 0 to be shown small: there is hardly a model like that.
        gain = spread.basis == "worst" and posed.span[0] < 0 and posed.direction == "below"
        return ("perhaps", only_if) if gain and shown < 0 else ("yes", "")
    best = _best(about)
    if best is not None:
        short = best < posed.bar if posed.direction == "above" else best > posed.bar
        if short:
            what, count = "examples", about.n
            if posed.by_cluster and posed.clusters is not None:
                what, count = "clusters", posed.clusters
            more = "more" if posed.direction == "above" else "less"
            return "no", f"even without a fault, {count:,} {what} show no {more} than {best:.4g}"
    if spread.basis == "worst":
        return "perhaps", only_if
    return "perhaps", "no value in the metric's range is far enough from the bar at this spread"


def _best(about: Prospect) -> float | None:
    """Return the best bound that there can be, None if nobody knows."""
    posed, n = about.posed, about.n
    if posed.bounded is None or n is None:
        return None
    # Examples in clusters may tell as much as independent ones, unless a cluster is but one.
    alone = posed.independent is None or not posed.by_cluster
    count = posed.trials or n if alone or posed.independent is None else posed.independent[0]
    return best_bound(
        count, confidence=posed.confidence, direction=posed.direction, span=posed.span
    )


def _spread(posed: PosedCriterion, known: Estimate | None, n: int | None) -> _Spread | None:
    """Return the interval to plan with, None if there is none."""
    if n is None or n < 1:
        return None
    if posed.bounded == "share" and posed.independent is None:
        trials = posed.trials or n
        interval = unmeasured_share(trials, confidence=posed.confidence)
        return _Spread(interval, "exact", examples_each=n / trials)
    usable = None if known is None or known.seeds != posed.seeds else _interval(known)
    return _at_worst(posed, n) if usable is None else _as_before(posed, usable, n)


def _as_before(posed: PosedCriterion, known: Interval, n: int) -> _Spread:
    """Return the interval of values that vary as they did.

    Those in a range vary less the nearer their mean is to an end, about as zeros and ones do: then
    it is so many zeros and ones. A width would be that at the measured value, not at the bar.
    """
    low, high = posed.span
    if math.isfinite(high - low):
        unit = replace(
            known,
            value=(known.value - low) / (high - low),
            low=(known.low - low) / (high - low),
            high=(known.high - low) / (high - low),
        )
        if _is_like_share(posed, unit):
            return _as_share(posed, unit, n)
    sized = resized(known, n, clusters=posed.clusters, confidence=posed.confidence)
    if posed.span[0] >= 0 and math.isinf(posed.span[1]) and 0 < known.value < posed.bar:
        # Losses vary about in proportion to their mean: worse ones are known less well from below.
        below = (sized.value - sized.low) * posed.bar / known.value
        sized = replace(sized, low=sized.value - below)
    return _Spread(sized, "spread")


def _as_share(posed: PosedCriterion, known: Interval, n: int) -> _Spread:
    """Return the interval of as many zeros and ones as told as much, by the size of the data."""
    counts = posed.clusters, known.clusters
    now, before = counts if all(counts) else (n, known.n)
    count = independent_examples(known) * float(now or 1) / float(before or 1)
    return _of_share(posed, count, n, "spread")


def _is_like_share(posed: PosedCriterion, known: Interval) -> bool:
    """Return whether an earlier interval, in 0..1, tells of how many zeros and ones it could be."""
    ends = any(0 < each < 1 and each != known.value for each in (known.low, known.high))
    few = posed.clusters is not None and posed.clusters < FEWEST
    claims = not few or known.method == "Korn-Graubard"
    return known.method in _LIKE_SHARES and ends and claims


def _at_worst(posed: PosedCriterion, n: int) -> _Spread | None:
    """Return the interval of values that vary as much as those in a range can: all at its ends."""
    if posed.bounded is None or not all(map(math.isfinite, posed.span)):
        return None
    return _of_share(posed, n if posed.independent is None else posed.independent[1], n, "worst")


def _of_share(posed: PosedCriterion, count: float, n: int, basis: Basis) -> _Spread:
    """Return the interval of examples that tell as much as `count` independent ones."""
    whole = max(1, math.floor(count))
    interval = unmeasured_share(whole, confidence=posed.confidence)
    scaled = None if posed.span == (0, 1) else posed.span
    return _Spread(interval, basis, examples_each=n / whole, scaled=scaled)


def _interval(known: Estimate) -> Interval | None:
    """Return the interval of an earlier run, None if it is no use."""
    if known.method == "point" or not all(map(math.isfinite, (known.low, known.high))):
        return None
    if known.n < 1 or known.low == known.high:
        return None
    looked = known.method in (SEQUENTIAL, SEQUENTIAL_OF_DATA)
    return Interval(
        value=known.value,
        low=known.low,
        high=known.high,
        confidence=level_when_looking(known.confidence) if looked else known.confidence,
        n=known.n,
        clusters=known.clusters,
        method=known.method,
    )


def _observations(posed: PosedCriterion, known: Estimate | None, past: Past | None) -> int | None:
    """Return of how many observations the interval is, None if unknown.

    If that takes answers, then of as large a share of the data as before.
    """
    if posed.n is not None:
        return posed.n
    if known is None or past is None or not posed.total or not past.total:
        return None
    like = round(known.n * posed.total / past.total)
    return min(like, *(each for each in (posed.at_most, posed.examples) if each is not None))


def _seconds(posed: PosedCriterion, past: Past | None, n: int | None) -> float | None:
    if past is None:
        return None
    before = past.criterion.verdict.estimate.n
    whole = posed.examples if posed.seeds is not None else n
    return past.criterion.seconds * (whole / before if whole and before else 1.0)


def _undecided(posed: PosedCriterion, n: int | None) -> Literal["no", "unknown"]:
    return "no" if posed.n == 0 or n == 0 else "unknown"


def _unknown(posed: PosedCriterion, n: int | None) -> str:
    """Return why nothing can be said."""
    if n is None and posed.some:
        return f"of how many examples, takes a record to say: {posed.some}"
    if n is None:
        return "its population cannot be told without running it"
    return "how wide its interval is takes a record to say"
