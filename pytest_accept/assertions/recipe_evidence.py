"""What a person would want to see of a recipe: each seed, and where the seeds disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_accept.assertions.contributions import Values
from pytest_accept.marked_text import printable
from pytest_accept.records import PAIR, Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Contributions
    from pytest_accept.assertions.seed_runs import SeedRun
    from pytest_accept.data import Data

Answer = str | tuple[str, ...]
"""A label, several of them as one text, or the tags of a sentence."""

MOST_SEEDS = 10
SHOWN = 3
_TEXT_WIDTH = 60


def by_seed(
    runs: Sequence[SeedRun], metric: str, *, higher_is_better: bool
) -> tuple[Evidence, ...]:
    """Return each seed with its value, the worst first; a failed run with the reason."""

    def badness(run: SeedRun) -> tuple[bool, float]:
        value = run.value or 0.0
        return run.value is not None, value if higher_is_better else -value

    ordered = sorted(runs, key=badness)
    failed = sum(run.failure is not None for run in runs)
    lines = [_line(run) for run in ordered[:MOST_SEEDS]]
    if len(ordered) > MOST_SEEDS:
        lines.append(f"… and {len(ordered) - MOST_SEEDS:,} better seeds")
    title = f"{metric} by seed, the worst first ({failed:,} of {len(runs):,} runs failed)"
    return (Evidence(title=title, lines=tuple(lines)),)


def failures(runs: Sequence[SeedRun]) -> tuple[Evidence, ...]:
    """Return the runs that failed, with the reasons."""
    failed = [run for run in runs if run.failure is not None]
    lines = [f"seed {run.seed}: {printable(str(run.failure))}" for run in failed[:MOST_SEEDS]]
    if len(failed) > MOST_SEEDS:
        lines.append(f"… and {len(failed) - MOST_SEEDS:,} more")
    return (Evidence(title="the runs that failed", lines=tuple(lines)),) if failed else ()


def churn(runs: Sequence[SeedRun], data: Data) -> tuple[Evidence, ...]:
    """Return how often two seeds disagree on an example, and the examples with most flips."""
    models = [run.model for run in runs if run.model is not None]
    answers = [answers_of(model.predict(data)) for model in models]
    if len(answers) < 2 or any(each is None for each in answers):
        return ()
    said = [Counter(column) for column in zip(*(each for each in answers if each), strict=True)]
    disagree = np.array([_disagreement(counts, len(answers)) for counts in said])
    order = np.argsort(-disagree, kind="stable")[:SHOWN]
    lines = [_example(data, int(i), said[i]) for i in order if disagree[i] > 0]
    title = f"two seeds disagree on {100 * disagree.mean():.1f} % of the examples"
    title += ", most on" if lines else ""
    return (Evidence(title=title, lines=tuple(lines or ("every example gets one answer",))),)


def compared(
    pairs: Sequence[tuple[SeedRun, ...]], ours: str, theirs: str, *, by_seed: bool
) -> tuple[Evidence, ...]:
    """Return the values of both sides of a comparison, seed by seed or on the whole."""
    lines = []
    for one, other in pairs[: MOST_SEEDS if by_seed else 1]:
        line = f"{_value(one)} against {_value(other)}"
        lines.append(f"seed {one.seed}: {line}" if by_seed else line)
        for run, name in ((one, ours), (other, theirs)):
            if run.failure is not None:
                counted = f" ({run.counted})" if run.counted else ""
                lines.append(f"  {name} failed{counted}: {printable(run.failure)}")
    if by_seed and len(pairs) > MOST_SEEDS:
        lines.append(f"… and {len(pairs) - MOST_SEEDS:,} more seeds")
    title = f"{printable(ours, 60)} against {printable(theirs, 60)}"
    return (Evidence(title=title, lines=tuple(lines)),)


def most_changed(
    changes: Sequence[Contributions | None], data: Data, *, loss: bool
) -> tuple[Evidence, ...]:
    """Return the examples that are worse by most, on average over seeds.

    `changes` are what each example adds to a gain, or with `loss` to a loss.
    """
    means = [each.values for each in changes if isinstance(each, Values)]
    if not means or len(means) < len(changes) or len(means[0]) != len(data):
        return ()
    worse = np.mean(means, axis=0) * (1 if loss else -1)
    order = np.argsort(-worse, kind="stable")[:SHOWN]
    lines = [f"by {worse[i]:.2f}: {_shown(data, int(i))}" for i in order if worse[i] > 0]
    title = f"{(worse > 0).mean() * 100:.1f} % of the examples are worse, most"
    return (Evidence(title=title, lines=tuple(lines)),) if lines else ()


def same_answers(runs: Sequence[SeedRun], data: Data) -> bool:
    """Return whether several seeds gave models that say the same, number by number."""
    models = [run.model for run in runs if run.model is not None]
    if len(models) < 2:
        return False
    first, *others = (_numbers(model.predict(data)) for model in models)
    return first is not None and all(
        other is not None and np.array_equal(first, other) for other in others
    )


def answers_of(predictions: Any) -> list[Answer] | None:
    """Return what a model says of each example, as something to compare; None if not known how."""
    tags = getattr(predictions, "tags", None)
    if tags is not None:
        return list(tags)
    if not hasattr(predictions, "label_ids"):
        return None
    names = predictions.labels
    if not predictions.multi_label:
        return [names[i] for i in predictions.label_ids.tolist()]
    rows = (predictions.probabilities > 0.5).tolist()
    return [
        " + ".join(name for name, has in zip(names, row, strict=True) if has) or "none"
        for row in rows
    ]


def _numbers(predictions: Any) -> NDArray[np.float64] | None:
    found = getattr(predictions, "probabilities", None)
    if isinstance(found, list):
        return np.concatenate(found)
    return None if found is None else np.asarray(found)


def _value(run: SeedRun) -> str:
    return "no value" if run.value is None else f"{run.value:.4f}"


def _line(run: SeedRun) -> str:
    value = _value(run)
    if run.failure is None:
        return f"seed {run.seed}: {value}"
    counted = f" ({run.counted})" if run.counted else ""
    return f"seed {run.seed}: {value}{counted}, failed: {printable(run.failure)}"


def _disagreement(counts: Counter[Answer], seeds: int) -> float:
    same = sum(count * (count - 1) for count in counts.values())
    return 1 - same / (seeds * (seeds - 1))


def _example(data: Data, row: int, counts: Counter[Answer]) -> str:
    said = ", ".join(
        f"{printable(answer if isinstance(answer, str) else ' '.join(answer), 40)} by {count}"
        for answer, count in counts.most_common(3)
    )
    return f"{said}; {_shown(data, row)}"


def _shown(data: Data, row: int) -> str:
    text = data.inputs[row]
    shown = text if isinstance(text, str) else (" " if data.of_words else PAIR).join(text)
    truth = f"{printable(data.label_text(row), 40)} true   " if data.labelled else ""
    return f'{truth}"{printable(shown, _TEXT_WIDTH)}"   {printable(data.origin(row))}'
