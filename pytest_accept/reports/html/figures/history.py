"""A criterion over several runs: value, interval and bar of each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.markers import CARETDOWNBASE, CARETUPBASE
from matplotlib.ticker import MaxNLocator

from pytest_accept.records import Verdict
from pytest_accept.reports.html.figures.drawing import (
    GRID,
    INK,
    STATUS,
    axes,
    dot,
    draw,
    label,
)

_MOST_LABELS = 8


def history(name: str, runs: Sequence[tuple[str, Verdict]]) -> Markup:
    """Return the verdicts on one criterion over runs, each with the words that name the run.

    The bar is drawn as it was at each run, with a mark on the side that is asked for.
    """
    said = "; ".join(
        f"{label(when)}: {verdict.status}, {verdict.estimate.value:.3f}" for when, verdict in runs
    )
    title = f"Over {len(runs):,} runs. {said}"
    return draw(name, title, (640, 190), lambda figure: _paint(figure, runs))


def _paint(figure: Figure, runs: Sequence[tuple[str, Verdict]]) -> None:
    plot = axes(figure, left=52, bottom=24, right=14)
    for at, (_, verdict) in enumerate(runs):
        estimate, colour = verdict.estimate, STATUS[verdict.status]
        finite = [each for each in (estimate.low, estimate.high) if math.isfinite(each)]
        ends = finite if len(finite) == 2 else [*finite, estimate.value]
        if math.isfinite(estimate.value):
            plot.vlines(at, min(ends), max(ends), color=colour, linewidth=2.4)
            dot(plot, at, estimate.value, 7, colour)
        plot.hlines(verdict.bar, at - 0.3, at + 0.3, color=INK, linewidth=1.3)
        wanted = CARETUPBASE if verdict.direction == "above" else CARETDOWNBASE
        plot.plot(at + 0.27, verdict.bar, marker=wanted, markersize=5, color=INK)
    step = math.ceil(len(runs) / _MOST_LABELS)
    ticks = list(range(0, len(runs), step))
    plot.set_xticks(ticks, [label(runs[at][0], 16) for at in ticks])
    plot.set_xlim(-0.6, len(runs) - 0.4)
    plot.margins(y=0.15)
    plot.yaxis.set_major_locator(MaxNLocator(nbins=4))
    plot.grid(axis="y", color=GRID)
