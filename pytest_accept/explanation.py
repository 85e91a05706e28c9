"""A verdict in words: what a person reads when a criterion fails, and in the summary's cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from pytest_accept.marked_text import marked, marked_entities, marked_tokens, printable
from pytest_accept.records import Estimate, Evidence, Example, Part, Verdict

ALL_CASES = "all cases"
"""The method of a criterion about exactly the cases at hand, which needs no interval."""

SEARCH = "search"
"""The method of a criterion about what a search finds, which says nothing on how often it is so."""

SEQUENTIAL = "betting, sequential"
"""The method of a criterion that was decided as soon as it could be, about further examples."""

SEQUENTIAL_OF_DATA = "betting without replacement, sequential"
"""The method of one that was decided so, about exactly the examples that the data hold."""

STOPPED_EARLY = {
    SEQUENTIAL: "sequentially, about further examples like these: n is how many it took",
    SEQUENTIAL_OF_DATA: "sequentially, about exactly the examples given: n is how many it took",
}
"""What was judged as soon as it could be, by the method, and what that is about."""

_TEXT_WIDTH = 60


def explain(verdict: Verdict | Estimate) -> str:
    """Return the whole explanation: the headline, what would decide it, notes, and evidence.

    Of an Estimate, which answers no criterion yet, what was measured.
    """
    if isinstance(verdict, Estimate):
        return explain_estimate(verdict)
    lines = [headline(verdict)]
    notes = map(printable, verdict.estimate.notes)
    said = [*_behaviour(verdict), *remedy(verdict), *claim(verdict), *notes]
    lines += [f"  {line}" for line in said]
    for evidence in verdict.evidence:
        lines += [f"  {line}" for line in describe_evidence(evidence)]
    return "\n".join(lines)


def explain_estimate(estimate: Estimate) -> str:
    """Return what was measured, on what, with its bounds, and what must be known of it."""
    bounds = f"between {estimate.low:.3f} and {estimate.high:.3f}, each bound"
    sure = f", {bounds}{_certainty(estimate)}" if _certainty(estimate) else ""
    seeds = "" if estimate.seeds is None else f", {estimate.seeds:,} seeds"
    lines = [
        f"{printable(estimate.name)} on {printable(estimate.population)}: "
        f"measured {estimate.value:.3f}{sure} "
        f"(n = {estimate.n:,}{seeds})"
    ]
    return "\n".join([*lines, *(f"  {printable(note)}" for note in estimate.notes)])


def explain_all(verdicts: Iterable[Verdict]) -> str:
    """Return the explanations of several verdicts, evidence that repeats shown once."""
    shown: set[tuple[Evidence, ...]] = set()
    parts = []
    for verdict in verdicts:
        parts.append(
            explain(replace(verdict, evidence=()) if verdict.evidence in shown else verdict)
        )
        shown.add(verdict.evidence)
    return "\n".join(parts)


def headline(verdict: Verdict) -> str:
    """Return one line: metric, population, status, measured, demonstrated, n, required."""
    estimate = verdict.estimate
    size = f"n = {estimate.n:,}"
    if estimate.method == ALL_CASES:
        size = f"all {estimate.n:,} cases"
    if estimate.clusters is not None:
        size += f" in {estimate.clusters:,} clusters"
    if estimate.seeds is not None:
        size += f", {estimate.seeds:,} seeds"
    return (
        f"{printable(estimate.name)} on {printable(verdict.population)}: {verdict.status}, "
        f"measured {measured(verdict)}, demonstrated {demonstrated(verdict)}"
        f"{_certainty(estimate)} ({size}), required {required(verdict)}"
    )


def measured(verdict: Verdict) -> str:
    """Return the value, with as many digits as the comparison with the bar needs."""
    return f"{verdict.estimate.value:.{_digits(verdict)}f}"


def demonstrated(verdict: Verdict) -> str:
    """Return the bound that the verdict rests on, rounded so that it never claims too much.

    It is the bound on the bar's side: what was shown, or for a rejection what was ruled out.
    """
    estimate, digits = verdict.estimate, _digits(verdict)
    if estimate.method == "point":
        return "nothing: a point estimate, no interval"
    if estimate.method == SEARCH:
        found = round(estimate.value * estimate.n)
        return f"found in {found:,}" if found else "none found"
    lower = (verdict.direction == "above") != (verdict.status == "rejected")
    if lower:
        return f">= {_rounded(estimate.low, digits, math.floor)}"
    return f"<= {_rounded(estimate.high, digits, math.ceil)}"


def interval(verdict: Verdict) -> str:
    """Return both bounds, rounded so that they never claim too much; "" if there is no interval."""
    estimate, digits = verdict.estimate, _digits(verdict)
    if estimate.method in ("point", SEARCH, ALL_CASES):
        return ""
    low, high = (
        _rounded(estimate.low, digits, math.floor),
        _rounded(estimate.high, digits, math.ceil),
    )
    return f"{low} to {high}"


def required(verdict: Verdict) -> str:
    """Return the criterion's bar with its direction."""
    sign = ">=" if verdict.direction == "above" else "<="
    return f"{sign} {verdict.bar:.{_digits(verdict)}f}"


