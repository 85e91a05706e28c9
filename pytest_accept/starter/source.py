"""A suite as the source of a test file: with default bars, or with bars that were measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from pytest_accept.explanation import ALL_CASES, demonstrated, measured
from pytest_accept.records import DEFAULT_BAR
from pytest_accept.starter.defended import SLACK, Measured, better
from pytest_accept.starter.literals import WIDTH, call, comment, keywords, literal
from pytest_accept.starter.suite import EXAMPLES, SOME, Line, Suite

FEW = 300
"""Of how many examples edited texts are drawn."""

Say = Callable[[Line], tuple[float, str]]

_DEFAULTS = '''\
"""Default criteria: their bars are pytest_accept's, and no requirements of yours.

They ask whether the model beats trivial answers, and whether typos and the like change it
little. Write your own, or let `pytest --accept-suggest FILE` write these with bars that
the model defends.
"""
'''

_SUGGESTED = '''\
"""Is this model good enough to ship?

    pytest -m acceptance {path}

These bars come from one model on this data, each from what was demonstrated, so that this
model passes by construction. Another model that is just as good, or this one on other data,
meets each about 2 times in 3, and all of them seldom: a miss is no proof of a worse model.
Nor does passing say that the model is good enough. Set each bar to what you need (it may fail:
then you know), delete what does not matter to you, and judge on data that neither training nor
tuning has seen.
"""
'''


def default_source(suite: Suite) -> str:
    """Return the test file with default bars, each with its reason."""
    return _file(
        suite,
        suite.lines,
        lambda line: (line.bar, f"{DEFAULT_BAR}{line.reason}"),
        docstring=_DEFAULTS,
        rest=_listed("Left out", suite.left_out),
    )


def suggested_source(
    suite: Suite, measurements: Mapping[int, Measured], *, path: str, about: Iterable[str]
) -> tuple[str | None, int, int]:
    """Return the test file with the bars that measurements defend, and how many of the criteria
    are in it and how many are comments; no file where none is defended.

    `measurements` are by position in the suite. `about` says what was measured, and when.
    """
    kept: dict[int, float] = {}
    lost: list[str] = []
    unjudged: list[str] = []
    for number, line in enumerate(suite.lines):
        found = measurements.get(number)
        if found is None:
            unjudged.append(_named(line))
            continue
        bar, why = _defended(line, found)
        if bar is None:
            lost.append(f"{_named(line)}: {why}")
        else:
            kept[number] = bar
    if unjudged:
        lost.append(f"not judged in this run: {', '.join(unjudged)}")
    left = len(suite.lines) - len(kept)
    if not kept:
        return None, 0, left
    lines = [suite.lines[number] for number in kept]
    bars = {id(suite.lines[number]): (number, bar) for number, bar in kept.items()}

    def say(line: Line) -> tuple[float, str]:
        number, bar = bars[id(line)]
        return bar, _said(measurements[number])

    shown = path if literal(path) == f'"{path}"' else "FILE"
    source = _file(
        suite,
        lines,
        say,
        docstring=_SUGGESTED.format(path=shown),
        about=about,
        rest=[
            *(refused := _listed("Not defended by this measurement, so no criteria", lost)),
            *([""] if refused and suite.left_out else []),
            *_listed("Left out", suite.left_out),
        ],
    )
    return source, len(kept), left


def _listed(title: str, entries: Iterable[str]) -> list[str]:
    """Return a title with entries below it, as comments; nothing if there are none."""
    listed = [line for each in entries for line in comment(f"- {each}.", hang=2)]
    return [f"# {title}:", *listed] if listed else []


def _named(line: Line) -> str:
    of = "" if line.of is None else f" of {line.of!r}"
    return f"{line.test}{of}"


def _defended(line: Line, found: Measured) -> tuple[float | None, str]:
    """Return the bar that a measurement defends; None, and why, if none better than the default."""
    said = f"{_said(found)}, which is {found.verdict.status} at the default bar {line.bar:g}"
    bar = found.bar
    if found.verdict.status != "accepted":
        passes = "" if bar is None else f"; it would pass at {_number(bar)}"
        return None, f"{said} ({line.reason}){passes}"
    if bar is not None and better(bar, line.bar, line.direction):
        return bar, ""
    room = SLACK * abs(found.verdict.estimate.value - found.bound)
    if abs(found.bound - line.bar) >= room:  # rounding alone lost it
        return line.bar, ""
    return None, f"{said}, but too narrowly to be sure of another run ({line.reason})"


def _said(found: Measured) -> str:
    verdict = found.verdict
    estimate = verdict.estimate
    certain = estimate.method in ("point", ALL_CASES)
    sure = "" if certain else f" at {100 * estimate.confidence:.6g} %"
    return (
        f"measured {measured(verdict)}, demonstrated {demonstrated(verdict)}{sure} "
        f"(n = {estimate.n:,})"
    )


def _file(
    suite: Suite,
    chosen: Sequence[Line],
    say: Say,
    *,
    docstring: str,
    about: Iterable[str] = (),
    rest: Sequence[str],
) -> str:
    """Return the source of the chosen criteria; `say` gives each its bar, and a remark."""
    written = [docstring]
    remarks = [line for each in about for line in comment(each)]
    if remarks:
        written.append(_joined(remarks))
    written.append(_joined(["import pytest", *_imports(chosen)]))
    written.append("pytestmark = pytest.mark.acceptance\n")
    blocks: list[Sequence[str]] = [
        _model(suite),
        *(_data(suite, name) for name in _fixtures(chosen)),
    ]
    for _, group in groupby(chosen, key=lambda line: line.test):
        blocks.append(_test(list(group), say))
    if rest:
        blocks.append(rest)
    return "\n".join(written) + "".join(f"\n\n{_joined(block)}" for block in blocks)


def _joined(block: Iterable[str]) -> str:
    return "\n".join(block) + "\n"


def _imports(lines: Sequence[Line]) -> list[str]:
    names: dict[str, set[str]] = {"pytest_accept": set(), "pytest_accept.perturbations": set()}
    for line in lines:
        names["pytest_accept"].add(line.assertion)
        for use in line.uses:
            folder, _, name = use.rpartition(".")
            names["pytest_accept" + (f".{folder}" if folder else "")].add(name)
    found = []
    for module, some in names.items():
        if not some:
            continue
        ordered = sorted(some)
        joined = f"from {module} import {', '.join(ordered)}"
        if len(joined) <= WIDTH:
            found.append(joined)
            continue
        found += [f"from {module} import (", *(f"    {name}," for name in ordered), ")"]
    return found


def _fixtures(lines: Sequence[Line]) -> list[str]:
    used = {line.data for line in lines}
    return [name for name in (EXAMPLES, SOME) if name in used]


def _model(suite: Suite) -> list[str]:
    arguments = [literal(suite.model), f"task={literal(suite.task)}"]
    return _fixture("model", "load_model", arguments)


def _data(suite: Suite, name: str) -> list[str]:
    options = dict(suite.data_options)
    if name == SOME:
        options |= {"limit": str(FEW), "name": literal(f"some of {suite.name}")}
    return _fixture(name, "load_data", [literal(suite.data), *keywords(options.items())])


def _fixture(name: str, loads: str, arguments: list[str]) -> list[str]:
    head = ['@pytest.fixture(scope="session")', f"def {name}({loads}):"]
    if name == SOME:
        head.append('    """A part: several edited texts are asked of each."""')
    return [*head, *call(f"return {loads}", arguments)]


def _test(lines: Sequence[Line], say: Say) -> list[str]:
    first = lines[0]
    marks = [f"@pytest.mark.{first.marker}"] if first.marker else []
    if first.of is None:
        bar, why = say(first)
        head = f"def {first.test}(model, {first.data}):"
        return [*marks, head, *comment(why, indent=4), *_call(first, _number(bar))]
    rows = []
    for line in lines:
        bar, why = say(line)
        of = literal(line.of)
        row = call("pytest.param", [of, _number(bar), f"id={of}"], indent=8)
        rows += [*comment(why, indent=8), *row[:-1], row[-1] + ","]
    return [
        *marks,
        "@pytest.mark.parametrize(",
        '    ("label", "bar"),',
        "    [",
        *rows,
        "    ],",
        ")",
        f"def {first.test}(model, {first.data}, label, bar):",
        *_call(first, "bar", ("label", "label")),
    ]


def _call(line: Line, bar: str, *more: tuple[str, str]) -> list[str]:
    arguments = ["model", line.data, *([line.perturbation] if line.perturbation else [])]
    arguments.append(f"{line.bar_keyword}={bar}" if line.bar_keyword else bar)
    return call(line.assertion, [*arguments, *keywords((*line.options, *more))])


def _number(bar: float) -> str:
    return repr(int(bar)) if bar == int(bar) and abs(bar) >= 10 else repr(float(bar))
