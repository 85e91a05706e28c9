"""A verdict in words: what a person reads when a criterion fails, and in the summary's cells."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from pytest_accept.records import (
    Estimate,
    Evidence,
    Example,
    MarkedSpan,
    Part,
    TextEdit,
    TokenScore,
    Verdict,
)

ALL_CASES = "all cases"
"""The method of a criterion about exactly the cases at hand, which needs no interval."""

SEARCH = "search"
"""The method of a criterion about what a search finds, which says nothing on how often it is so."""

_TEXT_WIDTH = 60


def explain(verdict: Verdict | Estimate) -> str:
    """Return the whole explanation: the headline, what would decide it, notes, and evidence.

    Of an Estimate, which answers no criterion yet, what was measured.
    """
    if isinstance(verdict, Estimate):
        return explain_estimate(verdict)
    lines = [headline(verdict)]
    said = [*_behaviour(verdict), *_remedy(verdict), *_claim(verdict), *verdict.estimate.notes]
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
        f"{estimate.name} on {estimate.population}: measured {estimate.value:.3f}{sure} "
        f"(n = {estimate.n:,}{seeds})"
    ]
    return "\n".join([*lines, *(f"  {note}" for note in estimate.notes)])


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
        f"{estimate.name} on {verdict.population}: {verdict.status}, "
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
    return [f"{evidence.title}:", *(f"  {row}" for row in rows)]


def printable(text: str, width: int | None = None) -> str:
    """Return text that cannot move a cursor or colour a terminal, cut to `width` characters."""
    flat = " ".join(text.split())
    if width is not None and len(flat) > width:
        flat = flat[: width - 4].rstrip() + " ..."
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in flat)


def marked(text: str, edits: Iterable[TextEdit], width: int = 76) -> str:
    """Return the text with its edits marked, and what is far from all of them left out.

    "[ie→ei]" is a replacement, "[+x]" an insertion, "[-x]" a deletion. A letter that looks like
    another one is followed by its code point.

    >>> marked("a fine film", [TextEdit(start=2, stop=6, replacement="bad", kind="word")])
    'a [fine→bad] film'
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.stop))
    room = width - sum(map(_shown_size, ordered))
    marks = [
        (edit.start, edit.stop, _mark(text[edit.start : edit.stop], edit.replacement))
        for edit in ordered
    ]
    return _among(text, marks, max(8, room // (2 * max(1, len(ordered)))))


def marked_entities(text: str, spans: Iterable[MarkedSpan], width: int = 76) -> str:
    """Return the text with the mistakes about its entities marked, and what is far from them left
    out: "[missed PER: Anna]", "[spurious PER: the]", "[ORG for PER: Anna]", and where other words
    were found than are labelled, "[PER: Anna Ray, said Ray]".

    Of many mistakes the first ones are marked, as many as fit into twice the `width` but at least
    one, and the others counted: "[and 12 more]".
    """
    every = tuple(spans)
    marks: list[tuple[int, int, str]] = []
    room = 2 * width
    for span in every:
        mark = _entity(text[span.start : span.stop], span)
        room -= len(mark) + 2 * _LEAST_AROUND
        if marks and room < 0:
            break
        marks.append((span.start, span.stop, mark))
    free = width - sum(len(mark) for _, _, mark in marks)
    around = max(_LEAST_AROUND, free // (2 * max(1, len(marks))))
    more = f" [and {len(every) - len(marks):,} more]" if len(marks) < len(every) else ""
    return _among(text, sorted(marks), around) + more


def marked_tokens(text: str, scores: Iterable[TokenScore], width: int = 76) -> str:
    """Return the text with the tokens that moved the prediction most, at most five, and how much.

    Scores are shown as shares of the whole text's absolute ones, against the prediction negative.

    >>> scores = [TokenScore(start=0, stop=4, score=3.0), TokenScore(start=5, stop=8, score=-1.0)]
    >>> marked_tokens("good but long", scores)
    '[good +75%] [but -25%] long'
    """
    every = [each for each in scores if each.score]
    total = sum(abs(each.score) for each in every)
    most = sorted(every, key=lambda each: -abs(each.score))[:_MOST_TOKENS]
    marks = [
        (
            each.start,
            each.stop,
            f"[{_one_line(_cut(text[each.start : each.stop]))} {100 * each.score / total:+.0f}%]",
        )
        for each in sorted(most, key=lambda each: each.start)
    ]
    free = width - sum(len(mark) for _, _, mark in marks)
    return _among(text, marks, max(_LEAST_AROUND, free // (2 * max(1, len(marks)))))


def _entity(words: str, span: MarkedSpan) -> str:
    kind = span.expected
    if not span.predicted:
        kind = f"missed {span.expected}"
    elif not span.expected:
        kind = f"spurious {span.predicted}"
    elif span.predicted != span.expected:
        kind = f"{span.predicted} for {span.expected}"
    said = f", said {_one_line(_cut(span.said))}" if span.said else ""
    return f"[{_one_line(kind)}: {_one_line(_cut(words))}{said}]"


def _among(text: str, marks: Iterable[tuple[int, int, str]], around: int) -> str:
    """Return the text with marks in the place of their parts, and at most `around` of the rest on
    either side of each.
    """
    parts, at = [], 0
    for position, (start, stop, mark) in enumerate(marks):
        kept = text[at:start]
        if position == 0 and len(kept) > around + 4:
            kept = "..." + kept[-around:]
        elif len(kept) > 2 * around + 5:
            kept = f"{kept[:around]} ... {kept[-around:]}"
        parts += [_one_line(kept), mark]
        at = max(at, stop)
    rest = text[at:]
    parts.append(_one_line(rest[:around] + "..." if len(rest) > around + 4 else rest))
    return "".join(parts)


_LONGEST_MARK = 40
_LEAST_AROUND = 12
_MOST_TOKENS = 5


def _shown_size(edit: TextEdit) -> int:
    return min(edit.stop - edit.start, _LONGEST_MARK) + min(len(edit.replacement), _LONGEST_MARK)


def _mark(old: str, new: str) -> str:
    old, new = (_one_line(_cut(each)) for each in (old, new))
    if not old:
        return f"[+{new}]"
    if not new:
        return f"[-{old}]"
    alike = len(new) == 1 and len(old) == 1 and ord(new) > 127 and new.isprintable()
    return f"[{old}→{new} U+{ord(new):04X}]" if alike else f"[{old}→{new}]"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_MARK else text[: _LONGEST_MARK - 4].rstrip() + " ..."


def _one_line(text: str) -> str:
    """Return the text with every character that is not printable, or joins others, as an escape."""
    return "".join(each if _plain(each) else f"\\u{ord(each):04x}" for each in text)


def _plain(character: str) -> bool:
    return character.isprintable() and not unicodedata.combining(character)


def _example_rows(examples: tuple[Example, ...]) -> list[str]:
    said = [_said(e) + "," * (not e.spans) for e in examples]
    true = [f"{printable(e.expected, 40)} true" if _says_truth(e) else "" for e in examples]
    texts = [f'"{_text(e)}"' for e in examples]
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


def _said(example: Example) -> str:
    if example.spans:
        return f"{example.probability:.2f} sure"
    said = f"{printable(example.predicted, 40)} {example.probability:.2f}"
    if example.before is not None:
        before = example.before
        return f"{printable(before.predicted, 40)} {before.probability:.2f} → {said}"
    if example.edited is None:
        return f"{said} said"
    return f"{said} → {printable(example.edited.predicted, 40)} {example.edited.probability:.2f}"


def _text(example: Example) -> str:
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


def _claim(verdict: Verdict) -> list[str]:
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


def _remedy(verdict: Verdict) -> list[str]:
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
    scale = 10**digits
    # 0.29 * 100 is 28.999…: bounds that are exact decimals must not lose a digit to that.
    nearest = round(bound * scale)
    whole = nearest if abs(bound * scale - nearest) < 1e-6 else towards(bound * scale)
    return f"{whole / scale:.{digits}f}"