def describe_evidence(evidence: Evidence) -> list[str]:
    """Return evidence as lines: its title, then one indented line for each example or row."""
    rows = [
        *_example_rows(evidence.examples),
        *_part_rows(evidence.parts),
        *(printable(line) for line in evidence.lines),
    ]
    if not rows:
        return []
    return [f"{printable(evidence.title)}:", *(f"  {row}" for row in rows)]


def _example_rows(examples: tuple[Example, ...]) -> list[str]:
    said = [shown_answer(e) + "," * (not e.spans) for e in examples]
    true = [f"{printable(e.expected, 40)} true" if _says_truth(e) else "" for e in examples]
    texts = [f'"{shown_text(e)}"' for e in examples]
    widths = [max(map(len, column), default=0) for column in (said, true, texts)]
    return [
        f"{s:<{widths[0]}} {t:<{widths[1]}}   {x:<{widths[2]}}   {printable(e.origin)}"
        for s, t, x, e in zip(said, true, texts, examples, strict=True)
    ]


def _part_rows(parts: tuple[Part, ...]) -> list[str]:
    names = [printable(part.name, 50) for part in parts]
    sizes = [f"{part.n:,}" for part in parts]
    widths = [max(map(len, column), default=0) for column in (names, sizes)]
    return [
        f"{name:<{widths[0]}}   {part.value:.3f}, between {part.low:.3f} and {part.high:.3f}   "
        f"n = {size:>{widths[1]}}" + (f"   where={printable(part.where)}" if part.where else "")
        for part, name, size in zip(parts, names, sizes, strict=True)
    ]


def _says_truth(example: Example) -> bool:
    return bool(example.expected) and not example.spans  # marks say it already


def shown_answer(example: Example) -> str:
    """Return what the model said of an example, and how sure it was; with what an edit changed."""
    if example.spans:
        return f"{example.probability:.2f} sure"
    said = f"{printable(example.predicted, 40)} {example.probability:.2f}"
    if example.before is not None:
        before = example.before
        return f"{printable(before.predicted, 40)} {before.probability:.2f} → {said}"
    if example.edited is None:
        return f"{said} said"
    return f"{said} → {printable(example.edited.predicted, 40)} {example.edited.probability:.2f}"


def shown_text(example: Example) -> str:
    """Return an example's text on one line, with what is to be seen in it marked."""
    if example.spans:
        return marked_entities(example.text, example.spans)
    if example.attributions:
        return marked_tokens(example.text, example.attributions)
    if example.edited is None:
        return printable(example.text, _TEXT_WIDTH)
    return marked(example.text, example.edited.edits)


def _behaviour(verdict: Verdict) -> list[str]:
    behaviour = verdict.behaviour
    if behaviour is None or not (behaviour.capability or behaviour.name):
        return []
    parts = [printable(each, 60) for each in (behaviour.capability, behaviour.name) if each]
    return [f"{behaviour.test_type} of {': '.join(parts)}"]


