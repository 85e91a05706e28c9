"""From an estimate to a verdict: judged, recorded, and raised as a failure where it must be."""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, cast

from pytest_accept import dry_run, explanation, recording, settings
from pytest_accept.errors import AcceptanceFailure, SettingError, expected
from pytest_accept.records import (
    Behaviour,
    DataDescription,
    Direction,
    Estimate,
    Evidence,
    Figures,
    ModelDescription,
    Verdict,
    decide,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.assertions.per_example import Kept

P = ParamSpec("P")
M = TypeVar("M")
D = TypeVar("D")
X = TypeVar("X")
F = TypeVar("F", bound=Callable[..., Estimate])

IntervalOf = Literal["share", "share of a label", "share, by cluster", "mean", "mean, by cluster"]
"""What is bounded, if that says how: a share of examples, or one if a single label is asked of, or
a mean within the range. In clusters they count as the examples that they tell as much as; "by
cluster", as one observation each."""

# Metrics that a model's precision moves though its labels stay.
_OF_PROBABILITIES = frozenset(
    (
        "brier_score",
        "counterfactual_score_gap",
        "cross_entropy",
        "expected_calibration_error",
        "overconfidence",
        "probability_difference",
        "probability_shift",
        "roc_auc",
        "token_cross_entropy",
    )
)
_ROUNDED = (
    "precision='cascade': where the label is sure, probabilities are those of bfloat16; only the "
    "labels are those of float32"
)

_RANGES: dict[str, tuple[float, float]] = {}
_DEFINITIONS: dict[str, str] = {}
_INTERVALS: dict[str, IntervalOf] = {}
_IN_PARTS: set[str] = set()


class InconclusiveWarning(UserWarning):
    """A criterion that the data cannot decide, where the settings say to warn of it."""


InconclusiveWarning.__module__ = "pytest_accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(Estimate):
    """An Estimate that knows what it was measured on, so that comparing it explains and records.

    `contributions` returns what each example adds to it, None if nobody says. `refused`: rejected
    whatever the bounds, for the reason that the notes give. `find_evidence_below`: what a person
    would want to see where a metric that is better high must be low; None if it is the same.
    `find_figures`: what reports draw of it, None if there is nothing to draw. `keep` returns what a
    Record keeps of its examples, None if it is not a matter of single examples. `added` returns
    what each adds to it, of all of its data or of the `examples` at these positions alone.
    """

    model: ModelDescription = field(repr=False, compare=False)
    data: DataDescription = field(repr=False, compare=False)
    asked: float = field(repr=False, compare=False)
    find_evidence: Callable[[], tuple[Evidence, ...]] = field(repr=False, compare=False)
    plan: Callable[[float, Direction], tuple[int | None, float | None]] = field(
        repr=False, compare=False
    )
    judged: dict[tuple[float, Direction], Verdict] = field(
        default_factory=dict, repr=False, compare=False
    )
    behaviour: Behaviour | None = field(default=None, repr=False, compare=False)
    contributions: Callable[[], Contributions] | None = field(
        default=None, repr=False, compare=False
    )
    plan_seeds: Callable[[float], int | None] | None = field(
        default=None, repr=False, compare=False
    )
    refused: bool = field(default=False, repr=False, compare=False)
    find_evidence_below: Callable[[], tuple[Evidence, ...]] | None = field(
        default=None, repr=False, compare=False
    )
    find_figures: Callable[[], Figures] | None = field(default=None, repr=False, compare=False)
    keep: Callable[[], Kept | None] | None = field(default=None, repr=False, compare=False)
    added: Callable[[], Contributions] | None = field(default=None, repr=False, compare=False)
    examples: NDArray[np.int64] | None = field(default=None, repr=False, compare=False)

    def judge(self, bar: float, direction: Direction) -> Verdict:
        """Return the verdict on "this is `direction` `bar`" with its evidence, and record it.

        Raises SettingError for a bar outside the range of the metric.
        """
        check_bar(self.metric, bar)
        seconds = time.perf_counter() - self.asked
        verdict = self.judged.get((bar, direction)) or self._verdict(float(bar), direction)
        self.judged[bar, direction] = verdict
        keep = self.keep if settings.current().keep_predictions else None
        kept = None if keep is None else keep()
        recording.record(
            recording.Judged(
                verdict=verdict,
                model=self.model,
                data=self.data,
                seconds=seconds,
                each=None if kept is None else kept.each,
                contents=None if kept is None else kept.contents,
            )
        )
        if verdict.status == "inconclusive" and settings.current().inconclusive == "warn":
            message = explanation.headline(verdict)
            warnings.warn(message, InconclusiveWarning, stacklevel=3)
        return verdict

    def _verdict(self, bar: float, direction: Direction) -> Verdict:
        status = "rejected" if self.refused else decide(self.low, self.high, bar, direction)
        needed, smallest, seeds = None, None, None
        if status == "inconclusive" and self.method != "point":
            needed, smallest = self.plan(bar, direction)
            seeds = None if self.plan_seeds is None else self.plan_seeds(bar)
        return Verdict(
            status=status,
            estimate=self.plain(),
            bar=bar,
            direction=direction,
            population=self.population,
            needed_n=needed,
            needed_seeds=seeds,
            smallest_shown=smallest,
            evidence=self._evidence(direction),
            tolerated=settings.current().inconclusive != "fail",
            behaviour=self.behaviour,
            definition=_DEFINITIONS.get(self.metric, ""),
            figures=None if self.find_figures is None else self.find_figures(),
        )

    def _evidence(self, direction: Direction) -> tuple[Evidence, ...]:
        if direction == "below" and self.find_evidence_below is not None:
            return self.find_evidence_below()
        return self.find_evidence()

    def plain(self) -> Estimate:
        """Return the Estimate alone, which can travel."""
        plain = Estimate(**{each.name: getattr(self, each.name) for each in fields(Estimate)})
        of_probabilities = self.metric.partition("(")[0] in _OF_PROBABILITIES
        if self.model.precision is None or not of_probabilities:
            return plain
        return replace(plain, notes=(*plain.notes, _ROUNDED))


def ranged(
    low: float,
    high: float,
    *,
    interval: IntervalOf | None = None,
    title: dry_run.Title | None = None,
    in_parts: bool = False,
) -> Callable[[F], F]:
    """Declare the range of a metric, so that a bar outside of it is refused before predicting.

    Reports define the metric by the first sentence of its docstring. `interval` and `title` (of
    what is measured, where that is not the function's name) let a run be planned. `in_parts`: it is
    the mean of what each example adds, whatever others there are, so that it may be judged on
    growing parts of the data; its Measurement says what they add.
    """

    def declare(metric: F) -> F:
        _RANGES[metric.__name__] = (low, high)
        if interval is not None:
            _INTERVALS[metric.__name__] = interval
        if in_parts:
            _IN_PARTS.add(metric.__name__)
        _DEFINITIONS[metric.__name__] = " ".join((metric.__doc__ or "").split("\n\n")[0].split())
        return dry_run.measured(title)(_streaming(metric))

    return declare


def _streaming(metric: F) -> F:
    """Return a metric that takes streamed data, or says that it takes none."""

    @functools.wraps(metric)
    def asked(*arguments: Any, **options: Any) -> Any:
        data = options.get("data", arguments[1] if len(arguments) > 1 else None)
        if not getattr(data, "streamed", False):
            return metric(*arguments, **options)
        from pytest_accept.assertions.streamed import measure

        return measure(metric, arguments, options)

    return cast("F", asked)


def declare_range(metric: str, low: float, high: float) -> None:
    """Declare the range of what is made of another metric, by its name."""
    _RANGES[metric] = (low, high)


def metric_range(metric: str) -> tuple[float, float]:
    """Return the smallest and the largest value that a metric can take."""
    return _RANGES.get(metric, (-math.inf, math.inf))


def interval_of(metric: str) -> IntervalOf | None:
    """Return what is bounded of a metric, None if that takes its answers to say."""
    return _INTERVALS.get(metric)


def in_parts(metric: str) -> bool:
    """Return whether a metric may be judged on growing parts of the data."""
    return metric in _IN_PARTS


def check_bar(metric: str, bar: float) -> None:
    """Raise SettingError if `bar` is not a number in the range of `metric`."""
    low, high = metric_range(metric)
    number = isinstance(bar, numbers.Real) and not isinstance(bar, bool)
    if number and low <= bar <= high and math.isfinite(bar):
        return
    between = f"a number between {low:g} and {high:g}"
    what = between if high < math.inf else f"a number of {low:g} or more"
    hint = f" Did you mean {bar / 100:g}?" if number and high == 1 and 1 < bar <= 100 else ""
    raise SettingError(expected("bar", f"{what}, the range of {metric}", bar) + hint)


def require(*verdicts: Verdict) -> None:
    """Raise one AcceptanceFailure that explains every verdict that does not pass."""
    failed = [verdict for verdict in verdicts if not verdict]
    if failed:
        raise AcceptanceFailure(explanation.explain_all(failed), failed)


def above(
    metric: Callable[Concatenate[M, D, P], Estimate],
) -> Callable[Concatenate[M, D, float, P], Verdict]:
    """Return `assert_<metric>_above` for a metric."""
    return _assertion(metric, "above", subjects=2)


def below(
    metric: Callable[Concatenate[M, D, P], Estimate],
) -> Callable[Concatenate[M, D, float, P], Verdict]:
    """Return `assert_<metric>_below` for a metric."""
    return _assertion(metric, "below", subjects=2)


def above_under(
    metric: Callable[Concatenate[M, D, X, P], Estimate],
) -> Callable[Concatenate[M, D, X, float, P], Verdict]:
    """Return `assert_<metric>_above` for a metric of model, data and a perturbation."""
    return cast(
        "Callable[Concatenate[M, D, X, float, P], Verdict]", _assertion(metric, "above", subjects=3)
    )


def below_under(
    metric: Callable[Concatenate[M, D, X, P], Estimate],
) -> Callable[Concatenate[M, D, X, float, P], Verdict]:
    """Return `assert_<metric>_below` for a metric of model, data and a perturbation."""
    return cast(
        "Callable[Concatenate[M, D, X, float, P], Verdict]", _assertion(metric, "below", subjects=3)
    )


def _bound(
    name: str, signature: inspect.Signature, args: tuple[Any, ...], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments of an assertion by name; TypeError where Python would raise it."""
    try:
        return signature.bind(*args, **options).arguments
    except TypeError as error:
        takes = ", ".join(
            each.name for each in signature.parameters.values() if each.name != "options"
        )
        problem = f"the assertion of {name}: {error}. Its arguments: {takes}."
    raise TypeError(problem)


def judge(
    metric: Callable[..., Estimate], given: dict[str, Any], bar: float, direction: Direction
) -> Verdict:
    """Return the verdict on a metric of these arguments, sequentially where that is asked for."""
    from pytest_accept.assertions.sequential import measure

    return measure(metric, given, bar, direction).judge(bar, direction)


def _assertion(
    metric: Callable[..., Estimate], direction: Direction, *, subjects: int
) -> Callable[..., Verdict]:
    """Return the assertion of a metric; the bar follows its first `subjects` arguments."""
    name = metric.__name__
    signature = _signature(metric, subjects)

    @functools.wraps(metric)
    def assertion(*args: Any, **options: Any) -> Verdict:
        given = _bound(name, signature, args, options)
        bar = given.pop("bar")
        check_bar(name, bar)
        options = given.pop("options", {})
        verdict = judge(metric, {**given, **options}, bar, direction)
        require(verdict)
        return verdict

    assertion.__name__ = assertion.__qualname__ = f"assert_{name}_{direction}"
    side = "lower bound is at least" if direction == "above" else "upper bound is at most"
    assertion.__doc__ = (
        f"Require that {name} is {direction} `bar`: that its {side} the bar.\n\n"
        f"    Options are those of `{name}`. Returns the Verdict; raises AcceptanceFailure, with\n"
        "    the verdict, if the criterion is rejected or (by default) inconclusive, and\n"
        f"    SettingError for a bar outside the range of {name}.\n    "
    )
    del assertion.__wrapped__
    assertion.__signature__ = signature  # type: ignore[attr-defined]
    return assertion


def _signature(metric: Callable[..., Any], subjects: int) -> inspect.Signature:
    signature = inspect.signature(metric)
    parameters = list(signature.parameters.values())
    bar = inspect.Parameter("bar", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="float")
    parameters.insert(subjects, bar)
    return signature.replace(parameters=parameters, return_annotation="Verdict")


def explain_comparison(op: str, left: object, right: object) -> list[str] | None:
    """Return the explanation of a comparison of a Measurement with a number, None if it is none."""
    if isinstance(left, Measurement):
        direction: Direction = "above" if op in (">", ">=") else "below"
        estimate, bar = left, right
    elif isinstance(right, Measurement):
        direction = "above" if op in ("<", "<=") else "below"
        estimate, bar = right, left
    else:
        return None
    for (judged_bar, judged_direction), verdict in estimate.judged.items():
        if judged_bar == bar and judged_direction == direction:
            return explanation.explain(verdict).splitlines()
    return None
