"""A criterion as the page shows it: its numbers in words, its figures drawn, its texts marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pytest_accept.explanation import (
    SEARCH,
    claim,
    demonstrated,
    interval,
    measured,
    remedy,
    required,
    rounded_up,
)
from pytest_accept.records import (
    ConfusionMatrix,
    Criterion,
    DataDescription,
    Evidence,
    Example,
    Figures,
    ModelDescription,
    Part,
    Record,
    Verdict,
)
from pytest_accept.reports.html.figures.drawing import again
from pytest_accept.reports.html.figures.history import history
from pytest_accept.reports.html.figures.intervals import Scale, Strip, common_scale, strip
from pytest_accept.reports.html.figures.precision_recall import precision_recall_curve
from pytest_accept.reports.html.figures.reliability import reliability_diagram
from pytest_accept.reports.html.segments import Segment, texts
from pytest_accept.reports.html.visible_text import visible
from pytest_accept.reports.run_history import Past

_Drawn = dict[object, tuple[str, Markup]]

_LONGEST_NAME = 200
_MOST_LABELS = 20
_MOST_CONFUSIONS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """Evidence with its texts in segments and a strip for each part; `seen` are anchor and metric
    of the criterion that shows the same already.
    """

    title: str
    examples: tuple[tuple[Example, list[list[Segment]]], ...]
    parts: tuple[tuple[Part, Markup], ...]
    lines: tuple[str, ...]
    seen: tuple[str, str] | None

    @property
    def has_attributions(self) -> bool:
        """Whether some text shows what its prediction rests on."""
        return any(example.attributions for example, _ in self.examples)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigures:
    """Figures of a verdict. Of many labels the most frequent confusions, (labelled, predicted,
    examples), stand in the place of the matrix.
    """

    confusion: ConfusionMatrix | None = None
    confusions: tuple[tuple[str, str, int], ...] = ()
    reliability: Markup | None = None
    curve: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One criterion on the page. `words` are what a search for it may look for."""

    anchor: str
    criterion: Criterion
    model: ModelDescription
    data: DataDescription
    several_models: bool
    strip: Markup | None
    figures: ShownFigures
    evidence: tuple[ShownEvidence, ...]
    history: Markup | None
    past: Past

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.criterion.verdict

    @property
    def name(self) -> str:
        """The metric, with what a user called a behavioural test."""
        behaviour, metric = self.verdict.behaviour, self.verdict.estimate.metric
        name = f"{behaviour.name}: {metric}" if behaviour and behaviour.name else metric
        return visible(name, _LONGEST_NAME)

    @property
    def population(self) -> str:
        """What it is about, cut where a name would be."""
        return visible(self.verdict.population, _LONGEST_NAME)

    @property
    def options(self) -> str:
        """The options of the metric, cut where a name would be."""
        return visible(self.verdict.estimate.options, _LONGEST_NAME)

    @property
    def measured(self) -> str:
        """The value in digits."""
        return measured(self.verdict)

    @property
    def demonstrated(self) -> str:
        """The bound that the verdict rests on."""
        point = self.verdict.estimate.method == "point"
        return "point only" if point else _signs(demonstrated(self.verdict))

    @property
    def required(self) -> str:
        """The bar with its direction."""
        return _signs(required(self.verdict))

    @property
    def interval(self) -> str:
        """Both bounds, "" if there are none."""
        return interval(self.verdict)

    @property
    def remedy(self) -> list[str]:
        """How far off it is and what would decide it."""
        return remedy(self.verdict)

    @property
    def needs(self) -> str:
        """What would decide it, in a few words; "" if it is decided or nothing is known to."""
        ways = [
            f"about {rounded_up(n):,} {what}"
            for n, what in (
                (self.verdict.needed_n, "examples"),
                (self.verdict.needed_seeds, "seeds"),
            )
            if n is not None
        ]
        return " or ".join(ways)

    @property
    def claim(self) -> list[str]:
        """What it is about, where that is not plain."""
        return claim(self.verdict)

    @property
    def words(self) -> str:
        """What a search may look for, in lower case."""
        parts = (self.name, self.options, self.population)
        capability = self.verdict.behaviour.capability if self.verdict.behaviour else ""
        return " ".join((*parts, capability, self.criterion.test, self.model.name)).lower()