def claim(verdict: Verdict) -> list[str]:
    """Return what the criterion is about, where that is not plain: these cases, or their like."""
    estimate = verdict.estimate
    if estimate.method.startswith(ALL_CASES):
        return ["it is about exactly these cases, and says nothing of others like them"]
    clustered = verdict.behaviour is not None and estimate.clusters is not None
    if clustered and verdict.status == "inconclusive":
        return [
            f"it is about others like these {estimate.clusters:,} clusters (templates), of which "
            "more would tell more; only_these=True asks about exactly these cases"
        ]
    return []


def remedy(verdict: Verdict) -> list[str]:
    """Return how far off a criterion is that is not accepted, and what would decide it."""
    estimate, digits = verdict.estimate, _digits(verdict)
    if verdict.status == "accepted":
        return []
    short = abs(verdict.bar - estimate.value)
    missed = (estimate.value < verdict.bar) == (verdict.direction == "above") and short > 0
    if estimate.method == SEARCH:
        return ["a search: one that finds something says that it exists, not how often it happens"]
    if verdict.status == "rejected":
        side = "below" if verdict.direction == "above" else "above"
        if not missed:  # refused for another reason, which the notes give
            return []
        return [f"the measured value is {short:.{digits}f} {side} the bar"]
    outcome = "reject" if missed else "accept"
    if short == 0:
        decides = ["no number of examples like these would decide it: it measures the bar itself"]
    else:
        decides = _deciding(
            verdict, f"{outcome}, 4 times in 5, if the measured value is the true one"
        )
    if verdict.smallest_shown is None:
        return decides
    more = "more" if verdict.direction == "above" else "less"
    return [
        *decides,
        f"a true value of {verdict.smallest_shown:.{digits}f} or {more} "
        "would have been shown by this many",
    ]


def _deciding(verdict: Verdict, outcome: str) -> list[str]:
    """Return how many examples, or runs of a recipe, would bring about the outcome."""
    examples, seeds = verdict.needed_n, verdict.needed_seeds
    ways = []
    if seeds is not None:
        ways.append(f"about {rounded_up(seeds):,} seeds would decide it ({outcome})")
    if examples is not None:
        of_seeds = verdict.estimate.seeds
        like = "like these" if of_seeds is None else f"like these and these {of_seeds} seeds"
        ways.append(
            f"about {rounded_up(examples):,} {_examples(examples)} {like} would decide it "
            f"({outcome})"
        )
    if ways:
        return ways
    if verdict.estimate.seeds is None:
        return ["no number of examples like these is known to decide it"]
    return ["neither seeds nor examples alone are known to decide it: it takes more of both"]


def _examples(n: int) -> str:
    return "example" if n == 1 else "examples"


def rounded_up(n: int) -> int:
    """Return n rounded up to two or three meaningful digits: it is an estimate."""
    step: int = max(1, 10 ** (len(str(n)) - 3))
    step = step * 5 if n >= 1000 else step
    return math.ceil(n / step) * step


def _certainty(estimate: Estimate) -> str:
    if estimate.method in ("point", SEARCH, ALL_CASES):
        return ""
    return f" at {100 * estimate.confidence:.6g} %"


def _digits(verdict: Verdict) -> int:
    """Return the fewest digits, 3 to 6, at which no two different numbers read as the same."""
    estimate, bar = verdict.estimate, verdict.bar
    low, high = estimate.low, estimate.high
    others = [estimate.value, low if verdict.direction == "above" else high]
    for digits in range(3, 6):
        if all(other == bar or f"{other:.{digits}f}" != f"{bar:.{digits}f}" for other in others):
            return digits
    return 6


def _rounded(bound: float, digits: int, towards: Callable[[float], int]) -> str:
    if math.isinf(bound):
        return "infinity" if bound > 0 else "-infinity"
    if abs(bound) > 1e15:  # a float has no digits behind the point there that could be rounded
        return repr(bound)
    scale = 10**digits
    # 0.29 * 100 is 28.999…: bounds that are exact decimals must not lose a digit to that.
    nearest = round(bound * scale)
    whole = nearest if abs(bound * scale - nearest) < 1e-6 else towards(bound * scale)
    return f"{whole / scale:.{digits}f}"
