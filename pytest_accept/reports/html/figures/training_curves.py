"""Training curves: the loss of the batches, and of the validation data after each epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.figure import Figure

from pytest_accept.records import Training, TrainingStep
from pytest_accept.reports.html.figures.drawing import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    STATUS,
    axes,
    draw,
)

_MOST_POINTS = 160


def training_curves(name: str, trainings: Sequence[Training]) -> Markup:
    """Return the losses of trainings that belong together, as those of several seeds do."""
    ended = [each.steps[-1].loss for each in trainings if each.steps]
    title = f"Loss by epoch of {len(trainings):,} trainings"
    if ended:
        title += f"; the last batch between {min(ended):.3f} and {max(ended):.3f}"
    return draw(name, f"{title}.", (460, 240), lambda figure: _paint(figure, trainings))


def _paint(figure: Figure, trainings: Sequence[Training]) -> None:
    plot = axes(figure)
    faint = 0.9 if len(trainings) == 1 else 0.45
    for training in trainings:
        colour = ACCENT if training.failure is None else STATUS["rejected"]
        epochs, losses = _smooth(training.steps)
        plot.plot(epochs, losses, color=colour, alpha=faint, linewidth=1.4)
        after = range(1, len(training.validation_losses) + 1)
        plot.plot(
            list(after), training.validation_losses, color=INK, alpha=max(faint, 0.6),
            linewidth=1.1, linestyle=(0, (3, 2)), marker="o", markersize=3.5,
        )  # fmt: skip
    plot.set(xlabel="epoch", ylabel="loss")
    plot.set_ylim(bottom=0)
    plot.grid(color=GRID)
    key = [("training", ACCENT)]
    if any(training.validation_losses for training in trainings):
        key.append(("validation (dashed)", INK))
    if any(training.failure for training in trainings):
        key.append(("failed", STATUS["rejected"]))
    for position, (said, colour) in enumerate(key):
        plot.text(
            0.98, 0.94 - 0.09 * position, said, color=colour if colour != INK else MUTED,
            size=9, ha="right", transform=plot.transAxes,
        )  # fmt: skip


def _smooth(steps: Sequence[TrainingStep]) -> tuple[list[float], list[float]]:
    """Return epochs and losses, means of neighbours where there are more than can be seen."""
    finite = [each for each in steps if math.isfinite(each.loss)]
    size = max(1, math.ceil(len(finite) / _MOST_POINTS))
    blocks = [finite[start : start + size] for start in range(0, len(finite), size)]
    return (
        [block[-1].epoch for block in blocks],
        [sum(each.loss for each in block) / len(block) for block in blocks],
    )
