"""Draws what the benchmarks measured last as SVG files in benchmarks/results/.

    python benchmarks/plots.py

A plot is drawn of each benchmark that left numbers, of its whole form if that was ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import matplotlib as mpl
import results

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

OURS, OTHERS = "#2a6f4e", "#9aa3ad"
Numbers = dict[str, Any]


def bars(axes: Axes, values: Mapping[str, float], label: str) -> None:
    """Draw a bar for each side, ours in a colour of its own."""
    names = list(values)[::-1]
    colours = [OURS if each.startswith("pytest_accept") else OTHERS for each in names]
    drawn = axes.barh(names, [values[each] for each in names], color=colours)
    axes.bar_label(drawn, fmt="{:,.3g}", padding=3)
    axes.margins(x=0.15)
    axes.set_xlabel(label)


def throughput(axes: Axes, numbers: Numbers) -> None:
    """Texts per second."""
    bars(axes, numbers, "texts a second")


def suite(axes: Axes, numbers: Numbers) -> None:
    """Thirty questions."""
    sides = {each: numbers[each] for each in ("pytest_accept", "pipeline")}
    bars(axes, sides, f"seconds, 30 criteria on {numbers['texts']:,} texts")


def peers(axes: Axes, numbers: Numbers) -> None:
    """How much faster ours is, by what is asked."""
    ratios: dict[str, float] = {}
    for task, sides in numbers.items():
        rates = {name: each["asked"] / each["seconds"] for name, each in sides.items()}
        own = rates.pop("pytest_accept")
        ratios |= {f"{task}: {name}": own / rate for name, rate in rates.items()}
    bars(axes, ratios, "pytest_accept is so many times as fast (CPU seconds)")
    axes.axvline(1, color="black", linewidth=1)


def warm(axes: Axes, numbers: Numbers) -> None:
    """CPU seconds of a cold and a warm run, by what they are spent on."""
    left = {"cold": 0.0, "warm": 0.0}
    for i, part in enumerate(numbers["cold"]["seconds"]):
        seconds = {run: numbers[run]["seconds"][part] for run in left}
        colour = OURS if part == "asking the model" else f"C{i}"
        axes.barh(list(left), list(seconds.values()), left=list(left.values()), label=part,
                  color=colour)  # fmt: skip
        left = {run: left[run] + seconds[run] for run in left}
    axes.invert_yaxis()
    axes.legend(fontsize="small")
    axes.set_xlabel("CPU seconds")


def store(axes: Axes, numbers: Numbers) -> None:
    """Seconds of the store and of SQLite."""
    found: dict[str, dict[str, float]] = {}
    for name, value in numbers.items():
        what, comma, side = name.rpartition(", ")
        if comma and side in ("ours", "sqlite") and "(s)" in what:
            found.setdefault(what.removesuffix(" (s)"), {})[side] = value
    for shift, side, colour in ((-0.2, "ours", OURS), (0.2, "sqlite", OTHERS)):
        places = [i + shift for i in range(len(found))]
        values = [each[side] for each in found.values()]
        axes.barh(places, values, height=0.4, label=side, color=colour)
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("seconds")
    axes.legend()


def streaming(axes: Axes, numbers: Numbers) -> None:
    """Peak of memory by rows."""
    for how, colour in (("streamed", OURS), ("in memory", OTHERS)):
        points = numbers[how]
        memory = [each.get("peak", each.get("megabytes")) for each in points]
        axes.plot([each["rows"] for each in points], memory, "o-", label=how, color=colour)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("rows")
    axes.set_ylabel("peak of memory (MB)")
    axes.legend()


def sequential(axes: Axes, numbers: Numbers) -> None:
    """Examples taken by the distance from the bar."""
    rates = [each for each in numbers["taken"] if not each["true"].startswith("loss")]
    for of, colour in (("population", OTHERS), ("data", OURS)):
        points = [(100 * (float(each["true"]) - each["bar"]), each[of]["mean"]) for each in rates]
        axes.plot(*zip(*sorted(points), strict=True), "o", label=of, color=colour)
    axes.axhline(5000 / 3, color="black", linewidth=1, linestyle="dashed")
    axes.set_xlabel("points from the bar")
    axes.set_ylabel("examples asked, of 5,000")
    axes.legend(title="sequential=")


def workers(axes: Axes, numbers: Numbers) -> None:
    """Seconds of a suite by the way it is run."""
    sides = {
        f"{way}, {models} model{'s' if models != '1' else ''}": found["seconds"]
        for models, ways in numbers["models"].items()
        for way, found in ways.items()
    }
    bars(axes, sides, f"seconds, {numbers['texts']:,} texts")


def cluster(axes: Axes, numbers: Numbers) -> None:
    """Seconds of backends."""
    names = {
        "local_seconds": "in this process",
        "ray_1_start_seconds": "Ray: start",
        "ray_1_first_seconds": "Ray, 1 worker: first",
        "ray_1_warm_seconds": "Ray, 1 worker: warm",
        "ray_2_warm_seconds": "Ray, 2 workers: warm",
        "onnxruntime_seconds": "onnxruntime",
    }
    sides = {shown: numbers[name] for name, shown in names.items() if name in numbers}
    bars(axes, sides, f"seconds, {numbers['texts']:,} texts")


def robustness(axes: Axes, numbers: Numbers) -> None:
    """Calls of the model."""
    bars(axes, numbers["calls"], "forward calls of a search for edits")


PLOTS: dict[str, Callable[[Axes, Numbers], None]] = {
    each.__name__: each
    for each in (
        throughput, suite, peers, warm, store, streaming, sequential, workers, cluster, robustness,
    )
}  # fmt: skip


def main() -> None:
    """Draw a plot of each benchmark that left numbers."""
    plt.rcParams["svg.hashsalt"] = "pytest-model-acceptance"
    for name, draw in PLOTS.items():
        found = results.read(name)
        if found is None:
            continue
        figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
        draw(axes, found["numbers"])
        axes.spines[["top", "right"]].set_visible(False)
        form = ", short form" if found["short_form"] else ""
        axes.set_title(f"benchmarks/{name}.py{form}, {found['machine']['cores']} cores", loc="left")
        figure.savefig(results.FOLDER / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
