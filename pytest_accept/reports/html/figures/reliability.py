"""A reliability diagram: how often predictions are right, by how sure they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.figure import Figure

from pytest_accept.records import ReliabilityBin
from pytest_accept.reports.html.figures.drawing import ACCENT, GRID, INK, MUTED, axes, dot, draw


def reliability_diagram(name: str, bins: Sequence[ReliabilityBin]) -> Markup:
    """Return confidence against accuracy of each bin; the larger a mark, the more examples.

    A calibrated model lies on the diagonal; what lies below it is overconfident.
    """
    worst = max(bins, key=lambda each: each.n * abs(each.confidence - each.accuracy))
    title = (
        f"Reliability diagram of {len(bins)} bins. The bin that adds most to the error: "
        f"{worst.confidence:.2f} sure, right {worst.accuracy:.2f} of the time, n = {worst.n:,}."
    )
    return draw(name, title, (300, 280), lambda figure: _paint(figure, bins))


def _paint(figure: Figure, bins: Sequence[ReliabilityBin]) -> None:
    plot = axes(figure)
    plot.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    filled = sorted((each for each in bins if each.n), key=lambda each: each.confidence)
    sure = [each.confidence for each in filled]
    right = [each.accuracy for each in filled]
    plot.vlines(sure, sure, right, color=ACCENT, linewidth=2.2, alpha=0.45)
    most = max((each.n for each in filled), default=1)
    for each in filled:
        dot(plot, each.confidence, each.accuracy, 3.5 + 8 * math.sqrt(each.n / most), ACCENT)
    plot.set(xlim=(0, 1), ylim=(0, 1), xlabel="how sure (confidence)", ylabel="how often right")
    plot.grid(color=GRID)
    plot.text(0.04, 0.93, "underconfident", color=MUTED, size=9, transform=plot.transAxes)
    plot.text(
        0.97, 0.05, "overconfident", color=MUTED, size=9, ha="right", transform=plot.transAxes
    )
    plot.spines["left"].set_color(INK)
    plot.spines["bottom"].set_color(INK)
