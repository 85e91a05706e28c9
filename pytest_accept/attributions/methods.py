"""How tokens are scored: functions that return a method.

Light at import, because test modules name methods at collection.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pytest_accept.attributions.kinds import (
    AttentionRollout,
    Captum,
    InputXGradient,
    IntegratedGradients,
    Method,
    Occlusion,
    OfFunction,
    RandomAttributions,
)
from pytest_accept.errors import SettingError, check_count, expected, unknown


def integrated_gradients(
    steps: int = 20, *, baseline: Literal["pad", "mask", "zero"] = "pad"
) -> Method:
    """Return the method of integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365).

    A token's score is its part of the difference between the label's logit for the text and for a
    baseline: the scores of a text sum to that difference, up to the error of the integral, which
    more `steps` (forward and backward passes a text) make smaller. It is taken in the space of the
    input embeddings, straight from the baseline, by Gauss-Legendre quadrature. In the baseline each
    token has the embedding of the padding token (`baseline` "pad"), of the mask token ("mask"), or
    zeros ("zero"); special tokens, positions and lengths are kept. A tokenizer without the one has
    the next of: mask, unknown, padding, end of text. Equals captum's LayerIntegratedGradients.
    `Attribution.missed` is the error of the integral. It may be large in models that normalise what
    comes out of the embeddings (as Llama's kind does) if the baseline's are all zeros: take another
    `baseline` there, or occlusion.

    SettingError for other arguments.
    """
    check_count("steps", steps)
    _check_one_of("baseline", baseline, ("pad", "mask", "zero"))
    return IntegratedGradients(steps, baseline)


def input_x_gradient() -> Method:
    """Return the method of gradients times input (Shrikumar et al. 2016, arXiv:1605.01713).

    A token's score is the inner product of its embedding and the gradient of the label's logit
    there. One forward and backward pass a text. Equals captum's LayerGradientXActivation.

    Cheap, and often worth no more: where a layer norm follows the embeddings, as in BERT, the
    gradient is orthogonal to the sum of word, position and type, and the word's part of that says
    little. To take its tokens away moved a sentiment model no more than to take random ones.
    """
    return InputXGradient()


def occlusion(replace: Literal["mask", "delete"] = "mask") -> Method:
    """Return the method of occlusion (Zeiler and Fergus 2014; Li et al. 2016, arXiv:1612.08220).

    A token's score is by how much the label's logit falls when the token is replaced by the mask
    token ("mask"; a tokenizer without one: the unknown, padding, or end-of-text token) or taken out
    ("delete"), at the level of token ids. Needs no gradients, but as many forward passes as tokens.
    With "mask" it equals captum's FeatureAblation.

    SettingError for another `replace`.
    """
    _check_one_of("replace", replace, ("mask", "delete"))
    return Occlusion(replace)


def attention_rollout(*, row: Literal["first", "last", "mean"] | None = None) -> Method:
    """Return the method of attention rollout (Abnar and Zuidema 2020, arXiv:2005.00928).

    A token's score, in 0..1, is how much of it arrives where the classifier reads, if each layer
    passes on one half of a position itself and one half of what its heads attend to on average.
    It is the same for each label and never negative. `row`: where the classifier reads, at the
    "first" or "last" token or the "mean" of all; None: the last of a model in which no token sees
    those behind it, the mean where the config says so (`classifier_pooling`), else the first.
    While attentions are read, the model computes them in transformers' "eager" way.
    """
    if row is not None:
        _check_one_of("row", row, ("first", "last", "mean"))
    return AttentionRollout(row)


def random_attributions(seed: int = 0) -> Method:
    """Return scores that explain nothing: standard normal, from `seed` and the text alone."""
    check_count("seed", seed, least=0)
    return RandomAttributions(seed)


CAPTUM = (
    "FeatureAblation",
    "KernelShap",
    "LayerGradientXActivation",
    "LayerIntegratedGradients",
    "Lime",
    "ShapleyValueSampling",
)
# What `attribute` of captum is given by us, and what would change the kind of its answer.
OURS = (
    "self",
    "inputs",
    "baselines",
    "target",
    "additional_forward_args",
    "feature_mask",
    "return_convergence_delta",
    "return_input_shape",
)


def captum(
    method: str,
    *,
    baseline: Literal["pad", "mask"] | None = None,
    seed: int = 0,
    **options: Any,
) -> Method:
    """Return one of captum's methods by its name, as in `captum("ShapleyValueSampling")`.

    `options` are those of its `attribute`, such as `n_samples=25`. What is not there is the padding
    token's embedding for methods of layers, which are asked about the input embeddings, and the
    mask token for others; `baseline` "pad" or "mask" chooses. Special tokens stay. Texts are
    explained one by one, each with torch's random numbers started at `seed`.

    SettingError for another method, and if captum is not installed: it comes with
    `pip install 'pytest-model-acceptance[explain]'`.
    """
    if method not in CAPTUM:
        raise SettingError(unknown("method of captum for tokens", method, CAPTUM))
    try:
        kind = getattr(importlib.import_module("captum.attr"), method)
    except ImportError as error:
        raise SettingError(
            f"captum({method!r}) needs the package captum ({error}). Install it with\n"
            "  pip install 'pytest-model-acceptance[explain]'"
        ) from error
    known = [name for name in inspect.signature(kind.attribute).parameters if name not in OURS]
    for name in options:
        if name not in known:
            raise SettingError(unknown(f"option of captum's {method}", name, known))
    check_count("seed", seed, least=0)
    if baseline is not None:
        _check_one_of("baseline", baseline, ("pad", "mask"))
    own: Literal["pad", "mask"] = "pad" if method.startswith("Layer") else "mask"
    return Captum(method, baseline or own, seed, tuple(sorted(options.items())))


NAMED: dict[str, Callable[[], Method]] = {
    "integrated_gradients": integrated_gradients,
    "input_x_gradient": input_x_gradient,
    "occlusion": occlusion,
    "attention_rollout": attention_rollout,
    "random_attributions": random_attributions,
}


def method_of(method: Any) -> Method:
    """Return a method given by its name, as itself, or as a function of texts and labels."""
    if isinstance(method, str):
        if method not in NAMED:
            raise SettingError(unknown("method of attribution", method, NAMED))
        return NAMED[method]()
    if hasattr(method, "scores") and hasattr(method, "name"):
        found: Method = method
        return found
    # Who forgets to call occlusion() means that.
    if method in NAMED.values():
        made: Method = method()
        return made
    if method is captum:
        raise SettingError(f"Say which of captum's methods is meant: captum({CAPTUM[0]!r}), say.")
    if callable(method):
        return OfFunction(method)
    what = f"one of {', '.join(NAMED)}, what a function of that name returns, or a function"
    raise SettingError(expected("method", what, method))


def _check_one_of(name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise SettingError(expected(name, f"one of {', '.join(map(repr, known))}", value))