def judged(record: Record, pasts: Sequence[Past], drawn_ones: Collection[int]) -> list[Judged]:
    """Return the criteria of a Record in its order, each with its past in earlier Records.

    `drawn_ones` are the places of those that have their past and their curves drawn.
    """
    seen: dict[Evidence, tuple[str, str]] = {}
    drawn: _Drawn = {}
    scales = _scales(record)
    shown = []
    for number, (criterion, past) in enumerate(zip(record.criteria, pasts, strict=True), start=1):
        anchor, verdict = f"c-{number}", criterion.verdict
        whole = number - 1 in drawn_ones
        shown.append(
            Judged(
                anchor=anchor,
                criterion=criterion,
                model=record.models[criterion.model],
                data=record.data[criterion.data],
                several_models=len(record.models) > 1,
                strip=_strip(anchor, verdict, scales[verdict.estimate.metric]),
                figures=_figures(anchor, verdict.figures if whole else None, drawn),
                evidence=tuple(
                    _evidence(anchor, place, verdict.estimate.name, each, seen)
                    for place, each in enumerate(verdict.evidence)
                    if each.examples or each.parts or each.lines
                ),
                history=history(f"{anchor}-history", past.runs) if past.runs and whole else None,
                past=past,
            )
        )
    return shown


def _scales(record: Record) -> Mapping[str, Scale]:
    """Return an axis for each metric: only values of one metric can be compared by eye."""
    strips: dict[str, list[Strip]] = {}
    for criterion in record.criteria:
        strips.setdefault(criterion.verdict.estimate.metric, []).append(
            _as_strip(criterion.verdict)
        )
    return {metric: common_scale(each) for metric, each in strips.items()}


def _as_strip(verdict: Verdict) -> Strip:
    estimate = verdict.estimate
    return Strip(
        value=estimate.value, low=estimate.low, high=estimate.high,
        bar=verdict.bar, direction=verdict.direction, status=verdict.status,
    )  # fmt: skip


def _strip(anchor: str, verdict: Verdict, scale: Scale) -> Markup | None:
    if verdict.estimate.method == SEARCH:  # counts what was found: no share with an interval
        return None
    bounds = interval(verdict)
    between = f", interval {bounds}" if bounds else ", no interval"
    title = (
        f"{verdict.status}: {verdict.estimate.metric} measured {measured(verdict)}{between}, "
        f"required {_signs(required(verdict))}"
    )
    return strip(f"{anchor}-strip", title, _as_strip(verdict), scale)


def _figures(anchor: str, figures: Figures | None, drawn: _Drawn) -> ShownFigures:
    if figures is None:
        return ShownFigures()
    matrix, bins, curve = figures.confusion, figures.reliability, figures.curve
    many = matrix is not None and len(matrix.labels) > _MOST_LABELS
    return ShownFigures(
        confusion=None if many else matrix,
        confusions=_most_frequent(matrix) if matrix and many else (),
        reliability=(
            _once(drawn, bins, f"{anchor}-bins", lambda name: reliability_diagram(name, bins))
            if any(each.n for each in bins)
            else None
        ),
        curve=(
            _once(drawn, curve, f"{anchor}-curve", lambda name: precision_recall_curve(name, curve))
            if curve is not None and curve.thresholds
            else None
        ),
    )


def _once(drawn: _Drawn, values: object, name: str, draw: Callable[[str], Markup]) -> Markup:
    """Return a figure, drawn only if no criterion before has had the same."""
    if values in drawn:
        before, svg = drawn[values]
        return again(svg, before, name)
    drawn[values] = name, draw(name)
    return drawn[values][1]


def _most_frequent(matrix: ConfusionMatrix) -> tuple[tuple[str, str, int], ...]:
    wrong = [
        (true, predicted, count)
        for true, row in zip(matrix.labels, matrix.counts, strict=True)
        for predicted, count in zip(matrix.labels, row, strict=True)
        if count and true != predicted
    ]
    return tuple(sorted(wrong, key=lambda each: -each[2])[:_MOST_CONFUSIONS])


def _evidence(
    anchor: str, place: int, metric: str, evidence: Evidence, seen: dict[Evidence, tuple[str, str]]
) -> ShownEvidence:
    if evidence in seen:
        return ShownEvidence(
            title=evidence.title, examples=(), parts=(), lines=(), seen=seen[evidence]
        )
    seen[evidence] = anchor, metric
    strips = [Strip(value=each.value, low=each.low, high=each.high) for each in evidence.parts]
    scale = common_scale(strips)
    return ShownEvidence(
        title=evidence.title,
        examples=tuple((each, texts(each)) for each in evidence.examples),
        parts=tuple(
            (part, strip(f"{anchor}-{place}-{row}", _part_title(part), one, scale))
            for row, (part, one) in enumerate(zip(evidence.parts, strips, strict=True))
        ),
        lines=evidence.lines,
        seen=None,
    )


def _signs(said: str) -> str:
    return said.replace(">=", "≥").replace("<=", "≤")


def _part_title(part: Part) -> str:
    name = visible(part.name, 60)
    return f"{name}: {part.value:.3f}, between {part.low:.3f} and {part.high:.3f}"
