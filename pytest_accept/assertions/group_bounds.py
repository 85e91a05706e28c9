"""What is measured of each group, with bounds at every confidence that a comparison needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run, settings
from pytest_accept.assertions.contributions import Sums, Values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data.groups import Group
    from pytest_accept.records import Direction, Evidence
    from pytest_accept.statistics import GroupBounds, Interval

Ask = Callable[[float], "Interval"]
"""A confidence -> the interval of a group's value."""

_SHOWN = 20
_NAMED = 10
_USUAL_SIZE = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupFamily:
    """A quantity of each group, within `span`; `sizes` (G,) count the examples that it is `of`.

    `overall` is its value of all examples. `raw` are its bounds as measured; `bounds` claim nothing
    of groups with fewer than `fewest` examples, and of those whose value is not `defined`.
    """

    name: str
    groups: tuple[Group, ...]
    sizes: tuple[int, ...]
    defined: tuple[bool, ...]
    raw: GroupBounds
    bounds: GroupBounds
    span: tuple[float, float]
    fewest: int
    of: str
    overall: float

    def worst(self, *, largest: bool) -> int:
        """Return the position of the group with the smallest, or the largest, value."""
        sign = -1 if largest else 1
        known = [i for i, defined in enumerate(self.defined) if defined]
        return min(known, key=lambda i: sign * float(self.bounds.values[i]))

    def table(
        self,
        label: str,
        confidence: float,
        *,
        largest_first: bool,
        comparisons: int | None = None,
    ) -> Evidence:
        """Return a row for each group with bounds that hold for all (or so many) together.

        Of very many groups the first are shown, and the last.
        """
        from pytest_accept.records import Evidence, Part

        low, high = self.bounds.of_all(confidence, comparisons or len(self.groups))
        rows = [
            Part(
                name=group.name,
                value=float(self.bounds.values[i]),
                low=float(low[i]),
                high=float(high[i]),
                n=self.sizes[i],
                where=group.where,
            )
            for i, group in enumerate(self.groups)
            if self.defined[i]
        ]
        rows.sort(key=lambda part: -part.value if largest_first else part.value)
        order = "largest first" if largest_first else "smallest first"
        title = f"{self.name} by {label}, {order} ({self.overall:.3f} over all)"
        if len(rows) > _SHOWN:
            rows = [*rows[: _SHOWN - 1], rows[-1]]
            title = f"{title}; {_SHOWN - 1} of {len(self.groups):,} groups and the last"
        return Evidence(title=title, parts=tuple(rows))

    @property
    def small(self) -> tuple[str, ...]:
        """The groups that are too small to claim anything of, with their sizes."""
        pairs = zip(self.groups, self.sizes, strict=True)
        return tuple(f"{g.name!r} ({size:,})" for g, size in pairs if size < self.fewest)

    def notes(self) -> tuple[str, ...]:
        """Return what is to be known of groups of which too little, or nothing, is."""
        notes = []
        if self.small:
            notes.append(
                f"groups with fewer than {self.fewest:,} {self.of}, of which nothing is claimed: "
                + listed(self.small)
            )
        groups = zip(self.groups, self.defined, strict=True)
        unknown = [repr(group.name) for group, defined in groups if not defined]
        if unknown:
            notes.append(
                f"{self.name} is not defined on so few, and left out of the value: "
                + listed(unknown)
            )
        return tuple(notes)


def listed(names: Sequence[str]) -> str:
    """Return names with commas; of very many the first, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def family(
    name: str,
    groups: tuple[Group, ...],
    asks: Sequence[Ask | None],
    sizes: Sequence[int],
    *,
    confidence: float,
    comparisons: int,
    span: tuple[float, float],
    min_group_size: int,
    alike: NDArray[np.float64] | None,
    overall: float,
    of: str = "examples",
) -> GroupFamily:
    """Return what is measured of each group; of a group without an `ask` nothing is known."""
    import numpy as np

    from pytest_accept.statistics import GroupBounds, needed_levels

    levels = needed_levels(confidence, comparisons)
    columns = [_bounds(ask, confidence, levels, span) for ask in asks]
    known = np.array([value for value, _, _ in columns if value is not None])
    # In the middle of the others, a value that is not known is neither largest nor smallest.
    middle = float(np.sort(known)[len(known) // 2])
    raw = GroupBounds(
        values=np.array([middle if value is None else value for value, _, _ in columns]),
        levels=levels,
        low=np.stack([low for _, low, _ in columns], axis=1),
        high=np.stack([high for _, _, high in columns], axis=1),
        alike=alike,
    )
    small = np.array(sizes) < min_group_size
    bounds = replace(
        raw,
        low=np.where(small, span[0], raw.low),
        high=np.where(small, span[1], raw.high),
    )
    return GroupFamily(
        name=name,
        groups=groups,
        sizes=tuple(sizes),
        defined=tuple(value is not None for value, _, _ in columns),
        raw=raw,
        bounds=bounds,
        span=span,
        fewest=min_group_size,
        of=of,
        overall=overall,
    )


def _bounds(
    ask: Ask | None,
    confidence: float,
    levels: NDArray[np.float64],
    span: tuple[float, float],
) -> tuple[float | None, NDArray[np.float64], NDArray[np.float64]]:
    """Return a group's value, and its low and high at each level."""
    import numpy as np
    from scipy import stats

    from pytest_accept.statistics import COMPUTED, extended_bounds

    if ask is None:
        return None, np.full(len(levels), span[0]), np.full(len(levels), span[1])
    own = ask(confidence)
    if own.method not in COMPUTED:
        return own.value, *extended_bounds(own, levels, bounds=span)
    chances = stats.norm.cdf(levels)
    found = [own if abs(c - confidence) < 1e-9 else ask(float(c)) for c in chances]
    lows, highs = ([getattr(each, side) for each in found] for side in ("low", "high"))
    return own.value, np.array(lows), np.array(highs)


