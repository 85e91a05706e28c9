"""An interval on a line with the bar that it must reach: the strips of a forest plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from pytest_accept.records import Direction, Status
from pytest_accept.reports.html.figures.drawing import ACCENT, GRID, INK, MUTED, SOFT, STATUS, draw

_WIDTH, _HEIGHT = 360.0, 36.0
_INSET = 16.0
_MIDDLE, _FOOT, _HEAD = 24.0, 14.0, 34.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What one line shows: a value between its bounds, and the bar with its direction, if any.

    `low == value == high` is a value without an interval; bounds may be infinite. `status` gives
    colour and mark, None is neutral.
    """

    value: float
    low: float
    high: float
    bar: float | None = None
    direction: Direction = "above"
    status: Status | None = None


Scale = tuple[float, float]
_Line = tuple[tuple[float, float], ...]
_Cap = Literal["butt", "round"]


def common_scale(strips: Iterable[Strip]) -> Scale:
    """Return the ends of an axis on which all strips fit, so that they can be compared."""
    numbers = [
        number
        for strip in strips
        for number in (strip.value, strip.low, strip.high, strip.bar)
        if number is not None and math.isfinite(number)
    ]
    if not numbers:
        return 0.0, 1.0
    low, high = min(numbers), max(numbers)
    room = 0.06 * (high - low) or 0.1 * abs(high) or 0.05
    return low - room, high + room


def strip(name: str, title: str, shown: Strip, scale: Scale) -> Markup:
    """Return one strip of a forest plot on the axis from `scale[0]` to `scale[1]`.

    The side of the bar that the criterion asks for is shaded. A bound beyond the axis ends in an
    arrow.
    """
    return draw(name, title, (_WIDTH, _HEIGHT), lambda figure: _paint(figure, shown, scale))


def _paint(figure: Figure, shown: Strip, scale: Scale) -> None:
    canvas = _Canvas(figure, scale)
    canvas.axis()
    if shown.bar is not None and math.isfinite(shown.bar):
        canvas.bar(shown.bar, shown.direction)
    colour = ACCENT if shown.status is None else STATUS[shown.status]
    if shown.low < shown.high:
        low, high = canvas.at(shown.low), canvas.at(shown.high)
        canvas.lines([((low, _MIDDLE), (high, _MIDDLE))], colour, 2.6)
        ends = [
            _end(at, 4 if side * bound > side * limit else 0, -side)
            for at, side, bound, limit in (
                (low, -1, shown.low, scale[0]), (high, 1, shown.high, scale[1])
            )
        ]  # fmt: skip
        canvas.lines(ends, colour, 1.6)
    if math.isfinite(shown.value):
        at = canvas.at(shown.value)
        canvas.lines([((at, _MIDDLE), (at, _MIDDLE))], colour, 8.5, cap="round")


def _end(at: float, arrow: float, way: int) -> _Line:
    """Return the stroke across the end of an interval; of one that goes on, the tip of an arrow."""
    back = at + way * arrow
    return (back, _MIDDLE - 3.5), (at, _MIDDLE), (back, _MIDDLE + 3.5)


def _digits(ticks: Sequence[float]) -> int:
    """Return the fewest digits that say each tick as it is."""
    step = min((after - before for before, after in pairwise(ticks)), default=1.0)
    return max(0, min(9, -math.floor(math.log10(step) + 1e-6)))


class _Canvas:
    """A strip's figure in points, without matplotlib's axes, which would cost most of the time."""

    def __init__(self, figure: Figure, scale: Scale) -> None:
        self.figure, self.scale = figure, scale
        self.points = Affine2D().scale(1 / _WIDTH, 1 / _HEIGHT) + figure.transFigure

    def at(self, number: float) -> float:
        low, high = self.scale
        return _INSET + (min(max(number, low), high) - low) / (high - low) * (_WIDTH - 2 * _INSET)

    def lines(self, lines: Sequence[_Line], colour: str, width: float, cap: _Cap = "butt") -> None:
        """Draw lines as one path: a page has hundreds of strips."""
        gap = (math.nan, math.nan)
        x, y = zip(*(point for line in lines for point in (*line, gap)), strict=True)
        self.figure.add_artist(
            Line2D(
                x, y, transform=self.points, color=colour, linewidth=width, solid_capstyle=cap
            )
        )  # fmt: skip

    def axis(self) -> None:
        low, high = self.scale
        found = MaxNLocator(nbins=4, min_n_ticks=2, steps=[1, 2, 5, 10]).tick_values(low, high)
        ticks = [float(tick) for tick in found if low <= tick <= high]
        digits = _digits(ticks)
        places = [self.at(tick) for tick in ticks]
        line = ((self.at(low), _FOOT), (self.at(high), _FOOT))
        self.lines([line, *(((x, _FOOT - 2.5), (x, _FOOT)) for x in places)], GRID, 0.8)
        for x, tick in zip(places, ticks, strict=True):
            self.figure.text(
                x, 0.5, f"{tick + 0.0:,.{digits}f}",
                transform=self.points, size=10, color=MUTED, ha="center", va="bottom",
            )  # fmt: skip

    def bar(self, number: float, direction: Direction) -> None:
        """Shade the side that is asked for, behind a line with a foot that points there."""
        at, end = self.at(number), _WIDTH - _INSET if direction == "above" else _INSET
        self.figure.add_artist(
            Rectangle(
                (min(at, end), _FOOT), abs(end - at), _HEAD - _FOOT,
                transform=self.points, facecolor=SOFT["accepted"], edgecolor="none",
            )
        )  # fmt: skip
        foot = at + (6 if direction == "above" else -6)
        self.lines([((at, _FOOT), (at, _HEAD), (foot, _HEAD))], INK, 1.4)
