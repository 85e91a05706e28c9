"""A criterion on a mean or a rate that asks the model no more once it is decided."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pytest_accept import dry_run, settings
from pytest_accept.assertions.asked import BY_TEXT, as_data, repeats
from pytest_accept.assertions.judgement import Measurement, in_parts, interval_of
from pytest_accept.errors import SettingError, expected
from pytest_accept.explanation import ALL_CASES
from pytest_accept.records import LOOKED, Direction, Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.statistics import ConfidenceSequence

Claim = Literal["population", "data"]

FIRST = 64
"""Examples of the first part; of fewer, a criterion is judged at once."""

_GROWTH = 1.4
_ROUNDING = 1e-9


def measure(
    metric: Callable[..., Estimate], given: Mapping[str, Any], bar: float, direction: Direction
) -> Estimate:
    """Return the Estimate of a metric that is to be `direction` `bar`; `given` are its arguments.

    With `sequential` among them, or set for the run, of growing parts of the data in a random order
    that depends on the data and the seed alone, until the bounds of a confidence sequence decide.
    What cannot be judged in this way is measured on all examples, and a note says why.

    Raises SettingError for a `sequential` that is none, or one that was asked for of a metric that
    is no mean over examples.
    """
    given = dict(given)
    asked = given.pop("sequential", None)
    claim = claimed(asked)
    if claim is None:
        return metric(**given)
    name = metric.__name__
    if asked is not None and not in_parts(name):
        raise SettingError(
            f"{name} cannot be judged sequentially: it is no mean of what each example adds, or "
            f"what it asks is not told by parts of the data. Leave out sequential={asked!r}; what "
            "--accept-sequential asks for does not touch it."
        )
    if asked is not None and given.get("point"):
        raise SettingError(
            f"sequential={asked!r} stops when bounds decide, and point=True asks for no bounds. "
            "Leave one of them out."
        )
    if not in_parts(name):
        return _noted(metric(**given), f"{name} is no mean of what each example adds")
    place = _place_of_data(metric, given)
    if getattr(given[place], "streamed", False):
        return _noted(metric(**given), "they are streamed")
    data = as_data(given[place], given.get("where"))
    why = _why_at_once(given, data)
    if claim == "data" and str(interval_of(name)).endswith("by cluster"):
        why = why or "how many of them an edit changes is not known before"
    if dry_run.current() is not None:
        if not why:
            dry_run.stops_early(claim)
        return metric(**given)
    given = {**given, place: data, "where": None}
    if why:
        return _noted(metric(**given), why)
    return _Looking(metric, given, place, data, float(bar), direction, claim).measured()


def claimed(asked: Any) -> Claim | None:
    """Return what a sequential criterion is about, None if it is to be judged at once.

    `asked` None: what is set for the run. Raises SettingError for what is none of the choices.
    """
    chosen = settings.current().sequential if asked is None else asked
    if chosen is True or chosen == "population":
        return "population"
    if chosen == "data":
        return "data"
    if chosen is False or (asked is None and chosen == "off"):
        return None
    raise SettingError(expected("sequential", "True, False, 'population' or 'data'", asked))


def _place_of_data(metric: Callable[..., Estimate], given: Mapping[str, Any]) -> str:
    """Return the name of the argument that is the data: the first one after the model."""
    return "data" if "data" in given else list(given)[1]


def _why_at_once(given: Mapping[str, Any], data: Data) -> str:
    """Return why a criterion on a mean is judged on all examples at once, "" if it need not be."""
    from pytest_accept.loading import Model

    subject = next(iter(given.values())) if "model" not in given else given["model"]
    if given.get("point"):
        return "a point estimate has no bounds that could decide earlier"
    if not isinstance(subject, Model):
        return "these predictions are at hand"
    if len(data) <= FIRST:
        return "there are so few of them"
    column = "text" if given.get("cluster") is None and repeats(data) else given.get("cluster")
    if data.clusters(column) is not None:
        return "they come in clusters"
    return ""


@dataclass
class _Looking:
    """A metric on its way through the data."""

    metric: Callable[..., Estimate]
    given: dict[str, Any]
    place: str
    data: Data
    bar: float
    direction: Direction
    claim: Claim

    def measured(self) -> Estimate:
        """Look at growing parts until what they show decides, or all is seen."""
        order = shared_order(self.data)
        found = first = self._of_part(order[:FIRST])
        sequence = self._begun(first)
        if sequence is None:
            return _noted(self.metric(**self.given), "parts of them do not tell what they add")
        looked = 0
        for size in sizes(len(order)):
            found = first if size == FIRST else self._of_part(order[:size])
            added = self._added(found, order[looked:size], order[:size])
            if added is None:
                continue
            at, values = added
            path = sequence.add(values).max(axis=0)
            if sequence.shows:
                break
            known = self.claim == "data" and size == len(order)
            if not known and path.max(initial=0.0) > sequence.goal + _ROUNDING:
                # Shown on the way, and no more at the end: what came after that is left out.
                cut = order[: looked + int(at[path.argmax()]) + 1]
                part, again = self._of_part(cut), self._begun(first)
                added = self._added(part, cut, cut)
                if added is not None and again is not None:
                    again.add(added[1])
                    return self._told(replace(part, asked=first.asked), again, len(cut), size)
            looked = size
        seen = replace(found, asked=first.asked)
        if looked < size and not sequence.shows:
            # The metric concludes nothing, and was asked too often to be asked anew.
            low, high = sequence.bounds
            return replace(seen, low=low, high=high)
        return self._told(seen, sequence, size, size)

    def _of_part(self, positions: NDArray[np.int64]) -> Measurement:
        import numpy as np

        whole = len(positions) == len(self.data)
        part = self.data if whole else self.data.take(np.sort(positions))
        found = self.metric(**{**self.given, self.place: part})
        if not isinstance(found, Measurement):
            raise SettingError(
                f"{self.metric.__name__} is declared to be judged by parts, but it says nothing of "
                "what each example adds: return what `answer(..., contributions=…)` does."
            )
        return found

    def _added(
        self, found: Measurement, new: NDArray[np.int64], seen: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """Return which of the `new` examples the metric counts, and what they add, in their order.

        None if that cannot be told.
        """
        import numpy as np

        from pytest_accept.assertions.contributions import Values

        added = None if found.added is None else found.added()
        told = np.sort(seen) if found.examples is None else np.sort(seen)[found.examples]
        if not isinstance(added, Values) or found.refused or len(told) != len(added.values):
            return None
        at = np.minimum(np.searchsorted(told, new), len(told) - 1)
        counted = np.flatnonzero(told[at] == new)
        return counted, np.asarray(added.values[at[counted]], np.float64)

    def _begun(self, found: Measurement) -> ConfidenceSequence | None:
        """Return the sequence for what the first part adds, None if it must be judged at once."""
        import numpy as np

        from pytest_accept.assertions.contributions import Values
        from pytest_accept.statistics import ConfidenceSequence

        added = None if found.added is None else found.added()
        if not isinstance(added, Values) or found.refused or found.method.startswith(ALL_CASES):
            return None
        clustered = added.clusters is not None and BY_TEXT not in found.notes
        # How many examples of the data count, somebody would have to say of all of them.
        uncounted = found.examples is not None and self.claim == "data"
        if clustered or uncounted or not np.isfinite(added.bounds).all():
            return None
        return ConfidenceSequence(
            bar=self.bar,
            bounds=added.bounds,
            confidence=found.confidence,
            most=len(self.data),
            finite=self.claim == "data",
        )

    def _told(
        self, found: Measurement, sequence: ConfidenceSequence, size: int, asked: int
    ) -> Measurement:
        """Return the Measurement of the first `size` examples, with the bounds of the sequence."""
        interval, n = sequence.interval(), len(self.data)
        everything = self.claim == "data" and size == n

        def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
            needed = sequence.needed()
            more = None if needed is None else max(needed, n + 1)
            return more, sequence.smallest_shown(direction)

        of = f"{size:,} of {n:,} examples" if size < n else f"all {n:,} examples"
        about = (
            f"it is about exactly these {n:,} examples"
            if self.claim == "data"
            else "it is about further examples like these"
        )
        more_asked = f" ({asked:,} were asked for)" if asked > size else ""
        shown = LOOKED[0] if everything or sequence.shows else LOOKED[1]
        return replace(
            found,
            value=interval.value,
            low=interval.low,
            high=interval.high,
            n=interval.n,
            clusters=None,
            method=ALL_CASES if everything else interval.method,
            notes=(
                f"{shown}{of} in a random order{more_asked}; {about}",
                *(each for each in found.notes if each != BY_TEXT),
            ),
            plan=plan,
            # How many there are depends on what they say: no sample for another question.
            keep=found.keep if everything else None,
        )


def shared_order(data: Data) -> NDArray[np.int64]:
    """Return the positions of examples (n,) in the random order in which they are looked at.

    It depends on the seed and on the whole table, of which a slice keeps the order, so that all
    criteria ask for the same examples first.
    """
    import numpy as np

    key = f"{settings.current().seed}\0{data.describe().fingerprint}".encode()
    seed = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big")
    ranks = np.random.default_rng(seed).permutation(data.total)
    return np.argsort(ranks[data.rows]).astype(np.int64)


def sizes(n: int) -> Iterator[int]:
    """Yield how many of `n` examples each look sees: two fifths more than the one before it.

    The last look sees all; it is not left with less than a tenth of what was seen.
    """
    size = FIRST
    while size * 1.1 < n:
        yield size
        size = round(size * _GROWTH)
    yield n


def _noted(estimate: Estimate, why: str) -> Estimate:
    if dry_run.current() is not None:
        return estimate
    return replace(estimate, notes=(*estimate.notes, f"judged on all examples at once: {why}"))
