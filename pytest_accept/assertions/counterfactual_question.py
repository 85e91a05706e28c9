"""One question about texts that differ in nothing but an identity, and should be answered alike."""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.counterfactual_templates import Columns, templated
from pytest_accept.assertions.counterfactuals import Alternatives
from pytest_accept.assertions.perturbed import model_that_predicts
from pytest_accept.assertions.question import ask
from pytest_accept.errors import DataError, SettingError, check_count

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.predictions import Input
    from pytest_accept.records import Verdict
    from pytest_accept.swaps.swap import Counterfactual

MOST = 10
"""How many counterfactuals of a text are asked about unless a user says otherwise."""

Swapping = Any
"""A Swap, or a function from a text to texts, or to a dict from identities to texts."""


def ask_counterfactuals(
    metric: str,
    model: Model | Predictions,
    data: Data,
    swap: Swapping | None,
    *,
    template: Columns | None,
    identity: str | None,
    allow_single: bool,
    most: int | None,
    own: Sequence[str] = (),
    **options: Any,
) -> Alternatives:
    """Bring together what should be predicted alike: by a swap, or by the data's own templates.

    `own`: the metric's further options. Raises SettingError unless there is either a swap or both
    columns, and what `swapped` and `templated` raise.
    """
    takes = ("swap", "template", "identity", "allow_single", "most", *own)
    columns = template is not None and identity is not None
    if (swap is None) != columns or (swap is not None and (template or identity)):
        raise SettingError(
            f"{metric} needs either swap=, such as religions() of pytest_accept.swaps, or for data "
            "that bring their own templates, both template= and identity=, the columns that say "
            "which template a text is of and which identity it names."
        )
    if swap is not None:
        return swapped(metric, model, data, swap, most=most, takes=takes, **options)
    if most is not None:
        raise SettingError("`most` is about a swap: all texts of a template are compared.")
    question = ask(metric, model, data, labelled=False, takes=takes, **options)
    assert template is not None
    assert identity is not None
    return templated(question, template, identity, allow_single=allow_single, options=options)


def swapped(
    metric: str,
    model: Any,
    data: Data,
    swap: Swapping,
    *,
    most: int | None,
    takes: Sequence[str],
    **options: Any,
) -> Alternatives:
    """Return each text that holds an identity with its counterfactuals; others are counted.

    Raises DataError if no text holds one.
    """
    import numpy as np

    from pytest_accept.swaps.swap import as_swap

    chosen = as_swap(swap)
    limit = MOST if most is None else most
    check_count("most", limit)
    predicting = model_that_predicts(model)
    question = ask(metric, predicting, data, labelled=False, takes=takes, **options)
    originals: list[int] = []
    made: list[list[Counterfactual]] = []
    inputs: Sequence[Input] = question.data.inputs
    for row, text in enumerate(inputs):
        found = chosen.counterfactuals(text, most=limit, seed=question.seed)
        if found:
            originals.append(row)
            made.append(found)
    if not originals:
        raise DataError(
            f"{chosen!r} finds no identity that it can exchange in the {len(inputs):,} texts of "
            f"{question.data.population!r}. Choose another swap, a list of your own (`terms`), or "
            "texts that speak of people."
        )
    dry_run.about(originals, None if question.clusters is None else question.clusters[originals])
    after = predicting.predict([each.text for some in made for each in some]).probabilities
    sizes = np.array([len(some) + 1 for some in made])
    starts = np.cumsum(sizes) - sizes
    rows = np.repeat(originals, sizes)
    probabilities = np.empty((len(rows), after.shape[1]))
    first = np.zeros(len(rows), np.bool_)
    first[starts] = True
    probabilities[first] = question.predictions.probabilities[originals]
    probabilities[~first] = after
    listed = [each for some in made for each in (None, *some)]
    left_out = len(inputs) - len(originals)
    notes = []
    if left_out:
        notes.append(
            f"{left_out:,} of {len(inputs):,} texts are left out: {chosen!r} finds no identity to "
            "exchange in them"
        )
    return Alternatives(
        question=question,
        starts=starts,
        rows=rows,
        identities=["" if each is None else each.identity for each in listed],
        probabilities=probabilities,
        clusters=None if question.clusters is None else question.clusters[originals],
        options=(repr(chosen), f"most={limit}"),
        notes=tuple(notes),
        made=listed,
    )


def in_either_order(assertion: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Return the assertion with its bar before or after the swap, if both go by position.

    A swap is optional, so the bar comes first; after a perturbation it comes last.
    """

    @functools.wraps(assertion)
    def ordered(*arguments: Any, **options: Any) -> Verdict:
        model_and_data, others = arguments[:2], arguments[2:]
        if others and not isinstance(others[0], numbers.Real):
            others = others[1:2] + others[:1] + others[2:]
            if len(others) == 1 and "bar" in options:
                others = (options.pop("bar"), *others)
        return assertion(*model_and_data, *others, **options)

    del ordered.__wrapped__
    return ordered
