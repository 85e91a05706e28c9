"""Figures as pictures for TensorBoard, drawn by matplotlib without its global state."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pytest_accept.marked_text import printable
from pytest_accept.records import ConfusionMatrix, ReliabilityBin

Picture = NDArray[np.uint8]
"""Of shape (height, width, 3)."""

_STYLE: Any = {"text.parse_math": False, "text.usetex": False, "font.size": 10}
_MOST_COUNTS = 15
_DOTS_PER_INCH = 100


def confusion_matrix(matrix: ConfusionMatrix, title: str) -> Picture:
    """Return true labels by predicted ones: counts, coloured by their share of the true label."""
    counts = np.array(matrix.counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    labels = [printable(each, 20) for each in matrix.labels]
    k = len(labels)

    def paint(figure: Figure) -> None:
        plot = figure.add_subplot()
        plot.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        plot.set_xticks(range(k), labels, rotation=45, ha="right", rotation_mode="anchor")
        plot.set_yticks(range(k), labels)
        plot.set(xlabel="predicted", ylabel="labelled")
        plot.set_title(printable(title, 50), fontsize=10)
        for row, column in np.ndindex(k, k) if k <= _MOST_COUNTS else ():
            colour = "white" if shares[row, column] > 0.5 else "black"
            said = f"{counts[row, column]:,}"
            plot.text(column, row, said, ha="center", va="center", color=colour)

    side = min(10.0, 3.2 + 0.35 * k)
    return _picture((side, side), paint)


def reliability_diagram(bins: tuple[ReliabilityBin, ...], title: str) -> Picture:
    """Return how often predictions are right, by how sure they are, with the examples of each bin.

    A calibrated model lies on the diagonal; what lies below it is overconfident.
    """

    def paint(figure: Figure) -> None:
        plot, sizes = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        sure = [each.confidence for each in bins]
        plot.plot((0, 1), (0, 1), color="grey", linestyle="--", linewidth=1)
        plot.plot(sure, [each.accuracy for each in bins], marker="o", color="tab:blue")
        plot.set(xlim=(0, 1), ylim=(0, 1), ylabel="how often right")
        plot.set_title(printable(title, 50), fontsize=10)
        sizes.bar(sure, [each.n for each in bins], width=0.02, color="tab:blue")
        sizes.set(xlabel="how sure", ylabel="examples")

    return _picture((4.5, 5.0), paint)


def _picture(inches: tuple[float, float], paint: Callable[[Figure], None]) -> Picture:
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # a box in the place of a letter
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure = Figure(figsize=inches, dpi=_DOTS_PER_INCH, layout="constrained")
        canvas: Any = FigureCanvasAgg(figure)
        paint(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()
