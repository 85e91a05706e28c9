"""Swaps: what a text would be if it spoke of another identity, all else the same.

The functions in `KINDS` return a `Swap`, whose `counterfactuals(text)` shows what it makes of a
text. `a | b` makes what either of two makes. A function from a text to texts is a swap as well.
Names resolve on first use: test modules import them at collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_accept

if TYPE_CHECKING:
    from pytest_accept.swaps.kinds.gender import gendered_words as gendered_words
    from pytest_accept.swaps.kinds.gender import names_by_gender as names_by_gender
    from pytest_accept.swaps.kinds.nationalities import nationalities as nationalities
    from pytest_accept.swaps.kinds.origins import names_by_origin as names_by_origin
    from pytest_accept.swaps.kinds.religions import religions as religions
    from pytest_accept.swaps.kinds.terms import terms as terms
    from pytest_accept.swaps.swap import Counterfactual as Counterfactual
    from pytest_accept.swaps.swap import Swap as Swap

KINDS = (
    "gendered_words",
    "names_by_gender",
    "names_by_origin",
    "nationalities",
    "religions",
    "terms",
)

_HOMES = {
    "Counterfactual": "swap",
    "Swap": "swap",
    "gendered_words": "kinds.gender",
    "names_by_gender": "kinds.gender",
    "names_by_origin": "kinds.origins",
    "nationalities": "kinds.nationalities",
    "religions": "kinds.religions",
    "terms": "kinds.terms",
}

__all__ = ["KINDS", *sorted(_HOMES)]  # noqa: PLE0604 - computed; a test compares it


def __getattr__(name: str) -> object:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _HOMES:
        from pytest_accept.errors import unknown

        raise AttributeError(unknown("swap", name, _HOMES))

    def resolve() -> object:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

    if name not in KINDS or pytest_accept._configured is None:
        return resolve()
    return pytest_accept._deferred(name, resolve)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
