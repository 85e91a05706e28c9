"""Which tokens a prediction rests on: a score for each, by one of several methods.

>>> from pytest_accept.attributions import attribute, occlusion
>>> attribute(model, ["A wonderful film."], method=occlusion())  # doctest: +SKIP
[<Attribution to 'pos': 'A' +0.1, 'wonderful' +3.2, 'film' -0.3, '.' +0.2>]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_accept.attributions.attributing import attribute
from pytest_accept.attributions.attribution import Attribution, Span
from pytest_accept.attributions.kinds import Method
from pytest_accept.attributions.methods import (
    attention_rollout,
    captum,
    input_x_gradient,
    integrated_gradients,
    occlusion,
    random_attributions,
)
from pytest_accept.attributions.removal import predict_edited

if TYPE_CHECKING:
    from pytest_accept.attributions.tokens import Tokens, tokens_of

__all__ = [
    "Attribution",
    "Method",
    "Span",
    "Tokens",
    "attention_rollout",
    "attribute",
    "captum",
    "input_x_gradient",
    "integrated_gradients",
    "occlusion",
    "predict_edited",
    "random_attributions",
    "tokens_of",
]


def __getattr__(name: str) -> Any:
    # What needs torch is imported on first use: test modules name methods at collection.
    if name in ("Tokens", "tokens_of"):
        from pytest_accept.attributions import tokens

        return getattr(tokens, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
