"""The slips of fast typing in one: letters swapped, left out, doubled, or hit beside."""

from __future__ import annotations

from typing import Unpack

from pytest_accept.perturbations.combined import mixed
from pytest_accept.perturbations.kinds.doubled_letters import doubled_letters
from pytest_accept.perturbations.kinds.dropped_letters import dropped_letters
from pytest_accept.perturbations.kinds.keyboard_typos import Layout, keyboard_typos
from pytest_accept.perturbations.kinds.swapped_letters import swapped_letters
from pytest_accept.perturbations.perturbation import Budget, Edits


def typos(*, layout: Layout = "qwerty", **budget: Unpack[Budget]) -> Edits:
    """Make slips of typing within one budget; the label stays the same. Any language.

    Letters are swapped, dropped, doubled, or replaced by a neighbour on the keyboard, whose
    `layout` is "qwerty", "qwertz" or "azerty". Source: the four slips that make up most
    misspellings (Damerau 1964, Communications of the ACM 7).

    >>> edit = typos(max_edits=2).script((0, 0, 0), (2, 0, 0))
    >>> edit("a good film")
    'a ggood flim'
    """
    parts = [
        swapped_letters(),
        dropped_letters(),
        doubled_letters(),
        keyboard_typos(layout=layout),
    ]
    options = {} if layout == "qwerty" else {"layout": layout}
    return mixed("typos", parts, options=options, **budget)
