"""What a comparison of runs says: frozen values, JSON-safe, from which every form of it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pytest_accept.records import Direction, Example, Status

Fate = Literal["worse", "better", "same", "new", "gone", "absent"]
"""What became of a verdict; "absent": neither of two runs has the criterion."""

Shown = Literal["worse", "better", "perhaps worse", "perhaps better", ""]
"""What a paired interval shows: "perhaps" if only by itself, not among all that are compared."""


SAME_MODEL = "both runs judged the same model on the same data"
"""Why there is no interval of a change where nothing that is compared could have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One of the runs: the file of its Record, when it was, and how its criteria ended.

    `models` are its models, each as "name (fingerprint)".
    """

    name: str
    started: str
    accepted: int
    rejected: int
    inconclusive: int
    models: tuple[str, ...]
    keeps_predictions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a criterion stood in one run: the verdict, and what it rests on."""

    status: Status
    bar: float
    direction: Direction
    value: float
    low: float
    high: float
    confidence: float
    n: int
    clusters: int | None
    method: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """By how much an estimate changed on the examples that two runs have in common.

    `value` is the newer one less the older one, `low` and `high` one-sided bounds of it at
    `confidence`, each by itself. `shown` says whether it got better or worse. Of a mean, `lost` and
    `gained` are how many examples got worse and better, else None. `left_out` counts examples of
    the newer run that the older one lacks. `worse_examples` are those that got worse and whose text
    the newer Record has, as evidence.
    """

    value: float
    low: float
    high: float
    confidence: float
    n: int
    clusters: int | None
    method: str
    shown: Shown = ""
    lost: int | None = None
    gained: int | None = None
    left_out: int = 0
    worse_examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a criterion from one run to another.

    `difference` is the newer value less the older one, None if one is missing; `paired` its
    interval on the same examples, `unpaired` why there is none. `by_old_bar` is what the newer
    estimate comes to by the older bar, where the bar was moved. `notes` say what else differs.
    """

    fate: Fate
    difference: float | None = None
    paired: Paired | None = None
    unpaired: str = ""
    by_old_bar: Status | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A criterion over the runs, the oldest first: None where a run lacks it.

    `steps` are the changes from each run to the next, `overall` from the first to the last.
    """

    test: str
    name: str
    population: str
    data: str
    direction: Direction
    higher_is_better: bool
    standings: tuple[Standing | None, ...]
    steps: tuple[Change, ...]
    overall: Change
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something besides the verdicts in which runs differ: `values` has one for each run."""

    kind: Literal["model", "data", "setting", "version", "test"]
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs compared, the oldest first. `notes` are what must be known before any number is."""

    runs: tuple[Run, ...]
    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def got_worse(self) -> tuple[Line, ...]:
        """The criteria whose verdict got worse from the first run to the last, or that are gone."""
        return tuple(each for each in self.lines if each.overall.fate in ("worse", "gone"))
