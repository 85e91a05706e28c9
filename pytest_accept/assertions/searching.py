"""Search for what breaks the model, example by example: shared by all questions of existence."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run, settings
from pytest_accept.assertions.judgement import Measurement
from pytest_accept.assertions.question import Question
from pytest_accept.explanation import SEARCH
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pytest_accept.loading import Model
    from pytest_accept.perturbations.hypothesis_runs import Found
    from pytest_accept.perturbations.search import AskedModel
    from pytest_accept.prediction.predictions import Input


@dataclass(frozen=True, slots=True)
class Case:
    """An example as a property sees it.

    `text` is a text or a pair of texts, `label` in the data's words ("" without labels), `origin`
    where it stands; `case["column"]` is its cell in a column.
    """

    question: Question
    position: int
    columns: dict[str, list[Any]]

    @property
    def text(self) -> Input:
        """The text, or the pair of texts."""
        text: Input = self.question.data.inputs[self.position]
        return text

    @property
    def label(self) -> str:
        """The label in the data's words."""
        return self.question.data.label_text(self.position)

    @property
    def origin(self) -> str:
        """Where the example stands, such as "reviews.csv row 3"."""
        return self.question.data.origin(self.position)

    def __repr__(self) -> str:
        return f"<Case {self.origin}: {self.text!r}>"

    def __getitem__(self, column: str) -> Any:
        if column not in self.columns:
            self.columns[column] = self.question.data.column(column)
        return self.columns[column][self.position]


def search(
    question: Question,
    model: Model,
    positions: Sequence[int],
    *,
    strategy: Callable[[Case], SearchStrategy[Any]],
    property: Callable[[AskedModel, Case, Any], None],
    what: str,
    max_examples: int,
    steered: bool = False,
) -> dict[int, Found]:
    """Return the smallest counterexample found for each of the examples that has one.

    The seed of an example's search depends on its text, `what`, and the run's seeds; its corner of
    the Hypothesis database on the test as well.
    """
    from pytest_accept.perturbations.hypothesis_runs import profile_database
    from pytest_accept.perturbations.search import Search

    dry_run.ends("what a search tries depends on what the model says")
    forced = settings.current().hypothesis_seed
    columns: dict[str, list[Any]] = {}
    cases = [Case(question, position, columns) for position in positions]
    found = Search(
        strategy=strategy,
        property=property,
        key=lambda case: f"{question.seed}\0{forced}\0{what}\0{case.text!r}",
        corner=os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0],
        max_examples=max_examples,
        # As Hypothesis itself: a forced seed means that nothing is replayed. Nor is it where a
        # Record must ask the same again, whatever earlier runs have found.
        database=None if forced is not None or _must_repeat() else profile_database(),
        steered=steered,
    ).run(model, cases)
    kept = {at: each for at, each in zip(positions, found, strict=True) if each is not None}
    for at, each in kept.items():
        if isinstance(each.error, Exception) and not isinstance(each.error, AssertionError):
            # A broken check is not a bad model. (`pytest.fail` is no Exception.)
            each.error.add_note(f"for {question.data.origin(at)} and {each.drawn!r}")
            raise each.error
    return kept


def _must_repeat() -> bool:
    chosen = settings.current()
    return chosen.keep_predictions or chosen.replay is not None


def existence(
    question: Question,
    found: int,
    searched: int,
    *,
    options: str,
    evidence: Callable[[], tuple[Evidence, ...]],
    notes: tuple[str, ...] = (),
    few: bool = False,
) -> Measurement:
    """Return the share of searched examples for which something was found: a count, no rate.

    It has no interval: a search that finds nothing proves nothing, and one that finds something
    does not say how often it happens. `few`: too few to conclude anything if nothing was found.
    """
    from pytest_accept.statistics import Interval

    share = found / searched
    interval = Interval(
        value=share,
        low=share,
        high=1.0 if few and not found else share,
        confidence=question.confidence,
        n=searched,
        clusters=None,
        method=SEARCH,
    )
    measurement = question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda _: evidence(),
        options=options,
        notes=notes,
    )
    return replace(measurement, plan=lambda *_: (None, None))
