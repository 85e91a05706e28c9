"""A criterion in several runs on one axis: value, bounds and bar of each, the oldest on top."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from pytest_accept.comparison.values import Standing
from pytest_accept.reports.html.figures.drawing import GRID, INK, MUTED, STATUS, draw, label

_WIDTH = 360.0
_ROW, _FOOT, _INSET = 15.0, 16.0, 16.0


def dumbbell(name: str, runs: Sequence[tuple[str, Standing | None]]) -> Markup:
    """Return the standings of a criterion in runs, each with the name of its run.

    A line joins the values from run to run; an earlier value is hollow. Each run has its own bar,
    with a foot on the side that is asked for.
    """
    said = "; ".join(
        f"{label(run)}: {standing.status}, {standing.value:.3f}" if standing else f"{label(run)}: —"
        for run, standing in runs
    )
    size = (_WIDTH, _FOOT + _ROW * len(runs) + 4)
    standings = [standing for _, standing in runs]
    return draw(name, said, size, lambda figure: _Painting(figure, standings, size[1]).paint())


class _Painting:
    """The figure in points: without matplotlib's axes it takes a tenth of the time."""

    def __init__(self, figure: Figure, standings: Sequence[Standing | None], height: float) -> None:
        self.figure, self.standings = figure, standings
        self.points = Affine2D().scale(1 / _WIDTH, 1 / height) + figure.transFigure
        self.low, self.high = _ends(each for each in standings if each is not None)

    def paint(self) -> None:
        self.axis()
        before: tuple[float, float] | None = None
        for row, standing in enumerate(self.standings):
            if standing is None:
                continue
            y = _FOOT + _ROW * (len(self.standings) - row - 0.5)
            self.bar(standing, y)
            here = (self.at(standing.value), y)
            if before is not None:
                self.line((before[0], here[0]), (before[1], y), MUTED, 0.8)
            before = here
        for row, standing in enumerate(self.standings):
            if standing is not None:
                y = _FOOT + _ROW * (len(self.standings) - row - 0.5)
                self.interval(standing, y, last=row == len(self.standings) - 1)

    def at(self, number: float) -> float:
        within = min(max(number, self.low), self.high) if not math.isnan(number) else self.low
        return _INSET + (within - self.low) / (self.high - self.low) * (_WIDTH - 2 * _INSET)

    def line(
        self, x: tuple[float, float], y: tuple[float, float], colour: str, width: float
    ) -> None:
        self.figure.add_artist(Line2D(x, y, transform=self.points, color=colour, linewidth=width))

    def bar(self, standing: Standing, y: float) -> None:
        at = self.at(standing.bar)
        foot = 5 if standing.direction == "above" else -5
        self.line((at, at), (y - _ROW / 2 + 1, y + _ROW / 2 - 1), INK, 1.3)
        self.line((at, at + foot), (y + _ROW / 2 - 1, y + _ROW / 2 - 1), INK, 1.3)

    def interval(self, standing: Standing, y: float, *, last: bool) -> None:
        colour = STATUS[standing.status]
        if standing.low < standing.high:
            self.line((self.at(standing.low), self.at(standing.high)), (y, y), colour, 2.2)
        self.figure.add_artist(
            Line2D(
                [self.at(standing.value)], [y], transform=self.points, linestyle="none",
                color=colour, marker="o", markersize=7, markeredgewidth=1.6,
                fillstyle="full" if last else "none",
            )
        )  # fmt: skip

    def axis(self) -> None:
        y = _FOOT - 2
        self.line((self.at(self.low), self.at(self.high)), (y, y), GRID, 0.8)
        found = MaxNLocator(nbins=4, min_n_ticks=2, steps=[1, 2, 5, 10]).tick_values(
            self.low, self.high
        )
        for tick in found:
            if self.low <= tick <= self.high:
                self.line((self.at(tick), self.at(tick)), (y - 2.5, y), GRID, 0.8)
                self.figure.text(
                    self.at(tick), 1, f"{tick + 0.0:.6g}", transform=self.points, size=9,
                    color=MUTED, ha="center", va="bottom",
                )  # fmt: skip


def _ends(standings: Iterable[Standing]) -> tuple[float, float]:
    numbers = [
        number
        for each in standings
        for number in (each.value, each.low, each.high, each.bar)
        if math.isfinite(number)
    ]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    room = 0.06 * (high - low) or 0.1 * abs(high) or 0.05
    return low - room, high + room
