"""A suite before it is written down: its model, its data, its criteria."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_accept.records import Direction

EXAMPLES = "examples"
SOME = "some_examples"
"""The fixtures of the data: all of it, and a part for what asks many questions of each text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion: `assertion(model, data, [perturbation,] bar, options)` in the function `test`.

    `reason` says where the default bar comes from. `perturbation` and the values of `options` are
    Python source, `uses` further names that they need. `of` is the label that a test is run for
    once each, None if it is run once. `marker` is that of the test beside `acceptance`, "" for
    none. `bar_keyword` is the name of the bar where it is no positional argument.
    """

    test: str
    assertion: str
    direction: Direction
    bar: float
    reason: str
    data: str = EXAMPLES
    perturbation: str = ""
    options: tuple[tuple[str, str], ...] = ()
    uses: tuple[str, ...] = ()
    of: str | None = None
    marker: str = ""
    bar_keyword: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Criteria of one model on one table of data.

    `name` is what reports call the data. `data_options` are keywords of `load_data` and their
    values as Python source. `n` counts the examples, `left_out` says which criteria are not asked
    and why.
    """

    model: str
    data: str
    name: str
    data_options: tuple[tuple[str, str], ...]
    task: str
    n: int
    lines: tuple[Line, ...]
    left_out: tuple[str, ...] = ()

    def find(self, test: str, of: object) -> Line | None:
        """Return the criterion of a test, and of a label if it is run for several."""
        return next((each for each in self.lines if each.test == test and each.of == of), None)