def influences(contributions: Any, n: int) -> NDArray[np.float64] | None:
    """Return what each of n examples does to a metric (n,), summing to 0; None if unknown."""
    import numpy as np

    from pytest_accept.statistics.tables import example_influence

    if isinstance(contributions, Values) and len(contributions.values) == n:
        return np.asarray(contributions.values - contributions.values.mean(), dtype=np.float64)
    if not isinstance(contributions, Sums) or len(contributions.rows) != n:
        return None
    cells, inverse = np.unique(contributions.rows, axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), minlength=len(cells)).astype(np.float64)
    found = example_influence(cells, counts, contributions.formula)[inverse.ravel()]
    return np.asarray(found - found.mean(), dtype=np.float64)


def grouped_options(label: str, options: str, min_group_size: int) -> str:
    """Return a metric's options with those that all questions about groups have."""
    size = "" if min_group_size == _USUAL_SIZE else f"min_group_size={min_group_size}"
    return ", ".join(each for each in (f"group={label}", options, size) if each)


def plan_groups(groups: Sequence[Group], sizes: Sequence[int], least: int) -> None:
    """Say for a dry run that groups with few examples keep a criterion from being accepted."""
    few = [
        f"{each.name!r} ({size:,})"
        for each, size in zip(groups, sizes, strict=True)
        if size < least
    ]
    if few:
        dry_run.concludes_nothing(
            f"nothing is claimed of groups of fewer than min_group_size={least:,} examples: "
            f"{listed(few)}"
        )


def plan_by(
    interval: Interval,
    families: Sequence[GroupFamily],
    bounds: tuple[float, float],
    *,
    noise: float = 0.0,
) -> Callable[[float, Direction], tuple[int | None, float | None]]:
    """Return what says how many examples would decide, and what these could have shown.

    Groups that happen to measure the same are at an end of what a gap can be, but not for want of
    variance: there the side without room counts as wide as the other. Of groups that are too small
    nothing is said: more examples like these leave out what is missing. Nor is it where the bar is
    missed by no more than what `noise` alone adds: then more examples might decide either way.
    """
    import numpy as np

    from pytest_accept.statistics import needed_examples, smallest_shown

    value, low, high = interval.value, interval.low, interval.high
    if any(not np.isin(each.raw.values, each.span).any() for each in families):
        low = 2 * value - high if low == value else low
        high = 2 * value - low if high == value else high
    learned = replace(interval, low=low, high=high)

    def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
        if any(each.small for each in families):
            return None, None
        shown = smallest_shown(learned, bar, direction=direction, bounds=bounds)
        missed = value - bar if direction == "below" else bar - value
        return None if 0 < missed <= noise else needed_examples(learned, bar), shown

    return plan


def by_noise(
    families: Sequence[GroupFamily],
    measure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    confidence: float,
) -> float:
    """Return what groups that do not differ would measure by noise alone, infinity if unknown.

    `measure` takes drawn values (R, G) to what is measured (R,); of several families the largest.
    """
    import numpy as np

    from pytest_accept.statistics import values_by_noise

    seed = settings.current().seed
    drawn = [
        measure(np.clip(values_by_noise(each.raw, confidence=confidence, seed=seed), *each.span))
        for each in families
    ]
    return float(np.max(drawn, axis=0).mean())


def noise_note(noise: float, asked: str) -> tuple[str, ...]:
    """Return a note on what groups that do not differ would measure.

    It names what is `asked`, because the summary of a run shows the notes of all criteria together.
    """
    if not math.isfinite(noise):
        return ()
    return (f"groups that do not differ would measure about {noise:.3f} by noise alone ({asked})",)
