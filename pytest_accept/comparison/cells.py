"""A comparison as the cells of a table, which the terminal and Markdown show alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from pytest_accept.comparison.values import (
    SAME_MODEL,
    Change,
    Comparison,
    Line,
    Paired,
    Shown,
    Standing,
)
from pytest_accept.explanation import ALL_CASES, SEARCH

NOTHING = "—"


def header(comparison: Comparison) -> tuple[str, ...]:
    """Return the names of the columns."""
    runs = [each.name for each in comparison.runs]
    if len(runs) == 2:
        return ("verdict", "metric", "population", "before", "now", "change", "required", "test")
    return ("verdict", "metric", "population", *runs, "first to last", "last step", "test")


def cells(line: Line) -> tuple[str, ...]:
    """Return the cells of one criterion."""
    first, *between, last = line.standings
    named = (verdict(line), line.name, line.population)
    if not between:
        return (*named, value(first), value(last), change(line, -1), required(line), line.test)
    each = [f"{run.status} {value(run)}" if run else NOTHING for run in line.standings]
    return (*named, *each, change(line, None), change(line, -1), line.test)


def verdict(line: Line) -> str:
    """Return what became of the verdict from the first run to the last, as in
    "accepted → rejected".
    """
    first, last = line.standings[0], line.standings[-1]
    if first is None:
        return f"new: {last.status}" if last is not None else "in between"
    if last is None:
        return f"gone: {first.status}"
    return last.status if first.status == last.status else f"{first.status} → {last.status}"


def change(line: Line, step: int | None) -> str:
    """Return the change of the last step, or from the first run to the last (None).

    With its paired interval, or, where there is none, with the interval of each run: those are of
    different examples, or nobody knows that they are not.
    """
    change = line.overall if step is None else line.steps[step]
    if change.difference is None:
        return NOTHING
    if change.unpaired == SAME_MODEL:
        return f"{signed(change.difference)} same model"
    sides = line.standings[:: len(line.standings) - 1] if step is None else line.standings[-2:]
    if change.paired is not None:
        return paired(change.paired)
    return " ".join([signed(change.difference), *_unpaired(change, sides)])


def paired(change: Paired) -> str:
    """Return a paired change, as in "+0.021 [+0.008, +0.034] better"."""
    if change.method == ALL_CASES:
        return f"{signed(change.value)} on these cases {change.shown}".rstrip()
    return f"{signed(change.value)} {between(change.low, change.high)} {change.shown}".rstrip()


def _unpaired(change: Change, sides: Iterable[Standing | None]) -> Iterable[str]:
    yield "unpaired:"
    yield " → ".join(interval(each) for each in sides if each is not None)


def interval(standing: Standing) -> str:
    """Return the bounds of a run's estimate, as in "[0.871, 0.893]"."""
    if standing.method in ("point", SEARCH, ALL_CASES):
        return {"point": "point only", SEARCH: "a search", ALL_CASES: ALL_CASES}[standing.method]
    return f"[{_bound(standing.low, down=True)}, {_bound(standing.high, down=False)}]"


def between(low: float, high: float) -> str:
    """Return bounds of a change, rounded so that they never claim too much."""
    ends = (_bound(low, down=True), _bound(high, down=False))
    return "[" + ", ".join(each if each.startswith("-") else f"+{each}" for each in ends) + "]"


def value(standing: Standing | None) -> str:
    """Return the measured value of a run."""
    return NOTHING if standing is None else _number(standing.value)


def signed(difference: float) -> str:
    """Return a difference with its sign, and digits enough to show that it is none or some."""
    if not math.isfinite(difference) or abs(difference) >= 100:
        return f"{difference:+.6g}"
    digits = 3 if difference == 0 or abs(difference) >= 0.0005 else 6
    return f"{difference:+.{digits}f}"


def required(line: Line) -> str:
    """Return the bar, or both where it was moved."""
    sign = ">=" if line.direction == "above" else "<="
    bars = dict.fromkeys(f"{each.bar:g}" for each in line.standings if each is not None)
    return f"{sign} {' → '.join(bars)}"


def measured(comparison: Comparison) -> str:
    """Return how many criteria measure better or worse on the same examples, whatever their
    verdicts; "" if none was paired.
    """
    pairs = [each.overall.paired for each in comparison.lines if each.overall.paired is not None]
    if not pairs:
        return ""
    shown = Counter(each.shown for each in pairs)
    words: tuple[Shown, ...] = ("worse", "perhaps worse", "better", "perhaps better")
    said = ", ".join(f"{shown[each]:,} {each}" for each in words if shown[each])
    return f"on the same examples, of {len(pairs):,} compared: {said or 'no change shown'}"


def notes(comparison: Comparison, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Return what is to be known of the criteria: whom it is about, and the sentence.

    What is said of many is said once, with how many they are.
    """
    about: dict[str, list[str]] = {}
    for line in lines:
        change = line.overall
        said = [*line.notes, *change.notes]
        if change.by_old_bar is not None:
            said.append(f"by the bar of before it would be {change.by_old_bar}")
        if change.unpaired:
            same = change.unpaired == SAME_MODEL
            said.append(change.unpaired if same else f"unpaired: {change.unpaired}")
        for sentence in said:
            about.setdefault(sentence, []).append(f"{line.name} on {line.population}")
    several = len(comparison.lines)
    return [(_whom(names, several), sentence) for sentence, names in about.items()]


def legend(comparison: Comparison) -> list[str]:
    """Return what the brackets and words mean, where there are any."""
    changes = [line.overall for line in comparison.lines]
    pairs = [each.paired for each in changes if each.paired is not None]
    said = []
    if pairs:
        sure = {each.confidence for each in pairs}
        each_at = f"{100 * max(sure):.6g} %" if len(sure) == 1 else "its criterion's confidence"
        by_chance = sum(2 * (1 - each.confidence) for each in pairs)
        together = f"all {len(pairs):,} compared together"
        if len(comparison.runs) > 2:
            steps = sum(each.paired is not None for line in comparison.lines for each in line.steps)
            together = (
                f"all {len(pairs) + steps:,} changes together: {len(pairs):,} from the first run "
                f"to the last and {steps:,} of single steps"
            )
        said.append(
            "[low, high]: bounds of the change (newer less older) on the same examples, each at "
            f'{each_at} by itself. "better" and "worse" hold for {together}; "perhaps" by itself '
            f"alone, as up to {by_chance:.1f} of {len(pairs):,} would by chance if nothing had "
            "changed."
        )
    if any(each.unpaired not in ("", SAME_MODEL) for each in changes):
        said.append(
            "unpaired: each run's own bounds. Whether they overlap does not say whether a change "
            "is shown; records of runs with --accept-keep-predictions can be paired."
        )
    return said


def _whom(names: list[str], all_of: int) -> str:
    if len(names) == all_of > 2:
        return "all criteria"
    if len(names) > 3:
        return f"{len(names):,} criteria"
    return "; ".join(dict.fromkeys(names))


def _number(number: float) -> str:
    if not math.isfinite(number) or abs(number) >= 1000:
        return f"{number:.6g}"
    return f"{number:.3f}"


def _bound(bound: float, *, down: bool) -> str:
    if not math.isfinite(bound) or abs(bound) >= 1000:
        return f"{bound:.6g}"
    nearest = round(bound * 1000)
    whole = math.floor(bound * 1000) if down else math.ceil(bound * 1000)
    # 0.29 * 1000 is 290.00000000000006: exact decimals must not lose a digit to that.
    exact = abs(bound * 1000 - nearest) < 1e-6
    return f"{(nearest if exact else whole) / 1000 + 0.0:.3f}"
