"""Metrics of sums by name, so that a Record can say how an estimate follows from its examples."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pytest_accept.metrics import confusion

Formula = Callable[..., Any]
Unit = Literal["nats", "bits", "perplexity"]


def loss_ratio(sums: NDArray[np.float64], *, unit: Unit) -> NDArray[np.float64]:
    """Return a loss in nats per unit of size of sums (..., 2): as it is, in bits, or its exp."""
    nats = sums[..., 0] / sums[..., 1]
    if unit == "nats":
        return np.asarray(nats)
    if unit == "bits":
        return np.asarray(nats / math.log(2))
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(nats))


_FORMULAS: dict[str, Formula] = {
    each.__name__: each
    for each in (
        confusion.share,
        confusion.precision,
        confusion.recall,
        confusion.f1,
        confusion.precision_of_class,
        confusion.recall_of_class,
        confusion.f1_of_class,
        confusion.balanced_accuracy,
        confusion.matthews_corrcoef,
        loss_ratio,
    )
}

_ARGUMENTS: dict[str, tuple[object, ...]] = {
    "average": ("macro", "micro", "weighted"),
    "unit": ("nats", "bits", "perplexity"),
}


def name_of(formula: Formula) -> tuple[str, dict[str, str | int]] | None:
    """Return the name and the arguments of a formula, None for one that has no name."""
    arguments: dict[str, str | int] = {}
    if isinstance(formula, functools.partial):
        if formula.args:
            return None
        arguments, formula = dict(formula.keywords), formula.func
    name = getattr(formula, "__name__", "")
    return (name, arguments) if _FORMULAS.get(name) is formula else None


def formula_of(name: str, arguments: Mapping[str, str | int], width: int) -> Formula:
    """Return the formula of a name that takes sums (..., `width`).

    Raises ValueError for a name or an argument that is none, or another width than it takes.
    """
    if name not in _FORMULAS:
        raise ValueError(f"no formula is called {name!r}")
    of_class, of_pair = name.endswith("_of_class"), name in ("share", "loss_ratio")
    wanted = {"index"} if of_class else {"unit"} if name == "loss_ratio" else set()
    if name in ("precision", "recall", "f1"):
        wanted = {"average"}
    if set(arguments) != wanted:
        raise ValueError(f"{name} takes {sorted(wanted)}, not {sorted(arguments)}")
    classes, left = divmod(width - 1, 3)
    if (width != 2) if of_pair else (left or classes < 1):
        raise ValueError(f"{name} takes no rows of {width:,} numbers")
    for argument, value in arguments.items():
        known = _ARGUMENTS.get(argument, range(classes))
        if isinstance(value, bool) or value not in known:
            raise ValueError(f"{name} takes no {argument}={value!r}")
    return functools.partial(_FORMULAS[name], **arguments) if arguments else _FORMULAS[name]
