"""A precision-recall curve: what each threshold on a label's score finds, and how purely."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.figure import Figure

from pytest_accept.records import Curve, Threshold
from pytest_accept.reports.html.figures.drawing import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    axes,
    draw,
    label,
)

_MOST_POINTS = 240
"""More would not be seen, and would make the page large."""


def precision_recall_curve(name: str, curve: Curve) -> Markup:
    """Return precision against recall over the thresholds of a label, with the share of the label
    as the line that guessing would give.
    """
    title = (
        f"Precision-recall curve of the label {label(curve.label)} over "
        f"{len(curve.thresholds):,} thresholds."
    )
    return draw(name, title, (300, 280), lambda figure: _paint(figure, curve))


def _paint(figure: Figure, curve: Curve) -> None:
    plot = axes(figure)
    shown = [each for each in _thinned(curve.thresholds) if _found(each)]
    recall = [each.true_positives / _labelled(each) for each in shown if _labelled(each)]
    precision = [each.true_positives / _found(each) for each in shown if _labelled(each)]
    plot.plot(recall, precision, color=ACCENT, linewidth=1.8, drawstyle="steps-post")
    share = _share(curve.thresholds)
    if share is not None:
        plot.axhline(share, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        above = share < 0.9
        plot.text(
            0.02, share + (0.015 if above else -0.015), f"guessing: {share:.2f}", color=MUTED,
            size=9, va="bottom" if above else "top",
        )  # fmt: skip
    usual = min(shown, key=lambda each: abs(each.score - 0.5), default=None)
    if usual is not None and _labelled(usual) and abs(usual.score - 0.5) < 0.05:
        at = usual.true_positives / _labelled(usual), usual.true_positives / _found(usual)
        plot.plot(*at, marker="o", markersize=6, color=INK)
        plot.annotate(
            "threshold 0.5", at, xytext=(-7, -6), textcoords="offset points", color=MUTED,
            size=9, ha="right", va="top",
        )  # fmt: skip
    plot.set(xlim=(0, 1.01), ylim=(0, 1.01))
    plot.set_xlabel(f"recall of {label(curve.label, 24)}")
    plot.set_ylabel("precision")
    plot.grid(color=GRID)
    plot.spines["left"].set_color(INK)
    plot.spines["bottom"].set_color(INK)


def _thinned(thresholds: Sequence[Threshold]) -> list[Threshold]:
    step = max(1, len(thresholds) // _MOST_POINTS)
    kept = list(thresholds[::step])
    if thresholds and kept[-1] is not thresholds[-1]:
        kept.append(thresholds[-1])
    return kept


def _found(each: Threshold) -> int:
    return each.true_positives + each.false_positives


def _labelled(each: Threshold) -> int:
    return each.true_positives + each.false_negatives


def _share(thresholds: Sequence[Threshold]) -> float | None:
    if not thresholds:
        return None
    one = thresholds[0]
    everything = _found(one) + one.true_negatives + one.false_negatives
    return _labelled(one) / everything if everything else None
