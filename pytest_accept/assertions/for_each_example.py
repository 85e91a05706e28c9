"""Does a property of the user's own hold, for each example and all that Hypothesis draws?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.judgement import require
from pytest_accept.assertions.perturbed import model_that_predicts
from pytest_accept.assertions.question import Where, ask
from pytest_accept.assertions.searching import Case, existence, search
from pytest_accept.errors import SettingError, check_count, expected
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pytest_accept.assertions.question import Question
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.hypothesis_runs import Found
    from pytest_accept.perturbations.search import AskedModel
    from pytest_accept.records import Verdict

_LINES = 5


@dry_run.required("below", lambda _: 0.0)
def for_each_example(
    model: Model,
    data: Data,
    strategy: SearchStrategy[Any] | Callable[[Case], SearchStrategy[Any]],
    property: Callable[[AskedModel, Case, Any], None],
    *,
    max_examples: int = 100,
    where: Where | None = None,
    name: str | None = None,
) -> Verdict:
    """Require that a property holds for each example and everything that Hypothesis draws for it.

    `property(model, example, drawn)` raises AssertionError where it does not hold: write `assert`
    in it, for what it returns decides nothing (other than None is a SettingError). `model` has
    `label(text)` and `probabilities(texts)`, answered for many examples at once; `example` has
    `text`, `label`, `origin`, and `example["column"]`; `drawn` is from `strategy`: a Hypothesis
    strategy (a Perturbation is fitted to the text), or a function that returns one for an example.

        def stays_positive(model, example, edit):
            assert model.label(edit(example.text)) == example.label

        for_each_example(model, reviews, typos(max_edits=2), stays_positive)

    A claim of existence: one counterexample rejects it, and to find none within `max_examples`
    tries an example is no proof. Counterexamples are shrunk, and replayed first in the next run.
    Returns the Verdict, whose value is the share of examples with a counterexample. Raises
    AcceptanceFailure with the counterexamples; SettingError if the property depends on more than
    its arguments. Any other error of the property is raised as it is.
    """
    if not callable(property):
        what = "a function of model, example and what was drawn"
        raise SettingError(expected("property", what, property))
    check_count("max_examples", max_examples)
    called = name or getattr(property, "__name__", "property")

    def checked(asked: AskedModel, example: Case, drawn: Any) -> None:
        returned = property(asked, example, drawn)  # type: ignore[func-returns-value]
        if returned is not None:
            raise SettingError(
                f"The property {called} returned {returned!r}, which decides nothing: it passes "
                "unless it raises. Write `assert ...` in it."
            )

    predicting = model_that_predicts(model)
    question = ask("for_each_example", predicting, data, where=where, labelled=False)
    positions = range(len(question.data))
    dry_run.costs(f"up to {max_examples:,} tries for each example")
    found = search(
        question,
        predicting,
        positions,
        strategy=_fitted(strategy),
        property=checked,
        what=f"{called} of {_named(strategy)}, {max_examples} tries",
        max_examples=max_examples,
        steered=_steers(property),
    )
    verdict = existence(
        question,
        len(found),
        len(positions),
        options=f"{called}, max_examples={max_examples}",
        evidence=lambda: _evidence(question, found),
    ).judge(0.0, "below")
    require(verdict)
    return verdict


def _fitted(strategy: Any) -> Callable[[Case], SearchStrategy[Any]]:
    from hypothesis.strategies import SearchStrategy

    from pytest_accept.perturbations.perturbation import Perturbation

    if isinstance(strategy, Perturbation):
        return lambda case: strategy.scripts_for(case.text)
    if isinstance(strategy, SearchStrategy):
        return lambda case: strategy
    if callable(strategy):

        def made(case: Case) -> SearchStrategy[Any]:
            found = strategy(case)
            if isinstance(found, Perturbation):
                return found.scripts_for(case.text)
            if not isinstance(found, SearchStrategy):
                what = "a function that returns a Hypothesis strategy for an example"
                raise SettingError(expected("strategy", what, found))
            return found

        return made
    what = "a Hypothesis strategy, such as typos(), or a function that returns one for an example"
    raise SettingError(expected("strategy", what, strategy))


def _named(strategy: Any) -> str:
    """Return what tells a strategy from another one in every run: no address in memory."""
    name = getattr(strategy, "__qualname__", None) or repr(strategy)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", f"{getattr(strategy, '__module__', '')}.{name}")


def _steers(property: Any) -> bool:
    """Return whether a property mentions `hypothesis.target`, which changes what is tried."""
    return "target" in getattr(getattr(property, "__code__", None), "co_names", ())


def _evidence(question: Question, found: dict[int, Found]) -> tuple[Evidence, ...]:
    from pytest_accept.marked_text import marked, printable
    from pytest_accept.perturbations.edits import flattened
    from pytest_accept.perturbations.scripts import Script

    lines = []
    for at, each in list(found.items())[:_LINES]:
        text, edits = flattened(
            question.data.inputs[at],
            each.drawn.edits(question.data.inputs[at]) if isinstance(each.drawn, Script) else (),
        )
        drawn = "" if edits else f" with {each.drawn!r}"
        said = str(each.error).partition("\n")[0]
        why = f": {printable(said, 100)}" if said else ""
        lines.append(f'{question.data.origin(at)}, "{marked(text, edits)}"{drawn}{why}')
    if len(found) > _LINES:
        lines.append(f"and {len(found) - _LINES:,} more")
    return (Evidence(title="counterexamples, each the smallest found", lines=tuple(lines)),)
